// Chunks of words that tags mark, and how well they were found: the scores of conlleval.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/types.h"
#include "metrics/classification.h"

namespace recur {

/// A tag as "B-PER": where in a chunk a word stands, and of what type the chunk is. A tag without a hyphen is
/// all place.
struct ChunkTag {
  std::string_view place, type;

  static ChunkTag of(std::string_view tag);
  bool outside() const { return place == "O"; }
  /// Whether it says that its word is the first, or the last of its chunk.
  bool begins() const { return place == "B" || place == "S" || place == "U"; }
  bool ends() const { return place == "E" || place == "L" || place == "S" || place == "U"; }
};

/// Words [begin, end) of a sentence.
struct Chunk {
  Index begin = 0, end = 0;
  std::string type{};
  bool operator==(const Chunk&) const = default;
  bool operator<(const Chunk& other) const {
    return std::tie(begin, end, type) < std::tie(other.begin, other.end, other.type);
  }
};

/// The chunks of a sentence, as conlleval.pl (Tjong Kim Sang 2004) reads B, I and O: a chunk goes on while
/// tags of its type follow that do not begin another, however it began. E or L end one, S or U is one of a
/// single word.
std::vector<Chunk> chunks_of(std::span<const std::string> tags);

/// Counts of chunks that are the same in truth and answer, both ends and type.
class ChunkScore {
 public:
  void add(const std::vector<Chunk>& truth, const std::vector<Chunk>& found);

  /// Of all, and by type. `correct`, `predicted` and `support` are chunks.
  const ClassCounts& all() const { return all_; }
  const std::map<std::string, ClassCounts>& by_type() const { return types_; }

 private:
  ClassCounts all_;
  std::map<std::string, ClassCounts> types_;
};

}  // namespace recur
