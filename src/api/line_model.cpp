#include "api/line_model.h"

#include "formats/model_file.h"

namespace recur {

std::variant<TextStream, ForecastStream, ChatStream> open_line_model(const std::filesystem::path& run) {
  const std::filesystem::path path = model_path(run);
  check_model_is_there(path);
  const Safetensors file = Safetensors::read(path.string());
  const std::string_view task = read_model_header(file).task;
  if (task == "forecast") return ForecastStream(file);
  if (task == "seq2seq") return ChatStream(file);
  return TextStream(file);
}

}  // namespace recur
