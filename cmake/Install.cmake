# cmake --install: libraries, public headers, the program, and a package for find_package(recur).
# The headers that cells from outside are compiled against lie apart, under include/recur/internal.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(recur_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/recur)

install(TARGETS recur_core recur_full EXPORT recurTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS recur_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY include/recur DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT recurTargets NAMESPACE recur:: DESTINATION ${recur_package_dir})

configure_package_config_file(cmake/recurConfig.cmake.in ${PROJECT_BINARY_DIR}/recurConfig.cmake
  INSTALL_DESTINATION ${recur_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/recurConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/recurConfig.cmake ${PROJECT_BINARY_DIR}/recurConfigVersion.cmake
  DESTINATION ${recur_package_dir})
