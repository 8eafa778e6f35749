# Toolchain: cross-compiles for 64-bit Arm with Debian's compiler; programs and tests run under qemu.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR "qemu-aarch64;-L;/usr/aarch64-linux-gnu")
# Programs are the host's. Headers may be too, for what is header-only; libraries never.
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
# Header-only packages whose configuration lies among the host's libraries.
file(GLOB fmt_DIR /usr/lib/*/cmake/fmt)
file(GLOB tomlplusplus_DIR /usr/lib/*/cmake/tomlplusplus)
