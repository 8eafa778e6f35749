#include "data/files/line_reader.h"

#include <unistd.h>

#include <array>
#include <utility>

#include "tests/data/text_files.h"

namespace recur {
namespace {

class LineReaderTest : public TextFiles {};

struct Line {
  std::string text, ending;
  Index line;
  bool operator==(const Line&) const = default;
};

std::vector<Line> lines_of(const std::filesystem::path& path, LineReader::Options options = {}) {
  LineReader lines(path, options);
  std::vector<Line> read;
  while (lines.next()) read.push_back({std::string(lines.text()), std::string(lines.ending()), lines.line()});
  return read;
}

std::string error_of(const std::filesystem::path& path, LineReader::Options options = {}) {
  return message_of<DataError>([&] { lines_of(path, options); });
}

TEST_F(LineReaderTest, KeepsTheTextAndTheEndingOfEachLine) {
  const std::string text = "\xEF\xBB\xBFone\r\n\ntwo\r three\nfour\r\n\r\nlast\r";
  const std::vector<Line> expected{{"one", "\r\n", 1},  {"", "\n", 2},   {"two\r three", "\n", 3},
                                   {"four", "\r\n", 4}, {"", "\r\n", 5}, {"last\r", "", 6}};
  for (const auto& path : {plain("a.txt", text), gzip("a.txt.gz", text)}) {
    EXPECT_EQ(lines_of(path), expected);
    for (Index chunk = 1; chunk < 40; ++chunk) EXPECT_EQ(lines_of(path, {.chunk = chunk}), expected) << chunk;
  }
  EXPECT_TRUE(lines_of(plain("empty.txt", "")).empty());
  EXPECT_TRUE(lines_of(plain("mark.txt", "\xEF\xBB\xBF")).empty());
}

TEST_F(LineReaderTest, PeekingMovesNothing) {
  LineReader lines(plain("a.txt", "one\ntwo\n"), {.chunk = 1});
  EXPECT_TRUE(lines.peek());
  EXPECT_TRUE(lines.peek());
  EXPECT_EQ(lines.text(), "one");
  LineReader moved(std::move(lines));
  EXPECT_TRUE(moved.next());
  EXPECT_EQ(moved.text(), "one");
  EXPECT_TRUE(moved.next());
  EXPECT_EQ(moved.text(), "two");
  EXPECT_FALSE(moved.peek());
  EXPECT_FALSE(moved.next());
}

/// Standard input is what is written into this, until it goes.
class Typing {
 public:
  Typing() : kept_(::dup(STDIN_FILENO)) {
    if (::pipe(ends_.data()) != 0) std::abort();
    ::dup2(ends_[0], STDIN_FILENO);
  }
  ~Typing() {
    stop();
    ::dup2(kept_, STDIN_FILENO);
    ::close(ends_[0]);
    ::close(kept_);
  }
  void type(std::string_view text) const {
    EXPECT_EQ(::write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void stop() { ::close(std::exchange(ends_[1], -1)); }

 private:
  int kept_;
  std::array<int, 2> ends_{};
};

TEST_F(LineReaderTest, AnswersWhoTypesLineByLine) {
  Typing typing;
  typing.type("a\n");  // shorter than a byte order mark
  LineReader lines("-");
  EXPECT_TRUE(lines.next());
  EXPECT_EQ(lines.text(), "a");
  EXPECT_EQ(lines.place(1), "standard input:1");
  typing.type("two\nth");
  EXPECT_TRUE(lines.next());
  EXPECT_EQ(lines.text(), "two");
  typing.type("ree");
  typing.stop();
  EXPECT_TRUE(lines.next());
  EXPECT_EQ(lines.text(), "three");
  EXPECT_FALSE(lines.next());
}

TEST_F(LineReaderTest, RefusesGzipOnStandardInput) {
  Typing typing;
  typing.type("\x1F\x8B\x08");
  EXPECT_EQ(message_of<FormatError>([&] { LineReader("-"); }),
            "standard input: it is gzip, which is unpacked from files only (try: zcat FILE | recur ...)");
}

TEST_F(LineReaderTest, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(error_of(plain("latin1.csv", "a\nb,caf\xE9\n")),
            "latin1.csv:2: byte 6 of the line, 0xE9, is not valid UTF-8 (convert the file: iconv -t UTF-8)");
  EXPECT_EQ(error_of(plain("utf16.csv", "\xFF\xFE\x61")),
            "utf16.csv: it is UTF-16, expected UTF-8 (convert it: iconv -f UTF-16 -t UTF-8)");
  const auto path = plain("long.csv", "a\n" + std::string(100, 'x') + "\n");
  EXPECT_EQ(lines_of(path, {.longest = 100, .chunk = 3}).size(), 2U);
  for (Index chunk : {1, 3, 50, 1000}) {
    EXPECT_EQ(error_of(path, {.longest = 99, .chunk = chunk}),
              "long.csv:2: a line of more than 99 bytes (is it a text file whose lines end in newlines?)");
  }
  std::filesystem::create_directory(folder_ / "sub");
  EXPECT_EQ(message_of<IoError>([&] { lines_of(folder_ / "sub"); }),
            "cannot read 'sub': it is a folder, expected a file (name a file in it)");
}

TEST_F(LineReaderTest, ALineOf100MegabytesIsRefusedAtTheLimit) {
  std::string text(100 << 20, 'x');
  text.front() = '\n';
  EXPECT_EQ(error_of(gzip("long.csv.gz", text)),
            "long.csv.gz:2: a line of more than 64.0 MiB (is it a text file whose lines end in newlines?)");
}

}  // namespace
}  // namespace recur
