#include "data/text/character_count.h"

#include "data/text/level.h"

namespace recur {

CharacterCount::CharacterCount(const Vocabulary& vocabulary) {
  for (Index id = 0; id < vocabulary.size(); ++id) {
    const std::string& unit = vocabulary.unit(id);
    switch (vocabulary.level()) {
      case Level::byte:
        of_.push_back((static_cast<unsigned char>(unit[0]) & 0xC0) == 0x80 ? 0 : 1);
        break;
      case Level::character:
        of_.push_back(1);
        break;
      case Level::word:
        of_.push_back(unit == kEndOfLine             ? 0
                      : unit == Vocabulary::kUnknown ? 1
                                                     : count_units(Level::character, unit) + 1);
        break;
      case Level::subword:
        of_.push_back(unit == kEndOfLine           ? 1
                      : id == vocabulary.unknown() ? 0
                                                   : count_units(Level::character, unit));
        break;
    }
    of_first_.push_back(of_.back());
    if (!ends_lines(vocabulary.level())) continue;
    if (unit == kEndOfLine) {
      end_of_line_ = static_cast<std::int32_t>(id);
      of_first_.back() = 1;
    } else if (vocabulary.level() == Level::subword && unit.starts_with(' ')) {
      --of_first_.back();
    }
  }
}

}  // namespace recur
