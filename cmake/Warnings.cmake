# Warnings are errors in our own code; recur_warnings is linked privately by each of our targets.
# (Designated initialisers leave out what has a default; that is their point.)
add_library(recur_warnings INTERFACE)
# Clang's -Wshadow also means parameters named like a static member (`tape` of a cell).
target_compile_options(recur_warnings INTERFACE -Wall -Wextra -Wpedantic $<$<CXX_COMPILER_ID:GNU>:-Wshadow>
  -Wno-missing-field-initializers -Werror)
# GCC 12 sees an overlap in std::string that is not there (its bug 105651).
target_compile_options(recur_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
# One canonical order of arithmetic: the compiler fuses or reorders nothing that we did not write so.
add_library(recur_arithmetic INTERFACE)
target_compile_options(recur_arithmetic INTERFACE -ffp-contract=off)
