#include "api/predict.h"

#include "base/error.h"

namespace recur {

void predict(const std::filesystem::path& run, const std::filesystem::path& input, Index threads,
             const AnswerSink& answer) {
  const ModelFile model = ModelFile::read(model_path(run));
  ThreadPool pool(threads == 0 ? ThreadPool::available_cores() : threads);
  task_of(model)->predict(model, input, pool, answer);
}

}  // namespace recur
