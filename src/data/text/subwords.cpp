#include "data/text/subwords.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <queue>

#include "base/utf8.h"

namespace recur {
namespace {

std::optional<std::int32_t> find(const UnitIds& pieces, std::string_view piece) {
  const auto found = pieces.find(piece);
  return found == pieces.end() ? std::nullopt : std::optional(found->second);
}

/// The path of the largest sum through all pieces (Viterbi 1967).
class BestPath {
 public:
  BestPath(std::string_view word, const UnitIds& pieces, const SubwordScores& scores, std::int32_t unknown)
      : word_(word), ends_(word.size() + 1) {
    ends_[0].score = 0;
    for (std::size_t begin = 0; begin < word.size(); begin += character(begin)) {
      const std::size_t one = begin + character(begin);
      bool known = false;
      const std::size_t last = std::min(word.size(), begin + kLongestSubword);
      for (std::size_t end = one; end <= last; end += character(end)) {
        if (const auto id = find(pieces, word.substr(begin, end - begin))) {
          reach(begin, end, *id, scores.of[static_cast<std::size_t>(*id)]);
          known = known || end == one;
        }
        if (end == word.size()) break;
      }
      if (!known) reach(begin, one, unknown, scores.of_unknown);
    }
  }

  void append_to(std::vector<std::int32_t>& ids) const {
    const std::size_t before = ids.size();
    for (std::size_t end = word_.size(); end > 0; end = ends_[end].begin) ids.push_back(ends_[end].id);
    std::reverse(ids.begin() + static_cast<std::ptrdiff_t>(before), ids.end());
  }

 private:
  struct End {
    float score = -std::numeric_limits<float>::infinity();
    std::size_t begin = 0;  // of the last piece
    std::int32_t id = -1;
  };

  std::size_t character(std::size_t at) const { return static_cast<std::size_t>(utf8_length(word_[at])); }
  void reach(std::size_t begin, std::size_t end, std::int32_t id, float score) {
    const float sum = ends_[begin].score + score;
    if (ends_[end].id < 0 || sum > ends_[end].score) ends_[end] = {sum, begin, id};
  }

  std::string_view word_;
  std::vector<End> ends_;  // by byte: the best way to get there
};

/// Two neighbours that could become one piece.
struct Merge {
  float score;
  std::size_t left, right;  // symbols
  std::size_t size;         // of both: whether they are still what they were
};
bool later(const Merge& a, const Merge& b) {
  return a.score != b.score ? a.score < b.score : a.left > b.left;
}

void merge_pairs(std::string_view word, const UnitIds& pieces, const SubwordScores& scores,
                 std::int32_t unknown, std::vector<std::int32_t>& ids) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  struct Symbol {
    std::string_view text;
    std::size_t before, after;
  };
  std::vector<Symbol> symbols;
  for (std::size_t at = 0; at < word.size();) {
    const auto size = static_cast<std::size_t>(utf8_length(word[at]));
    symbols.push_back({word.substr(at, size), symbols.size() - 1, symbols.size() + 1});
    at += size;
  }
  symbols.back().after = kNone;

  std::priority_queue<Merge, std::vector<Merge>, decltype(&later)> merges(&later);
  const auto consider = [&](std::size_t left, std::size_t right) {
    if (left == kNone || right == kNone) return;
    const std::string_view both(symbols[left].text.data(),
                                symbols[left].text.size() + symbols[right].text.size());
    if (both.size() > kLongestSubword) return;
    if (const auto id = find(pieces, both))
      merges.push({scores.of[static_cast<std::size_t>(*id)], left, right, both.size()});
  };
  for (std::size_t i = 1; i < symbols.size(); ++i) consider(i - 1, i);
  while (!merges.empty()) {
    const Merge merge = merges.top();
    merges.pop();
    Symbol &left = symbols[merge.left], &right = symbols[merge.right];
    if (left.text.empty() || right.text.empty() || left.text.size() + right.text.size() != merge.size)
      continue;
    left.text = {left.text.data(), merge.size};
    right.text = {};
    left.after = right.after;
    if (right.after != kNone) symbols[right.after].before = merge.left;
    consider(left.before, merge.left);
    consider(merge.left, left.after);
  }
  for (std::size_t i = 0; i != kNone; i = symbols[i].after)
    ids.push_back(find(pieces, symbols[i].text).value_or(unknown));
}

}  // namespace

void cut_into_subwords(std::string_view word, const UnitIds& pieces, const SubwordScores& scores,
                       std::int32_t unknown, std::vector<std::int32_t>& ids) {
  if (word.empty()) return;
  const auto before = static_cast<std::ptrdiff_t>(ids.size());
  if (scores.kind == SubwordKind::unigram) {
    BestPath(word, pieces, scores, unknown).append_to(ids);
  } else {
    merge_pairs(word, pieces, scores, unknown, ids);
  }
  ids.erase(std::unique(ids.begin() + before, ids.end(),
                        [=](std::int32_t a, std::int32_t b) { return a == unknown && b == unknown; }),
            ids.end());
}

}  // namespace recur
