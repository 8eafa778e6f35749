# RECUR_SANITIZE=address|undefined|thread: instruments everything that is ours; an error ends the program.
set(RECUR_SANITIZE "" CACHE STRING "Sanitizer to build with: address, undefined or thread")
if(RECUR_SANITIZE)
  add_compile_options(-fsanitize=${RECUR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_compile_options(-Wno-maybe-uninitialized)  # GCC 12 is wrong about it in instrumented standard headers
  add_link_options(-fsanitize=${RECUR_SANITIZE})
endif()
