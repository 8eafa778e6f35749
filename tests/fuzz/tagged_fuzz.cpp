// libFuzzer: any bytes are tagged sentences, sentences or one error, in every format of a single file.
#include <cstdint>

#include "base/error.h"
#include "data/tagged/tagged_reader.h"
#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  recur::add_seeds(
      count, arguments,
      {"John NNP B-PER\nsleeps VBZ O\n\n-DOCSTART- O O\n\nMary NNP I-PER\n", "New York\tB-LOC\r\n.\tO\r\n",
       "# text\n1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_\n1\tdo\tdo\tAUX\tVB\t_\t3\taux\t_\t_\n",
       "What a day, isn't it?\n\n"});
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recur;
  const MemoryFile file({reinterpret_cast<const char*>(data), size});
  const LabelSet tags({"B-PER", "I-PER", "O"});
  for (const TagFormat format :
       {TagFormat::automatic, TagFormat::columns, TagFormat::conllu, TagFormat::text})
    for (const char* tag_column : {"", "2", "xpos"})
      for (const bool with_tags : {true, false}) {
        try {
          const bool reads_features = *tag_column != '\0';
          const std::vector<LabelSet> features(reads_features ? 1 : 0, LabelSet({"NNP", "VBZ"}));
          TagSource source{.format = format, .tag_column = tag_column};
          if (reads_features) source.feature_columns = {"3"};
          TaggedReader reader(source, file.path(), with_tags, {3, &tags, features});
          for (TaggedSentence sentence; reader.next(sentence);) {
            for (const auto& feature : sentence.features)
              RECUR_ASSERT(feature.size() == sentence.words.size());
            RECUR_ASSERT(sentence.tags.size() == (with_tags ? sentence.words.size() : 0));
            RECUR_ASSERT(!sentence.words.empty() || reader.is_text());
            for (const auto* list : {&sentence.words, &sentence.tags})
              for (const std::string& text : *list) RECUR_ASSERT(!text.empty());
          }
        } catch (const ConfigError&) {
        } catch (const DataError&) {
        }
      }
  return 0;
}
