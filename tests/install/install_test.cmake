# Installs the build under a temporary prefix, configures the consumer project against it, builds and runs what it made.
file(REAL_PATH "${BUILD_DIR}/tests/install/scratch" scratch)
file(REMOVE_RECURSE ${scratch})

function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${command}\n${output}")
  endif()
  message(STATUS "${output}")
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${scratch}/prefix)
run(${CMAKE_COMMAND} -S ${SOURCE_DIR} -B ${scratch}/build -G ${GENERATOR} -D CMAKE_PREFIX_PATH=${scratch}/prefix
  -D CMAKE_C_COMPILER=${C_COMPILER} -D CMAKE_CXX_COMPILER=${CXX_COMPILER} -D CMAKE_CXX_FLAGS=${FLAGS}
  -D CMAKE_C_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${scratch}/build)
string(REPEAT "the quick brown fox jumps over the lazy dog\n" 50 text)
file(WRITE ${scratch}/text.txt "${text}")
run(${scratch}/build/learn ${scratch}/text.txt ${scratch}/run)
run(${scratch}/build/step ${scratch}/run "the quick")
run(${scratch}/build/step_shared ${scratch}/run "the quick")

# A project that contains the sources; of those it builds only the kernels of its cell.
run(${CMAKE_COMMAND} -S ${SOURCE_DIR}/../outer -B ${scratch}/outer -G ${GENERATOR} -D CMAKE_C_COMPILER=${C_COMPILER}
  -D CMAKE_CXX_COMPILER=${CXX_COMPILER} -D CMAKE_CXX_FLAGS=${FLAGS} -D CMAKE_C_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${scratch}/outer --target step_cells)

# What recur::core does not link need not be there.
run(${CMAKE_COMMAND} -S ${SOURCE_DIR}/../core_only -B ${scratch}/core_only -G ${GENERATOR}
  -D CMAKE_PREFIX_PATH=${scratch}/prefix -D CMAKE_DISABLE_FIND_PACKAGE_ZLIB=ON -D CMAKE_C_COMPILER=${C_COMPILER}
  -D CMAKE_CXX_COMPILER=${CXX_COMPILER} -D CMAKE_CXX_FLAGS=${FLAGS} -D CMAKE_C_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${scratch}/core_only)
run(${scratch}/core_only/step ${SOURCE_DIR}/../../old_models/format1_lm_gru.safetensors "the quick")
