# RECUR_SANITIZE=address,undefined or thread: instruments everything that is ours; an error ends the program.
set(RECUR_SANITIZE "" CACHE STRING "Sanitizers to build with: address,undefined or thread")
if(RECUR_SANITIZE)
  set(recur_sanitize_flags -fsanitize=${RECUR_SANITIZE})
  add_compile_options(${recur_sanitize_flags} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_compile_options(-O0 -g1)  # a third of the time of -O2 -g: most of a sanitized suite is compiling it
  add_compile_options(-Wno-maybe-uninitialized)  # GCC 12 is wrong about it in instrumented standard headers
  add_link_options(${recur_sanitize_flags})
endif()
