#include "decode/beam.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"

namespace recur {
namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

/// A token of a hypothesis, and where it goes on from: a tree whose root is the start token.
struct Node {
  Index parent = -1;
  std::int32_t token = 0;
  std::vector<float> attention{};
};

struct Live {
  Index node = 0;
  double log_probability = 0;
};

/// A hypothesis that one token more would make.
struct Candidate {
  double log_probability = 0;
  Index rank = 0;  // of the hypothesis before
  std::int32_t token = 0;
};

bool better(const Candidate& a, const Candidate& b) {
  if (a.log_probability != b.log_probability) return a.log_probability > b.log_probability;
  return a.rank != b.rank ? a.rank < b.rank : a.token < b.token;
}

/// The best candidates that were added: a heap with the worst of them on top.
class Best {
 public:
  explicit Best(std::size_t count) : count_(count) {}

  /// A candidate with less does not stay.
  double least() const { return heap_.size() < count_ ? kNothing : heap_.front().log_probability; }

  void add(const Candidate& candidate) {
    if (heap_.size() == count_) {
      if (!better(candidate, heap_.front())) return;
      std::ranges::pop_heap(heap_, better);
      heap_.pop_back();
    }
    heap_.push_back(candidate);
    std::ranges::push_heap(heap_, better);
  }

  std::vector<Candidate> sorted() && {
    std::ranges::sort_heap(heap_, better);
    return std::move(heap_);
  }

 private:
  std::size_t count_;
  std::vector<Candidate> heap_;
};

/// What is common to all sentences.
struct Search {
  const BeamOptions& options;
  std::vector<char> barred;  // by token: whether it may not be chosen (the end has rules of its own)

  bool keeps_attention() const { return options.attention || options.coverage_penalty > 0; }
  /// lp(Y) of a length that counts the end.
  double length_factor(Index length) const {
    return std::pow((5.0 + static_cast<double>(length)) / 6.0, options.length_penalty);
  }
};

/// The search for one sentence.
class Sentence {
 public:
  Sentence(const BeamSource& source, std::int32_t start) : source_(source) {
    nodes_.push_back({.token = start});
    live_.push_back({});
  }

  bool done() const { return live_.empty(); }
  Index live() const { return static_cast<Index>(live_.size()); }
  std::int32_t last_token(Index rank) const { return nodes_[at(live_[at(rank)].node)].token; }
  /// The rank that the hypothesis at `rank` went on from.
  Index parent(Index rank) const { return parents_.empty() ? 0 : parents_[at(rank)]; }

  /// Takes what the model says of its hypotheses and goes one token on.
  void advance(const Search& search, std::span<const float> scores, std::span<const float> attention) {
    const auto width = search.barred.size();
    const auto beam = static_cast<std::size_t>(search.options.beam);
    const bool end_only = length_ >= source_.max_length;
    Best best(2 * beam);  // one end for each hypothesis at most: so `beam` others are among them
    for (std::size_t rank = 0; rank < live_.size(); ++rank) {
      const std::span<const float> row = scores.subspan(rank * width, width);
      if (!end_only) add_tokens(search, row, static_cast<Index>(rank), best);
      if (end_only || length_ >= search.options.min_length)
        add(search.options.end, row, static_cast<Index>(rank), best);
    }
    const std::vector<Candidate> candidates = std::move(best).sorted();
    check<DataError>(!candidates.empty() || !finished_.empty(),
                     "no token can come at position {}: all that are allowed have probability 0", length_);

    std::vector<Live> next;
    parents_.clear();
    for (std::size_t i = 0; i < candidates.size() && next.size() < beam; ++i) {
      const Candidate& candidate = candidates[i];
      const bool ends = candidate.token == search.options.end;
      if (ends && i >= beam) continue;  // not among those that would have lived
      Node node{.parent = live_[at(candidate.rank)].node, .token = candidate.token};
      if (search.keeps_attention()) {
        const auto weights = attention.subspan(at(candidate.rank * source_.length), at(source_.length));
        node.attention.assign(weights.begin(), weights.end());
      }
      nodes_.push_back(std::move(node));
      const Live to{static_cast<Index>(nodes_.size()) - 1, candidate.log_probability};
      if (ends) {
        finish(search, to);
      } else {
        next.push_back(to);
        parents_.push_back(candidate.rank);
      }
    }
    live_ = std::move(next);
    ++length_;
    if (decided(search)) live_.clear();
  }

  std::vector<BeamResult> results(const BeamOptions& options) {
    finished_.resize(std::min(finished_.size(), at(options.n_best)));
    if (!options.attention)
      for (BeamResult& result : finished_) result.attention.clear();
    return std::move(finished_);
  }

 private:
  static std::size_t at(Index i) { return static_cast<std::size_t>(i); }

  void add(std::int32_t token, std::span<const float> row, Index rank, Best& best) const {
    const float log_probability = row[at(token)];
    check<DataError>(
        log_probability < std::numeric_limits<float>::infinity(),
        "the log-probability of token {} is {} at position {}: the model's weights are damaged, or "
        "its training diverged",
        token, log_probability, length_);
    const double sum = live_[at(rank)].log_probability + static_cast<double>(log_probability);
    if (sum > kNothing) best.add({sum, rank, token});
  }

  /// Adds all tokens but the end. Most of a vocabulary is too unlikely to look at one by one: sixty-four are
  /// compared at once with what the worst candidate has.
  void add_tokens(const Search& search, std::span<const float> row, Index rank, Best& best) const {
    constexpr std::size_t kBlock = 64;
    for (std::size_t begin = 0; begin < row.size(); begin += kBlock) {
      const std::size_t end = std::min(begin + kBlock, row.size());
      const double least = std::max(best.least() - live_[at(rank)].log_probability,
                                    double{std::numeric_limits<float>::lowest()});
      // Rounded downwards: add() compares exactly. NaN is not less than anything, so add() sees it.
      const float bound = std::nextafter(static_cast<float>(least), -std::numeric_limits<float>::infinity());
      int hits = 0;
      for (std::size_t i = begin; i < end; ++i) hits += static_cast<int>(!(row[i] < bound));
      if (hits == 0) continue;
      for (std::size_t i = begin; i < end; ++i)
        if (!(row[i] < bound) && search.barred[i] == 0) add(static_cast<std::int32_t>(i), row, rank, best);
    }
  }

  /// Keeps a hypothesis whose last node is the end; of equal ones the first to finish stays in front.
  void finish(const Search& search, const Live& last) {
    BeamResult result{.log_probability = last.log_probability};
    result.score = last.log_probability / search.length_factor(length_ + 1);
    std::vector<Index> path;  // from the end backwards, the start left out
    for (Index node = last.node; node > 0; node = nodes_[at(node)].parent) path.push_back(node);
    std::vector<double> covered(at(source_.length));
    for (std::size_t i = path.size(); i-- > 0;) {
      const Node& node = nodes_[at(path[i])];
      for (std::size_t s = 0; s < node.attention.size(); ++s)
        covered[s] += static_cast<double>(node.attention[s]);
      if (i == 0) break;  // the end itself
      result.tokens.push_back(node.token);
      result.attention.insert(result.attention.end(), node.attention.begin(), node.attention.end());
    }
    if (search.options.coverage_penalty > 0)
      for (const double sum : covered)
        result.score += search.options.coverage_penalty * std::log(std::clamp(sum, 1e-9, 1.0));
    finished_.insert(std::ranges::upper_bound(finished_, result.score, std::greater{}, &BeamResult::score),
                     std::move(result));
  }

  /// Whether nothing that lives can change the results. A sum of log-probabilities only falls, and counts
  /// least at the greatest length; coverage only rises, to 0 at most.
  bool decided(const Search& search) const {
    if (finished_.size() >= at(search.options.beam)) return true;
    if (live_.empty() || finished_.size() < at(search.options.n_best)) return false;
    const double reachable = live_.front().log_probability / search.length_factor(source_.max_length + 1);
    return finished_[at(search.options.n_best) - 1].score >= reachable;
  }

  BeamSource source_;
  Index length_ = 0;  // tokens of each hypothesis that lives
  std::vector<Node> nodes_;
  std::vector<Live> live_;            // best first
  std::vector<Index> parents_;        // of these, ranks before; empty before the first step
  std::vector<BeamResult> finished_;  // best first
};

void check_options(const BeamOptions& options) {
  check<ConfigError>(options.beam >= 1, "beam is {}, expected at least 1 (1 is greedy)", options.beam);
  check<ConfigError>(options.n_best >= 1 && options.n_best <= options.beam,
                     "n_best is {}, expected at least 1 and at most the beam of {}", options.n_best,
                     options.beam);
  check<ConfigError>(options.length_penalty >= 0 && std::isfinite(options.length_penalty),
                     "length_penalty is {}, expected a number of at least 0", options.length_penalty);
  check<ConfigError>(options.coverage_penalty >= 0 && std::isfinite(options.coverage_penalty),
                     "coverage_penalty is {}, expected a number of at least 0", options.coverage_penalty);
  check<ConfigError>(options.min_length >= 0, "min_length is {}, expected at least 0", options.min_length);
}

/// The rows of the sentences that are still searched.
struct Batch {
  std::vector<Index> sentences;                // that are searched, rising
  std::vector<Index> first_row, first_weight;  // of each of these
  std::vector<Index> parents, row_sentences;   // by row
  std::vector<std::int32_t> tokens;
  Index weights = 0;  // of all rows together

  /// The next rows; `before` is the batch that the hypotheses went on from.
  static Batch next(const std::vector<Sentence>& all, std::span<const BeamSource> sources,
                    const Batch* before) {
    Batch batch;
    std::size_t position = 0;  // in before->sentences
    for (Index s = 0; s < static_cast<Index>(all.size()); ++s) {
      const Sentence& sentence = all[static_cast<std::size_t>(s)];
      if (sentence.done()) continue;
      if (before != nullptr)
        while (before->sentences[position] != s) ++position;
      batch.sentences.push_back(s);
      batch.first_row.push_back(static_cast<Index>(batch.tokens.size()));
      batch.first_weight.push_back(batch.weights);
      for (Index rank = 0; rank < sentence.live(); ++rank) {
        batch.parents.push_back(before == nullptr ? s : before->first_row[position] + sentence.parent(rank));
        batch.row_sentences.push_back(s);
        batch.tokens.push_back(sentence.last_token(rank));
      }
      batch.weights += sentence.live() * sources[static_cast<std::size_t>(s)].length;
    }
    return batch;
  }

  BeamRows rows() const { return {parents, row_sentences, tokens}; }
};

}  // namespace

std::vector<std::vector<BeamResult>> beam_search(ThreadPool& pool, const BeamOptions& options,
                                                 std::span<const BeamSource> sources,
                                                 const BeamModel& model) {
  check_options(options);
  std::vector<Sentence> all;
  all.reserve(sources.size());
  for (const BeamSource& source : sources) all.emplace_back(source, options.start);

  Search search{.options = options, .barred = {}};
  Batch batch = Batch::next(all, sources, nullptr);
  while (!batch.sentences.empty()) {
    const BeamScores scores = model(batch.rows());
    const std::size_t width = scores.log_probabilities.size() / batch.tokens.size();
    if (search.barred.empty()) {
      search.barred.resize(width);
      search.barred.at(static_cast<std::size_t>(options.end)) = 1;
      for (const std::int32_t token : options.never) search.barred.at(static_cast<std::size_t>(token)) = 1;
    }
    RECUR_ASSERT(scores.log_probabilities.size() == batch.tokens.size() * search.barred.size());
    RECUR_ASSERT(!search.keeps_attention() || std::ssize(scores.attention) == batch.weights);
    pool.run(static_cast<Index>(batch.sentences.size()), [&](Index i) {
      const auto from = static_cast<std::size_t>(i);
      Sentence& sentence = all[static_cast<std::size_t>(batch.sentences[from])];
      sentence.advance(
          search, scores.log_probabilities.subspan(static_cast<std::size_t>(batch.first_row[from]) * width),
          search.keeps_attention()
              ? scores.attention.subspan(static_cast<std::size_t>(batch.first_weight[from]))
              : std::span<const float>());
    });
    batch = Batch::next(all, sources, &batch);
  }
  std::vector<std::vector<BeamResult>> results;
  results.reserve(all.size());
  for (Sentence& sentence : all) results.push_back(sentence.results(options));
  return results;
}

}  // namespace recur
