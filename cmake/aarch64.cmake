# Toolchain: cross-compiles for 64-bit Arm with Debian's compiler; programs and tests run under qemu.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)
# Static programs: under qemu 7.2 a dynamic one hangs where it first starts a thread or forks.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(ZLIB_USE_STATIC_LIBS ON)
set(UTF8PROC_LIBRARY /usr/lib/aarch64-linux-gnu/libutf8proc.a)
# Libraries are Debian's of that architecture, beside the host's: /usr/lib/aarch64-linux-gnu.
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
# Header-only packages whose configuration lies among the host's libraries.
file(GLOB fmt_DIR /usr/lib/*/cmake/fmt)
file(GLOB tomlplusplus_DIR /usr/lib/*/cmake/tomlplusplus)
