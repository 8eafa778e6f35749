// A sequence of token ids of any length, and what makes one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/types.h"

namespace recur {

/// Token ids, each in as few bytes as the vocabulary allows; a handle: copies and slices share the ids. A
/// long sequence lies in a temporary file that the system pages in and out, so it may be larger than memory.
class Tokens {
 public:
  Tokens() = default;

  Index size() const noexcept { return size_; }
  /// Ids [begin, end) of this sequence.
  Tokens slice(Index begin, Index end) const;
  /// Copies ids [begin, begin + out.size()).
  void read(Index begin, std::span<std::int32_t> out) const;

 private:
  friend class TokensWriter;
  Tokens(std::shared_ptr<const std::byte> bytes, Index width, Index size)
      : bytes_(std::move(bytes)), width_(width), size_(size) {}

  std::shared_ptr<const std::byte> bytes_;  // of this sequence's first id
  Index width_ = 1;                         // bytes an id: 1, 2 or 4
  Index size_ = 0;
};

/// Collects ids. While they take no more than `memory_limit` bytes they stay in memory; then all of them move
/// to an unnamed temporary file in `folder` (empty: the system's), which ends with the last Tokens that uses
/// it.
class TokensWriter {
 public:
  struct Options {
    Index memory_limit = Index{256} << 20;
    std::filesystem::path folder{};
  };

  /// For ids below `vocabulary_size`.
  TokensWriter(Index vocabulary_size, Options options);
  ~TokensWriter();
  TokensWriter(const TokensWriter&) = delete;
  TokensWriter& operator=(const TokensWriter&) = delete;

  /// Errors: IoError if the temporary file cannot grow.
  void append(std::span<const std::int32_t> ids);
  /// What was collected; the writer is spent. Errors: IoError.
  Tokens finish();

 private:
  void spill();

  Options options_;
  Index width_;
  Index size_ = 0;
  std::vector<std::byte> bytes_;  // not yet in the file
  int file_ = -1;                 // < 0: none
};

}  // namespace recur
