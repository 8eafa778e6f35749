// SHA-256 (FIPS 180-4): the fingerprint of data and files.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace recur {

/// Hashes bytes that arrive in pieces.
class Sha256 {
 public:
  void update(std::string_view bytes) noexcept;

  /// The digest of all bytes so far, as 64 hexadecimal digits; more may follow.
  std::string hex() const;

 private:
  void compress(const unsigned char* block) noexcept;

  std::array<std::uint32_t, 8> hash_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                     0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<unsigned char, 64> buffer_{};  // the `size_ % 64` bytes that do not fill a block yet
  std::uint64_t size_ = 0;
};

std::string sha256(std::string_view bytes);

}  // namespace recur
