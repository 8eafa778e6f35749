#include "metrics/chunks.h"

#include <algorithm>

namespace recur {

ChunkTag ChunkTag::of(std::string_view tag) {
  const std::size_t hyphen = tag.find('-');
  if (hyphen == tag.npos) return {tag, {}};
  return {tag.substr(0, hyphen), tag.substr(hyphen + 1)};
}

std::vector<Chunk> chunks_of(std::span<const std::string> tags) {
  std::vector<Chunk> chunks;
  bool open = false;
  for (std::size_t t = 0; t < tags.size(); ++t) {
    const ChunkTag tag = ChunkTag::of(tags[t]);
    const Index at = static_cast<Index>(t);
    if (tag.outside()) {
      open = false;
      continue;
    }
    if (!open || tag.begins() || chunks.back().type != tag.type)
      chunks.push_back({at, at, std::string(tag.type)});
    chunks.back().end = at + 1;
    open = !tag.ends();
  }
  return chunks;
}

void ChunkScore::add(const std::vector<Chunk>& truth, const std::vector<Chunk>& found) {
  const auto count = [&](const Chunk& chunk, Index ClassCounts::*what) {
    ++(all_.*what);
    ++(types_[chunk.type].*what);
  };
  for (const Chunk& chunk : truth) count(chunk, &ClassCounts::support);
  for (const Chunk& chunk : found) {
    count(chunk, &ClassCounts::predicted);
    // Both lists rise.
    if (std::binary_search(truth.begin(), truth.end(), chunk)) count(chunk, &ClassCounts::correct);
  }
}

}  // namespace recur
