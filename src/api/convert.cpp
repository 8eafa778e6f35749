#include "api/convert.h"

#include <algorithm>

#include "api/threads.h"
#include "base/bf16.h"
#include "base/error.h"
#include "simd/isa.h"
#include "tasks/task.h"

namespace recur {
namespace {

/// Whether a tensor of a model file is a matrix of weights.
bool is_matrix(const NamedTensor& tensor) {
  return tensor.value.shape().rank() >= 2 && tensor.value.dtype() == DType::f32 &&
         !tensor.name.starts_with("golden.") && !tensor.name.starts_with("pipeline.");
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
  const auto at = [&](std::string_view name, std::string_view other) {
    const auto it = std::ranges::find_if(
        file.tensors, [&](const NamedTensor& t) { return t.name == name || t.name == other; });
    check<FormatError>(it != file.tensors.end(), "{}: has no '{}'; the file was changed after training",
                       file.where, other);
    return it;
  };
  const std::unique_ptr<TrainedNetwork> network = task.network(file);
  const Tensor input = at("golden.tokens", "golden.inputs")->value;
  network->check_input(input, file.where);
  at("golden.logits", "golden.outputs")->value = network->run(pool, {input}).front().clone();
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
  const std::unique_ptr<Task> task = task_of(file);
  const auto score = [&] { return task->evaluate(file, request.data, pool).to_json()["metrics"]; };

  nlohmann::json report{{"run", request.run.string()}, {"out", request.out.string()}};
  if (!request.data.empty()) {
    report["data"] = request.data.string();
    report["before"] = score();
  }
  Index matrices = 0;
  for (NamedTensor& tensor : file.tensors) {
    check<ConfigError>(!tensor.bf16, "{}: its matrices are bfloat16 already", from.string());
    if (!is_matrix(tensor)) continue;
    round_to_bf16(tensor, file.where);
    ++matrices;
  }
  file.metrics = nlohmann::json::object();
  if (!request.data.empty()) file.metrics["test"] = report["after"] = score();
  renew_golden(*task, file, pool);
  std::filesystem::create_directories(request.out, ignored);
  file.save(to);
  report["matrices"] = matrices;
  report["bytes"] = {{"before", std::filesystem::file_size(from)}, {"after", std::filesystem::file_size(to)}};
  return report;
}

}  // namespace recur
