// recur stream: a text, a series or a conversation as it comes, a line in, a line out, the state kept.
#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "api/line_model.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/answers.h"
#include "cli/commands/all.h"

namespace recur {
namespace {

nlohmann::json json_of(const TextStream::Line& line) {
  nlohmann::json json{{"tokens", line.tokens}, {"unknown", line.unknown}, {"nats", nullptr}};
  if (line.nats) json["nats"] = *line.nats;
  json["next"] = nlohmann::json::array();
  for (const auto& [text, probability] : line.next) {
    json["next"].push_back({{"text", text}, {"probability", probability}});
  }
  return json;
}

std::string describe(const TextStream::Line& line) {
  std::string text = counted(line.tokens, "token");
  if (line.unknown > 0) text += fmt::format(", {} unknown", line.unknown);
  if (line.nats) text += fmt::format(", {:.4f} nats each", *line.nats);
  text += "; next";
  for (const auto& [token, probability] : line.next) {
    text += fmt::format(" {} {:.2f}", inline_json(token), probability);
  }
  return text;
}

/// The next line, without its newline; false at the end.
bool read_line(std::istream& in, std::string& line, Index number) {
  line.clear();
  int c;
  while ((c = in.get()) != std::istream::traits_type::eof() && c != '\n') {
    if (static_cast<Index>(line.size()) == kLongestLine)
      fail<DataError>("line {} is longer than {}; put newlines into it (as with fold), or use recur evaluate",
                      number, format_bytes(kLongestLine));
    line += static_cast<char>(c);
  }
  check<IoError>(std::ferror(stdin) == 0, "cannot read standard input after line {}: {}", number - 1,
                 std::strerror(errno));
  return c == '\n' || !line.empty();
}

struct StreamVerb final : Verb {
  std::filesystem::path model;
  bool json = false;

  static constexpr auto fields = std::tuple{
      field("run", &StreamVerb::model, "a run folder, or its model.safetensors"),
      field("json", &StreamVerb::json, "print a JSON document for each line"),
  };

  std::vector<Option> options() override { return options_of(*this); }

  int run(Console& console) override {
    std::visit([&](auto&& stream) { answer_lines(stream, console); }, open_line_model(model));
    return 0;
  }

  // Who waits for an answer gets it now, so each is flushed.
  void answer_lines(TextStream& stream, Console& console) const {
    Index number = 0;
    for (std::string line; read_line(std::cin, line, ++number);) {
      const TextStream::Line read = stream.read(line);
      console.print((json ? inline_json(json_of(read)) : describe(read)) + "\n");
      console.flush();
    }
  }
  void answer_lines(ChatStream& stream, Console& console) const {
    Answers answers([&](std::string_view text) { console.print(text); }, json);
    Index number = 0;
    for (std::string line; read_line(std::cin, line, ++number);) {
      answers(stream.answer(line));
      console.flush();
    }
  }
  void answer_lines(ForecastStream& stream, Console& console) const {
    Answers answers([&](std::string_view text) { console.print(text); }, json);
    stream.read("-", [&](const nlohmann::ordered_json& answer) {
      answers(answer);
      console.flush();
    });
  }
};

}  // namespace

Command stream_command() {
  return {
      .name = "stream",
      .summary = "Answer lines as they come: how surprising a text was, what values come next, what to reply",
      .examples =
          "tail -f app.log | recur stream runs/log\n"
          "tail -f load.csv | recur stream runs/load\n",
      .words = {{"RUN", "run"}},
      .make = []() -> std::unique_ptr<Verb> { return std::make_unique<StreamVerb>(); }};
}

}  // namespace recur
