#include "data/text/vocabulary.h"

#include <gtest/gtest.h>

#include "data/text/unit_counter.h"
#include "tests/data/text_files.h"

namespace recur {
namespace {

using Ids = std::vector<std::int32_t>;
using Units = std::vector<std::string>;

Vocabulary fitted(Level level, std::string_view text, UnitCounter::Limits limits = {}) {
  UnitCounter counter(level);
  counter.add(text, 1 << 20);
  return counter.vocabulary(limits);
}

Units units_of(const Vocabulary& vocabulary) {
  Units units;
  for (Index id = 0; id < vocabulary.size(); ++id) units.push_back(vocabulary.unit(id));
  return units;
}

Ids encoded(const Vocabulary& vocabulary, std::string_view text) {
  Ids ids;
  vocabulary.encode(text, ids);
  return ids;
}

TEST(Vocabulary, OfCharactersIsInTheOrderOfCodePoints) {
  const Vocabulary vocabulary = fitted(Level::character, "zebra é€😀\nzz");
  EXPECT_EQ(units_of(vocabulary), (Units{"<unk>", "\n", " ", "a", "b", "e", "r", "z", "é", "€", "😀"}));
  EXPECT_EQ(encoded(vocabulary, "ab€q😁é"), (Ids{3, 4, 9, 0, 0, 8}));
  EXPECT_EQ(vocabulary.unknown(), 0);
}

TEST(Vocabulary, OfWordsIsByFrequencyThenBytes) {
  const Vocabulary vocabulary = fitted(Level::word, "to be or not to be\nthat is\n");
  EXPECT_EQ(units_of(vocabulary), (Units{"<unk>", "<eos>", "be", "to", "is", "not", "or", "that"}));
  EXPECT_EQ(encoded(vocabulary, "to err is\n"), (Ids{3, 0, 4, 1}));
}

TEST(Vocabulary, TakesTheWordUnkOfTheTextForUnknownOnes) {
  const Vocabulary vocabulary = fitted(Level::word, "<unk> of <unk>\n");
  EXPECT_EQ(units_of(vocabulary), (Units{"<unk>", "<eos>", "of"}));
  EXPECT_EQ(encoded(vocabulary, "<unk> if of"), (Ids{0, 0, 2}));
}

TEST(Vocabulary, OfBytesKnowsEverything) {
  const Vocabulary vocabulary;
  EXPECT_EQ(vocabulary.size(), 256);
  EXPECT_EQ(vocabulary.unknown(), std::nullopt);
  EXPECT_EQ(encoded(vocabulary, std::string_view("a\0\xFF", 3)), (Ids{97, 0, 255}));
  EXPECT_EQ(fitted(Level::byte, "abc"), vocabulary);
}

TEST(Vocabulary, LeavesOutWhatIsRare) {
  EXPECT_EQ(units_of(fitted(Level::character, "aaabbc", {.min_count = 2})), (Units{"<unk>", "a", "b"}));
  EXPECT_EQ(units_of(fitted(Level::character, "zzzbba", {.max_size = 3})), (Units{"<unk>", "b", "z"}));
  EXPECT_EQ(units_of(fitted(Level::word, "c c b a", {.max_size = 3})), (Units{"<unk>", "c", "a"}));
}

TEST(Vocabulary, CountsNoMoreThanTheTrainingPart) {
  for (Level level : {Level::character, Level::word}) {
    UnitCounter counter(level);
    EXPECT_EQ(counter.add("a b ", 100), level == Level::word ? 2 : 4);
    EXPECT_EQ(counter.add("c d ", 1), 1);
    EXPECT_EQ(counter.vocabulary({}).size(), level == Level::word ? 4 : 5) << "c, but not d";
  }
}

TEST(Vocabulary, SurvivesTheModelFile) {
  for (const Vocabulary& vocabulary :
       {Vocabulary(), fitted(Level::character, "aé€😀"), fitted(Level::word, "to be é\n")}) {
    EXPECT_EQ(Vocabulary::from_bytes(vocabulary.level(), vocabulary.to_bytes(), "m"), vocabulary);
  }
  const auto bytes = fitted(Level::character, "é").to_bytes();
  EXPECT_EQ(bytes, (std::vector<std::uint8_t>{5, 0, 0, 0, '<', 'u', 'n', 'k', '>', 2, 0, 0, 0, 0xC3, 0xA9}));
}

TEST(Vocabulary, RefusesADamagedModelFile) {
  const auto refusal = [](Level level, std::string_view bytes) {
    return message_of<FormatError>([&] {
      const std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
      Vocabulary::from_bytes(level, copy, "m");
    });
  };
  using namespace std::literals;
  const std::string unk = "\5\0\0\0<unk>"s;
  EXPECT_EQ(refusal(Level::word, ""), "m: the vocabulary does not begin with <unk>");
  EXPECT_EQ(refusal(Level::word, "\1\0\0\0a"sv), "m: the vocabulary does not begin with <unk>");
  EXPECT_EQ(refusal(Level::word, unk + "\1\0"s), "m: the vocabulary is cut off in unit 1");
  EXPECT_EQ(refusal(Level::word, unk + "\xFF\xFF\xFF\xFFx"s), "m: the vocabulary is cut off in unit 1");
  EXPECT_EQ(refusal(Level::word, unk + "\0\0\0\0"s),
            "m: unit 1 of the vocabulary is not one of the words it should hold");
  EXPECT_EQ(refusal(Level::word, unk + "\1\0\0\0\xFF"s),
            "m: unit 1 of the vocabulary is not one of the words it should hold");
  EXPECT_EQ(refusal(Level::character, unk + "\2\0\0\0ab"s),
            "m: unit 1 of the vocabulary is not one of the characters it should hold");
  EXPECT_EQ(refusal(Level::word, unk + "\1\0\0\0a\1\0\0\0a"s), "m: unit 2 of the vocabulary occurs twice");
  EXPECT_EQ(refusal(Level::character, unk + "\1\0\0\0a\1\0\0\0a"s),
            "m: unit 1 of the vocabulary occurs twice");
  EXPECT_EQ(refusal(Level::byte, unk), "m: the vocabulary is not that of the 256 bytes");
}

TEST(EncodePrompt, LeavesOutWhatIsUnknownAndSaysSo) {
  const Vocabulary characters = fitted(Level::character, "abc ");
  const EncodedPrompt prompt = encode_prompt(characters, "aéb éß");
  EXPECT_EQ(encoded(characters, "ab "), prompt.ids);
  EXPECT_EQ(prompt.note(Level::character),
            "3 of 6 prompt characters are not in the vocabulary and were left out: 'é', 'ß'");
  EXPECT_EQ(encode_prompt(characters, "cab").note(Level::character), "");
  EXPECT_EQ(encode_prompt(characters, "123456789").note(Level::character),
            "9 of 9 prompt characters are not in the vocabulary and were left out: '1', '2', '3', '4', '5', "
            "'6', '7', '8', …");

  const Vocabulary words = fitted(Level::word, "to be\n");
  EXPECT_EQ(encode_prompt(words, "to <unk> err be").ids, encoded(words, "to <unk> be"));
  EXPECT_THROW(encode_prompt(words, "\xFF"), DataError);
  EXPECT_EQ(encode_prompt(Vocabulary(), "\xFF").ids, Ids{255});
}

TEST(Detokenizer, GivesTheTextBack) {
  const auto text_of = [](const Vocabulary& vocabulary, std::string_view text) {
    Detokenizer detokenizer(vocabulary);
    std::string all;
    for (std::int32_t id : encoded(vocabulary, text)) all += detokenizer.next(id);
    return all;
  };
  EXPECT_EQ(text_of(fitted(Level::character, "aé\n€"), "€é\na"), "€é\na");
  EXPECT_EQ(text_of(Vocabulary(), "\xFF\n"), "\xFF\n");
  EXPECT_EQ(text_of(fitted(Level::word, "to be or\n"), "to  be\n\nor not"), "to be\n\nor <unk>");
}

}  // namespace
}  // namespace recur
