// ModelVerb: what the verbs share that ask a trained model.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "cli/command.h"

namespace recur {

/// A verb that may give options of a trained model another value: how it looks for its answers.
class ModelVerb : public Verb {
 public:
  void configure(std::vector<Setting> flags) final {
    const std::vector<Option> own = options();
    for (Setting& flag : flags) {
      const bool mine =
          std::ranges::any_of(own, [&](const Option& option) { return option.key == flag.key; });
      if (mine) {
        set_options(std::span(&flag, 1), own);
      } else {
        anew_.push_back(std::move(flag));
      }
    }
  }

 protected:
  std::string set_;            // stands for --set, whose values are settings themselves
  std::vector<Setting> anew_;  // what it was given

  static constexpr auto set_field =
      field("set", &ModelVerb::set_,
            "give an option of how the model answers another value by its key, as in decode.beam=1");
};

}  // namespace recur
