// Series from files.
#pragma once

#include <filesystem>

#include "data/series/panel.h"
#include "data/series/series_source.h"

namespace recur {

/// Reads a CSV, TSV or JSON lines file ("-": the standard input). Times must rise within each series; their
/// frequency is found, and what is missing is treated as the source says. Throws ConfigError for columns that
/// are not there, DataError with file and line for what cannot be read, IoError.
SeriesPanel read_panel(const std::filesystem::path& path, const SeriesSource& source);

/// Adds the time of the next step of a series, whose line is there already. Throws DataError with file and
/// line where it is not of the panel's format; where it does not rise, with the hint.
void append_time(const SeriesPanel& panel, OneSeries& series, std::string_view text,
                 std::string_view hint = "");

/// The source with the columns that a panel was read from: it reads other files in the same way.
SeriesSource resolved(const SeriesSource& source, const SeriesPanel& panel);

}  // namespace recur
