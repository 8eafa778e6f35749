# Warnings are errors in our own code; recur_warnings is linked privately by each of our targets.
add_library(recur_warnings INTERFACE)
# Clang's -Wshadow also means parameters named like a static member (`tape` of a cell); GCC 12's -Wrestrict is wrong about
# std::string's operator+ (GCC bug 105651).
target_compile_options(recur_warnings INTERFACE -Wall -Wextra -Wpedantic -Werror
  $<$<CXX_COMPILER_ID:GNU>:-Wshadow> $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# One canonical order of arithmetic: the compiler fuses or reorders nothing that we did not write so.
add_library(recur_arithmetic INTERFACE)
target_compile_options(recur_arithmetic INTERFACE -ffp-contract=off)
