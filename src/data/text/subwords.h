// Sub-words: how a word is cut into pieces of a vocabulary by their scores.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/types.h"

namespace recur {

/// A hash for maps of strings that are asked for string_views.
struct StringHash : std::hash<std::string_view> {
  using is_transparent = void;
};
using UnitIds = std::unordered_map<std::string, std::int32_t, StringHash, std::equal_to<>>;

/// Which of all ways to cut a word is taken:
/// - unigram: that whose scores, logarithms of probabilities, have the largest sum (Kudo 2018, "Subword
///   regularization", eq. 7);
/// - bpe: from characters on, the two neighbours whose union has the highest score become one, until no union
///   is a piece (Sennrich, Haddow and Birch 2016, "Neural machine translation of rare words with subword
///   units").
enum class SubwordKind { unigram, bpe };
constexpr std::array<std::string_view, 2> names_of(SubwordKind) { return {"unigram", "bpe"}; }

struct SubwordScores {
  SubwordKind kind = SubwordKind::unigram;
  std::vector<float> of{};  ///< by id
  float of_unknown = 0;     ///< unigram: of a character that is no piece
  friend bool operator==(const SubwordScores&, const SubwordScores&) = default;
};

/// Longer pieces, in bytes, are none.
inline constexpr std::size_t kLongestSubword = 256;

/// Appends the ids of the pieces of a word; characters that no piece has become `unknown`, as one where they
/// adjoin. As SentencePiece cuts it, of equal sums the one found first. REQUIRES: valid UTF-8.
void cut_into_subwords(std::string_view word, const UnitIds& pieces, const SubwordScores& scores,
                       std::int32_t unknown, std::vector<std::int32_t>& ids);

}  // namespace recur
