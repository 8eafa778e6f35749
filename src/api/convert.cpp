#include "api/convert.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "api/threads.h"
#include "base/bf16.h"
#include "base/enum_names.h"
#include "base/error.h"
#include "kernels/packed.h"
#include "simd/isa.h"
#include "tasks/task.h"

namespace recur {
namespace {

/// Whether a tensor of a model file is a matrix of weights.
bool is_matrix(const NamedTensor& tensor) {
  return is_parameter(tensor) && tensor.value.shape().rank() >= 2 && tensor.value.dtype() == DType::f32;
}

/// Whether it is one that a recurrent layer multiplies with.
bool is_recurrent(const NamedTensor& tensor) {
  return std::ranges::any_of(std::array{".weight_ih_l", ".weight_hh_l", ".weight_hr_l"},
                             [&](const char* name) { return tensor.name.find(name) != std::string::npos; });
}

void round_to_bytes(NamedTensor& tensor, const std::string& where) {
  const Index rows = tensor.value.dim(0), columns = tensor.value.dim(1);
  check<ConfigError>(columns <= kMostByteLines,
                     "{}: {} multiplies {} numbers, and bytes are summed over {} at most; use --type bf16",
                     where, tensor.name, columns, kMostByteLines);
  tensor.scales = Tensor::empty({rows});
  for (Index r = 0; r < rows; ++r) {
    const std::span<float> row(tensor.value.data<float>() + r * columns, static_cast<std::size_t>(columns));
    float most = 0;
    for (const float value : row) most = std::max(most, std::abs(value));
    // Where a scale would be subnormal, quotients are not what they should be: such a row is 0.
    const float scale = tensor.scales.data<float>()[r] = most < 1e-30F ? 0 : most / 127;
    for (float& value : row)
      value = scale == 0 ? 0 : (std::nearbyint(value / scale) + 0.0F) * scale;  // never -0, which no byte is
  }
}

void round_to_bf16(NamedTensor& tensor, const std::string& where) {
  for (Index i = 0; i < tensor.value.size(); ++i) {
    float& value = tensor.value.data<float>()[i];
    const float rounded = from_bf16(to_bf16(value));
    check<DataError>(rounded - rounded == 0, "{}: {}[{}] is {}, too large for bfloat16", where, tensor.name,
                     i, value);
    value = rounded;
  }
  tensor.bf16 = true;
}

/// What the model gives for its golden input, in place of what it gave.
void renew_golden(Task& task, ModelFile& file, ThreadPool& pool) {
  const std::unique_ptr<TrainedNetwork> network = task.network(file);
  const Tensor input = file.golden_input();
  network->check_input(input, file.where);
  file.set_golden_output(network->run(pool, {input}).front().clone());
  file.isa = name(current_isa());
}

}  // namespace

nlohmann::json convert(const ConvertRequest& request) {
  const std::filesystem::path from = model_path(request.run), to = request.out / from.filename();
  std::error_code ignored;
  check<ConfigError>(request.force || !std::filesystem::exists(to, ignored),
                     "{}: there is a model already; replace it with --force, or choose another --out",
                     to.string());
  check<ConfigError>(!std::filesystem::equivalent(from, to, ignored),
                     "{}: would be replaced by what is made of it; choose another --out", from.string());
  ThreadPool pool(threads_or_all(request.threads));
  ModelFile file = ModelFile::read(from);
  for (const NamedTensor& tensor : file.tensors)
    check<ConfigError>(!tensor.bf16 && !tensor.scales.defined(), "{}: it has been converted already",
                       from.string());
  const std::unique_ptr<Task> task = task_of(file);
  const auto score = [&] { return task->evaluate(file, request.data, pool).to_json()["metrics"]; };

  nlohmann::json report{{"run", request.run.string()}, {"out", request.out.string()}};
  if (!request.data.empty()) {
    report["data"] = request.data.string();
    report["before"] = score();
  }
  Index matrices = 0;
  for (NamedTensor& tensor : file.tensors) {
    if (!is_matrix(tensor)) continue;
    if (request.type == WeightType::int8 && is_recurrent(tensor))
      round_to_bytes(tensor, file.where);
    else
      round_to_bf16(tensor, file.where);
    ++matrices;
  }
  file.metrics = nlohmann::json::object();
  if (!request.data.empty()) file.metrics["test"] = report["after"] = score();
  renew_golden(*task, file, pool);
  std::filesystem::create_directories(request.out, ignored);
  file.save(to);
  report["type"] = to_name(request.type);
  report["matrices"] = matrices;
  report["bytes"] = {{"before", std::filesystem::file_size(from)}, {"after", std::filesystem::file_size(to)}};
  return report;
}

}  // namespace recur
