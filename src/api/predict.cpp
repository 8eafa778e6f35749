#include "api/predict.h"

#include "api/threads.h"

namespace recur {

void predict(const std::filesystem::path& run, const std::filesystem::path& input, Index threads,
             const AnswerSink& answer) {
  const ModelFile model = ModelFile::read(model_path(run));
  ThreadPool pool(threads_or_all(threads));
  task_of(model)->predict(model, input, pool, answer);
}

}  // namespace recur
