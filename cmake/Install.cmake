# cmake --install: libraries, public headers, the program, and a package for find_package(recur).
# The headers that cells from outside are compiled against lie apart, under include/recur/internal.
include(CMakePackageConfigHelpers)
set(recur_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/recur)

install(TARGETS recur_core recur_full recur_cell_headers EXPORT recurTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS recur_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/recur DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
set(cell_headers ${CMAKE_INSTALL_INCLUDEDIR}/recur/internal)
install(DIRECTORY src/cells src/simd DESTINATION ${cell_headers} FILES_MATCHING PATTERN "*.h")
install(FILES src/base/aligned.h src/base/dual.h src/base/function_ref.h src/base/memory_use.h
  src/base/symbol.h src/base/types.h DESTINATION ${cell_headers}/base)
install(FILES src/kernels/cell_registry.h src/kernels/describe_cell.h src/kernels/packed.h src/kernels/table.h
  DESTINATION ${cell_headers}/kernels)
install(FILES src/kernels/cpu/blocks.h src/kernels/cpu/gemm.h src/kernels/cpu/gemm_bytes.h src/kernels/cpu/step.h DESTINATION ${cell_headers}/kernels/cpu)
install(EXPORT recurTargets NAMESPACE recur:: DESTINATION ${recur_package_dir})

configure_package_config_file(cmake/recurConfig.cmake.in ${PROJECT_BINARY_DIR}/recurConfig.cmake
  INSTALL_DESTINATION ${recur_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/recurConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/recurConfig.cmake ${PROJECT_BINARY_DIR}/recurConfigVersion.cmake
  cmake/FindSentencePiece.cmake cmake/FindUtf8proc.cmake cmake/RecurAddCell.cmake cmake/RecurIsa.cmake cmake/cell.cpp.in cmake/cell_isa.cpp.in
  DESTINATION ${recur_package_dir})
