#include "tasks/classify/baselines.h"

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "base/error.h"
#include "baselines/ngram_regression.h"
#include "baselines/series_summary.h"
#include "baselines/softmax_regression.h"
#include "data/words/normalise.h"
#include "tasks/classify/score.h"

namespace recur {
namespace {

using Ids = std::vector<std::int32_t>;

/// Numbers every word of the training texts, however rare; those it has not met are −1.
class WordNumbers {
 public:
  explicit WordNumbers(const ClassifyDataConfig& data)
      : options_{.level = Level::word, .segment = data.segment, .lower_case = data.lower_case},
        unicode_(data.level != Level::byte) {}

  Ids number(const std::string& text, bool grow) {
    Ids ids;
    const auto take = [&](std::string_view word) {
      auto at = ids_.find(word);
      if (at == ids_.end() && grow) at = ids_.emplace(word, static_cast<std::int32_t>(ids_.size())).first;
      ids.push_back(at == ids_.end() ? -1 : at->second);
    };
    for_each_word(unicode_ ? normalise(text, options_) : text, take);
    return ids;
  }

 private:
  NormaliseOptions options_;
  bool unicode_;  // whether texts are known to be UTF-8
  std::unordered_map<std::string, std::int32_t, StringHash, std::equal_to<>> ids_;
};

/// The likeliest of exclusive classes; of many labels all that are more likely than not.
Ids decide(const std::vector<double>& scores, double middle, bool many_labels) {
  if (!many_labels) return {static_cast<std::int32_t>(std::ranges::max_element(scores) - scores.begin())};
  Ids ids;
  for (std::size_t c = 0; c < scores.size(); ++c)
    if (scores[c] > middle) ids.push_back(static_cast<std::int32_t>(c));
  return ids;
}

ClassifyBaseline majority(const std::vector<double>& shares, bool many_labels) {
  return {"majority", [answer = decide(shares, 0.5, many_labels)](const Example&) { return answer; }};
}

ClassifyBaseline ngrams(const ClassifyConfig& config, Index classes, std::span<const Example> train,
                        ThreadPool& pool) {
  const auto numbers = std::make_shared<WordNumbers>(config.data);
  std::vector<Ids> texts, labels;
  for (const Example& example : train) {
    texts.push_back(numbers->number(example.shown, /*grow=*/true));
    labels.push_back(example.labels);
  }
  const auto model =
      std::make_shared<NgramRegression>(texts, labels, classes, NgramRegressionOptions{}, pool);
  return {"n-gram regression", [=, many = config.data.many_labels()](const Example& example) {
            return decide(model->scores(numbers->number(example.shown, /*grow=*/false)), 0, many);
          }};
}

std::vector<double> summary(const Example& example) {
  return summarise({example.input.data<float>(), static_cast<std::size_t>(example.input.size())},
                   example.input.dim(1));
}

/// Summaries of the training series, standardised, and how others are brought to the same.
struct Summaries {
  Index width;
  std::vector<double> rows;
  Standardiser standardiser;

  static std::vector<double> collect(std::span<const Example> examples) {
    std::vector<double> rows;
    for (const Example& example : examples) {
      const std::vector<double> row = summary(example);
      rows.insert(rows.end(), row.begin(), row.end());
    }
    return rows;
  }
  explicit Summaries(std::span<const Example> train)
      : width(kSummaryNumbers * train.front().input.dim(1)), rows(collect(train)), standardiser(rows, width) {
    standardiser.apply(rows);
  }
  std::vector<double> of(const Example& example) const {
    std::vector<double> row = summary(example);
    standardiser.apply(row);
    return row;
  }
};

ClassifyBaseline centroids(const std::shared_ptr<const Summaries>& summaries, Index classes,
                           const Ids& labels) {
  return {"nearest centroid",
          [=, model = NearestCentroid(summaries->rows, summaries->width, labels, classes)](
              const Example& example) { return Ids{model.predict(summaries->of(example))}; }};
}

ClassifyBaseline regression(const std::shared_ptr<const Summaries>& summaries, Index classes,
                            const Ids& labels) {
  return {"regression on statistics", [=, model = SoftmaxRegression(summaries->rows, summaries->width, labels,
                                                                    classes)](const Example& example) {
            return decide(model.probabilities(summaries->of(example)), 0.5, /*many_labels=*/false);
          }};
}

/// Of many labels, each on its own.
ClassifyBaseline regressions(const std::shared_ptr<const Summaries>& summaries, Index classes,
                             std::span<const Example> train) {
  std::vector<SoftmaxRegression> models;
  for (std::int32_t c = 0; c < classes; ++c) {
    Ids has;
    for (const Example& example : train) has.push_back(std::ranges::binary_search(example.labels, c) ? 1 : 0);
    models.emplace_back(summaries->rows, summaries->width, has, 2);
  }
  return {"regression on statistics", [=](const Example& example) {
            const std::vector<double> row = summaries->of(example);
            std::vector<double> p;
            p.reserve(models.size());
            for (const SoftmaxRegression& model : models) p.push_back(model.probabilities(row)[1]);
            return decide(p, 0.5, /*many_labels=*/true);
          }};
}

}  // namespace

std::vector<double> label_shares(Index classes, std::span<const Example> examples) {
  std::vector<double> shares(static_cast<std::size_t>(classes));
  for (const Example& example : examples)
    for (const std::int32_t c : example.labels) ++shares[static_cast<std::size_t>(c)];
  // Counts first: a half is exactly a half, also as a model file keeps it.
  for (double& share : shares) share /= static_cast<double>(examples.size());
  return shares;
}

ClassifyBaseline majority_of(const ClassifyPipeline& pipeline) {
  return majority(pipeline.shares, pipeline.many_labels());
}

std::vector<ClassifyBaseline> fit_baselines(const ClassifyConfig& config, const ClassifyPipeline& pipeline,
                                            std::span<const Example> train, ThreadPool& pool) {
  const Index classes = pipeline.labels().size();
  const bool many = pipeline.many_labels();
  std::vector<ClassifyBaseline> baselines{majority(label_shares(classes, train), many)};
  if (pipeline.reads_text()) {
    baselines.push_back(ngrams(config, classes, train, pool));
    return baselines;
  }
  const auto summaries = std::make_shared<const Summaries>(train);
  if (many) {
    baselines.push_back(regressions(summaries, classes, train));
    return baselines;
  }
  Ids labels;
  for (const Example& example : train) labels.push_back(example.labels.front());
  baselines.push_back(centroids(summaries, classes, labels));
  baselines.push_back(regression(summaries, classes, labels));
  return baselines;
}

ClassifyBaselineScore score_baseline(const ClassifyBaseline& baseline, Index classes, bool many_labels,
                                     std::span<const Example> examples) {
  ClassifyBaselineScore score{.counts = ClassificationScore(classes), .each = {}};
  std::vector<Ids> answers;
  for (const Example& example : examples) {
    const Ids& answer = answers.emplace_back(baseline.answer(example));
    if (many_labels) {
      score.counts.add(example.labels, answer);
    } else {
      score.counts.add(example.labels.front(), answer.front());
    }
  }
  score.each = each_of(answers, examples, many_labels).values;
  return score;
}

}  // namespace recur
