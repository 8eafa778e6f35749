#include "api/predict.h"

#include "api/threads.h"

namespace recur {

void predict(const std::filesystem::path& run, const std::filesystem::path& input, Index threads,
             const AnswerSink& answer, const std::vector<Setting>& anew) {
  const ModelFile model = ModelFile::read(model_path(run));
  ThreadPool pool(threads_or_all(threads));
  const std::unique_ptr<Task> task = task_of(model);
  task->answer_with(anew);
  task->predict(model, input, pool, answer);
}

}  // namespace recur
