// Series from files.
#pragma once

#include <filesystem>
#include <span>

#include "data/series/panel.h"
#include "data/series/series_source.h"

namespace recur {

/// Reads CSV, TSV or JSON lines files ("-": the standard input). Times must rise within each series; their
/// frequency is found, and what is missing is treated as the source says. Several files are read as if they
/// were one: in long form by their ids, columns by their names, and a series goes on from file to file, so
/// files are given in the order of their times. A series in a row stands in one of them. Throws ConfigError
/// for columns that are not there, DataError with file and line for what cannot be read, IoError.
SeriesPanel read_panel(std::span<const std::filesystem::path> files, const SeriesSource& source,
                       PanelUse use = PanelUse::training);
inline SeriesPanel read_panel(const std::filesystem::path& file, const SeriesSource& source,
                              PanelUse use = PanelUse::training) {
  return read_panel(std::span(&file, 1), source, use);
}

/// The source with the columns that a panel was read from: it reads other files in the same way.
SeriesSource resolved(const SeriesSource& source, const SeriesPanel& panel);

}  // namespace recur
