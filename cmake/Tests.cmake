# Older processors are emulated: `ctest -C emulate -L emulate` runs every test binary again on each of these.
find_program(QEMU_X86_64 qemu-x86_64)
set(emulated_cpus)
if(QEMU_X86_64 AND CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64 AND NOT RECUR_SANITIZE)
  set(emulated_cpus Nehalem Haswell)
endif()

# recur_add_tests(NAME FILES… [EMULATED FILTER]): one GoogleTest binary a folder, test_NAME, registered with CTest. FILTER:
# the tests that run where the processor is emulated, a hundred times slower; not given: all.
function(recur_add_tests name)
  cmake_parse_arguments(arg "" "EMULATED" "" ${ARGN})
  add_executable(test_${name} ${arg_UNPARSED_ARGUMENTS})
  target_compile_definitions(test_${name} PRIVATE
    RECUR_SOURCE_DIR="${PROJECT_SOURCE_DIR}" RECUR_BINARY_DIR="${PROJECT_BINARY_DIR}")
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  # Tests are compiled more often than they run.
  target_compile_options(test_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  target_link_libraries(test_${name} PRIVATE recur_full recur_warnings recur_arithmetic GTest::gtest_main)
  add_test(NAME ${name} COMMAND test_${name})
  set(emulated RECUR_TEST_EMULATED=1)
  if(arg_EMULATED)
    list(APPEND emulated "GTEST_FILTER=${arg_EMULATED}")
  endif()
  if(CMAKE_CROSSCOMPILING_EMULATOR)
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "${emulated}")
  endif()
  foreach(cpu ${emulated_cpus})
    add_test(NAME ${name}.${cpu} CONFIGURATIONS emulate COMMAND ${QEMU_X86_64} -cpu ${cpu} $<TARGET_FILE:test_${name}>)
    set_tests_properties(${name}.${cpu} PROPERTIES LABELS emulate ENVIRONMENT "${emulated}")
  endforeach()
endfunction()
