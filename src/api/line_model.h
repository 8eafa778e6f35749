// A model that answers line after line: what `recur stream` runs.
#pragma once

#include <filesystem>
#include <variant>

#include "api/chat_stream.h"
#include "api/series_stream.h"
#include "api/text_stream.h"

namespace recur {

/// Opens a model file as its task asks: of text, of values or of turns of a conversation. Throws IoError,
/// FormatError, ConfigError for a model that answers once a sequence.
std::variant<TextStream, ForecastStream, ChatStream> open_line_model(const std::filesystem::path& run);

}  // namespace recur
