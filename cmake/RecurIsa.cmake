# The instruction sets that kernels are compiled for on this processor, and the flags of each. Kernels are fast or
# pointless: they are optimised whatever the build type; sanitized, they need not be fast, and would take GCC minutes
# each. (GCC 12's AVX-512 header trips its own warnings of uninitialised values, and another of them with sanitizers.)
set(RECUR_KERNEL_FLAGS -O3 -ffp-contract=off)
if(RECUR_SANITIZE OR RECUR_FUZZERS)
  set(RECUR_KERNEL_FLAGS -O1 -ffp-contract=off)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(RECUR_ISAS avx2 avx512)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(RECUR_ISAS neon)
else()
  set(RECUR_ISAS)
endif()
set(RECUR_FLAGS_avx2 -mavx2 -mfma)
set(RECUR_FLAGS_avx512 -mfma -mavx512f -mavx512dq -mavx512vl -mavx512bw
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-uninitialized>)
set(RECUR_FLAGS_neon)
set(RECUR_LANES_avx2 Avx2)
set(RECUR_LANES_avx512 Avx512)
set(RECUR_LANES_neon Neon)
