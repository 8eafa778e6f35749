#include "base/sha256.h"

#include <gtest/gtest.h>

namespace recur {
namespace {

// The examples of FIPS 180-4 and its validation suite.
TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesDoNotMatter) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) bytes += static_cast<char>(i);
  for (const std::size_t piece : {1u, 55u, 56u, 63u, 64u, 65u, 299u}) {
    Sha256 hash;
    for (std::size_t i = 0; i < bytes.size(); i += piece) {
      EXPECT_EQ(hash.hex(), sha256(std::string_view(bytes).substr(0, i)));
      hash.update(std::string_view(bytes).substr(i, piece));
    }
    EXPECT_EQ(hash.hex(), sha256(bytes));
  }
}

}  // namespace
}  // namespace recur
