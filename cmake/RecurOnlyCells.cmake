# recur_only_cells(TARGET CELL…): the program TARGET, which links recur_core and streams models, holds the kernels of
# these cells and no other, and of those only what a stream calls, as in recur_only_cells(my_program Gru): a few hundred
# kilobytes instead of more than a megabyte. The kernels are compiled again for it, so this is for projects that contain
# recur's sources (add_subdirectory).
function(recur_only_cells target)
  include(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/RecurIsa.cmake)
  get_target_property(linked ${target} LINK_LIBRARIES)
  if("recur_full" IN_LIST linked OR "recur::full" IN_LIST linked)
    message(FATAL_ERROR "recur_only_cells(${target}): it links recur_full, which trains, and these kernels only "
      "stream; link recur_core, or leave recur_only_cells out")
  endif()
  cmake_path(GET CMAKE_CURRENT_FUNCTION_LIST_DIR PARENT_PATH recur)
  set(kernels ${recur}/src/kernels)
  list(JOIN ARGN "," cells)
  list(TRANSFORM RECUR_ISAS REPLACE "(.+)" "${kernels}/cpu/\\1.cpp" OUTPUT_VARIABLE isa_files)
  # In front of the library, so that the linker takes nothing that these define from it.
  add_library(${target}_cells OBJECT ${kernels}/backends.cpp ${kernels}/cell_registry.cpp ${kernels}/cpu/scalar.cpp
    ${isa_files})
  set_source_files_properties(${kernels}/cpu/scalar.cpp PROPERTIES COMPILE_OPTIONS "${RECUR_KERNEL_FLAGS}")
  foreach(isa IN LISTS RECUR_ISAS)
    set_source_files_properties(${kernels}/cpu/${isa}.cpp
      PROPERTIES COMPILE_OPTIONS "${RECUR_KERNEL_FLAGS};${RECUR_FLAGS_${isa}}")
  endforeach()
  target_compile_definitions(${target}_cells PRIVATE "RECUR_CELLS=${cells}")
  target_compile_options(${target}_cells PRIVATE -Os -ffunction-sections -fdata-sections)
  target_compile_features(${target}_cells PRIVATE cxx_std_20)
  target_include_directories(${target}_cells PRIVATE ${recur}/src ${recur}/include)
  target_link_libraries(${target}_cells PRIVATE recur_arithmetic)
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}_cells>)
  target_link_options(${target} PRIVATE -Wl,--gc-sections)
endfunction()
