# RECUR_FUZZERS=ON (Clang, in a build of its own: the libraries are instrumented too) builds the fuzzers.
# recur_add_fuzzer(NAME): NAME_fuzz.cpp becomes the program fuzz_NAME, which runs until it finds something.
option(RECUR_FUZZERS "Build the fuzzers, and everything instrumented for them (Clang)" OFF)
if(RECUR_FUZZERS)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -O1 -g1)
  add_link_options(-fsanitize=address,undefined)
  add_custom_target(fuzzers)  # all of them
endif()

function(recur_add_fuzzer name)
  add_executable(fuzz_${name} ${name}_fuzz.cpp)
  target_include_directories(fuzz_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  add_dependencies(fuzzers fuzz_${name})
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(fuzz_${name} PRIVATE recur_full recur_warnings recur_arithmetic)
endfunction()
