#include "data/text/text_file.h"

#include "tests/data/text_files.h"

namespace recur {
namespace {

using namespace std::literals;

std::string all_of(const std::filesystem::path& path, Level level) {
  TextFile file(path, level);
  std::string text;
  for (std::string_view piece; !(piece = file.next()).empty();) text += piece;
  return text;
}

class TextFileTest : public TextFiles {};

TEST_F(TextFileTest, ReadsPlainAndGzipInPiecesThatCutNothing) {
  std::string text;
  for (int i = 0; text.size() < 3'500'000; ++i) text += "line " + std::to_string(i) + " of größe €😀\r\n";
  for (const auto& path : {plain("a.txt", text), gzip("a.txt.gz", text)}) {
    for (Level level : {Level::byte, Level::character, Level::word}) {
      TextFile file(path, level);
      std::string read;
      int pieces = 0;
      for (std::string_view piece; !(piece = file.next()).empty(); ++pieces) {
        EXPECT_LE(piece.size(), 1U << 20);
        EXPECT_EQ(whole_units(level, piece), piece.size());
        read += piece;
      }
      EXPECT_TRUE(read == text);
      EXPECT_GT(pieces, 3);
    }
  }
}

TEST_F(TextFileTest, DropsAByteOrderMarkButNoOtherCharacter) {
  const auto path = plain("bom.txt", "\xEF\xBB\xBFone\r\ntwo\xEF\xBB\xBF");
  EXPECT_EQ(all_of(path, Level::character), "one\r\ntwo\xEF\xBB\xBF");
  EXPECT_TRUE(TextFile(path, Level::byte).had_byte_order_mark());
  EXPECT_FALSE(TextFile(plain("no.txt", "\xEF\xBB"), Level::byte).had_byte_order_mark());
}

TEST_F(TextFileTest, EndsTheLastLineOfWords) {
  EXPECT_EQ(all_of(plain("open.txt", "to be"), Level::word), "to be\n");
  EXPECT_EQ(all_of(plain("closed.txt", "to be\n"), Level::word), "to be\n");
  EXPECT_EQ(all_of(plain("empty.txt", ""), Level::word), "");
  EXPECT_EQ(all_of(plain("open.txt", "to be"), Level::character), "to be");
}

TEST_F(TextFileTest, SaysWhatIsWrongAndWhere) {
  const auto read = [&](const std::filesystem::path& path, Level level) {
    return [=] { all_of(path, level); };
  };
  EXPECT_EQ(message_of<IoError>(read(folder_ / "no.txt", Level::byte)),
            "cannot read 'no.txt': no such file (check the path)");
  std::filesystem::create_directory(folder_ / "sub");
  EXPECT_EQ(message_of<IoError>(read(folder_ / "sub", Level::byte)),
            "cannot read 'sub': it is a folder, expected a file (name a file in it)");
  EXPECT_EQ(message_of<IoError>(read("/dev/null", Level::byte)),
            "cannot read '/dev/null': it is a pipe or a device, but a text is read more than once (save it "
            "to a file)");
  EXPECT_EQ(
      message_of<DataError>(read(plain("latin1.txt", "caf\xE9\n"), Level::character)),
      "latin1.txt:1: byte 4 of the text, 0xE9, is not valid UTF-8 (convert the file, or use --level byte)");
  EXPECT_EQ(
      message_of<DataError>(read(plain("cut.txt", "\xEF\xBB\xBFone\ntwo \xE2\x82"), Level::word)),
      "cut.txt:2: byte 12 of the text, 0xE2, is not valid UTF-8 (convert the file, or use --level byte)");
  EXPECT_EQ(all_of(folder_ / "latin1.txt", Level::byte), "caf\xE9\n");

  const std::string late = std::string(1 << 20, '\n') + "x\xFF";
  EXPECT_EQ(message_of<DataError>(read(plain("late.txt", late), Level::character)),
            "late.txt:1048577: byte 1048578 of the text, 0xFF, is not valid UTF-8 (convert the file, or use "
            "--level byte)");
  EXPECT_EQ(message_of<DataError>(read(plain("long.txt", "a\nb " + std::string(2 << 20, 'x')), Level::word)),
            "long.txt:2: a word of more than 1048576 bytes: not a text of words? (try --level char)");
}

TEST_F(TextFileTest, RefusesDamagedGzip) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i * 7919) + ' ';
  const auto path = gzip("t.gz", text);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const std::string message = message_of<FormatError>([&] { all_of(path, Level::byte); });
  const std::string before = "t.gz: damaged gzip after ";
  ASSERT_NE(message.find(before), std::string::npos);
  const int bytes = std::stoi(message.substr(message.find(before) + before.size()));
  EXPECT_GT(bytes, static_cast<int>(text.size() / 3));
  EXPECT_LT(bytes, static_cast<int>(text.size()));

  const auto flipped = gzip("f.gz", text);
  std::fstream file(flipped, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(1000) << "not what deflate wrote";
  file.close();
  EXPECT_THROW(all_of(flipped, Level::byte), FormatError);
}

}  // namespace
}  // namespace recur
