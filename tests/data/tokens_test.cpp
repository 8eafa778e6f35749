#include "data/text/tokens.h"

#include <cstdlib>
#include <numeric>

#include "tests/data/text_files.h"

namespace recur {
namespace {

using Ids = std::vector<std::int32_t>;

class TokensTest : public TextFiles {};

TEST_F(TokensTest, HoldIdsOfEveryWidthInMemoryAndInAFile) {
  for (Index vocabulary : {256, 257, 65536, 65537, 2'000'000}) {
    for (Index limit : {1 << 20, 100}) {
      TokensWriter writer(vocabulary, {.memory_limit = limit, .folder = folder_});
      Ids all;
      for (std::int32_t i = 0; i < 1000; ++i) {
        const Ids some{i % static_cast<std::int32_t>(vocabulary), static_cast<std::int32_t>(vocabulary) - 1};
        writer.append(some);
        all.insert(all.end(), some.begin(), some.end());
      }
      const Tokens tokens = writer.finish();
      EXPECT_EQ(ids_of(tokens), all) << vocabulary << " " << limit;
      EXPECT_EQ(ids_of(tokens.slice(3, 1990).slice(2, 7)), Ids(all.begin() + 5, all.begin() + 10));
    }
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_)) << "the temporary file has no name";
}

TEST_F(TokensTest, OutliveTheirWriterAndEachOther) {
  Tokens part;
  {
    TokensWriter writer(10, {.memory_limit = 0, .folder = folder_});
    writer.append(Ids{1, 2, 3});
    part = writer.finish().slice(1, 3);
  }
  EXPECT_EQ(ids_of(part), (Ids{2, 3}));
}

TEST_F(TokensTest, MayBeEmpty) {
  EXPECT_EQ(TokensWriter(10, {}).finish().size(), 0);
  EXPECT_EQ(ids_of(Tokens()), Ids{});
}

TEST_F(TokensTest, SayWhereATemporaryFileCannotBe) {
  TokensWriter writer(10, {.memory_limit = 0, .folder = folder_ / "no"});
  EXPECT_EQ(
      message_of<IoError>([&] { writer.append(Ids{1}); }),
      "cannot create a temporary file in 'no': No such file or directory (TMPDIR chooses another folder)");
}

// TMPDIR is of this process: a copy of it looks for a folder that is not there.
TEST_F(TokensTest, NeedAFolderOnlyForAFile) {
  EXPECT_EXIT(
      {
        ::setenv("TMPDIR", "/nonexistent", 1);
        TokensWriter small(10, {});
        small.append(Ids{1});
        if (ids_of(small.finish()) != Ids{1}) std::exit(1);
        TokensWriter large(10, {.memory_limit = 0});
        std::fputs(message_of<IoError>([&] { large.append(Ids{1}); }).c_str(), stderr);
        std::exit(0);
      },
      testing::ExitedWithCode(0), "^there is no folder for temporary files: .* \\(TMPDIR chooses one\\)$");
}

}  // namespace
}  // namespace recur
