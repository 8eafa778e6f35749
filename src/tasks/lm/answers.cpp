#include "tasks/lm/answers.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "decode/likeliest.h"
#include "nn/losses.h"
#include "tensor/token_tensor.h"

namespace recur {
namespace {

constexpr std::size_t kNext = 5;
/// Steps that are computed together: as many rows of logits.
constexpr Index kSteps = 64;

}  // namespace

std::optional<std::int32_t> line_end(const Vocabulary& vocabulary) {
  const std::int32_t id = vocabulary.id(ends_lines(vocabulary.level()) ? kEndOfLine : "\n");
  return vocabulary.unknown() == id ? std::nullopt : std::optional(id);
}

nlohmann::ordered_json answer_to_line(Model& model, const Vocabulary& vocabulary, std::string_view line,
                                      ThreadPool& pool) {
  std::vector<std::int32_t> ids;
  const std::optional<std::int32_t> end = line_end(vocabulary);
  if (end) ids.push_back(*end);
  vocabulary.encode(line, ids);
  const Index last = static_cast<Index>(ids.size()) - 1;  // whose logits say what comes next
  const Index unknown =
      vocabulary.unknown() ? std::ranges::count(ids, *vocabulary.unknown()) : std::ptrdiff_t{0};
  if (end) ids.push_back(*end);

  const auto count = static_cast<Index>(ids.size());
  const auto tokens_of = [&](Index first, Index end_of) {
    return std::span(ids).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(end_of - first));
  };
  const Pass pass{.pool = pool};
  RecurrentState state = model.encoder().zero_state(1);
  double nats = 0;
  std::vector<LikelyToken> next;
  for (Index begin = 0; begin <= last; begin += kSteps) {
    const Index stop = std::min(begin + kSteps, last + 1), predicted = std::min(stop, count - 1) - begin;
    ModelOutput out =
        model.forward(pass, token_tensor(tokens_of(begin, stop)), Layout::dense(stop - begin, 1), state);
    state = std::move(out.state);
    const Tensor& logits = out.y.value;
    if (predicted > 0)
      nats += cross_entropy(pass, logits.rows(0, predicted),
                            token_tensor(tokens_of(begin + 1, begin + 1 + predicted)))
                  .sum;
    if (stop == last + 1) {
      const Tensor row = logits.rows(stop - begin - 1, stop - begin);
      next =
          likeliest({row.data<float>(), static_cast<std::size_t>(row.size())}, kNext, vocabulary.unknown());
    }
  }

  const Index tokens = std::max<Index>(count - 1, 0);
  nlohmann::ordered_json answer{
      {"line", line}, {"tokens", tokens}, {"unknown", unknown}, {"log_probability", -nats}};
  answer["perplexity"] = nullptr;
  if (tokens > 0) answer["perplexity"] = std::exp(nats / static_cast<double>(tokens));
  answer["next"] = nlohmann::ordered_json::array();
  for (const LikelyToken& token : next)
    answer["next"].push_back({{"token", vocabulary.unit(token.id)}, {"probability", token.probability}});
  return answer;
}

}  // namespace recur
