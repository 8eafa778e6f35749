// Trains a tagger on columns of words and tags, and tags new sentences with it.
//
//   tag COLUMNS OUT NEW
#include <recur/run.h>

#include <exception>
#include <iostream>

int main(int argc, char** argv) try {
  if (argc != 4) return std::cerr << "tag COLUMNS OUT NEW\n", 2;
  const recur::Run run = recur::Run::train({
      .task = "tag",
      .data = argv[1],
      .set = {"model.hidden_size=32", "model.embedding=32", "train.epochs=12", "train.learning_rate=0.01"},
      .out = argv[2],
      .force = true,
  });
  std::cout << "accuracy on validation: " << run.metric("valid", "accuracy") << '\n';
  // An answer a line of JSON: {"words": [{"word", "tag", "probability"}, …]}.
  run.predict(argv[3], [](std::string_view answer) { std::cout << answer << '\n'; });
  const std::string broken = run.verify();
  std::cout << (broken.empty() ? "verified\n" : broken);
  return broken.empty() ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "tag: " << error.what() << '\n';
  return 1;
}
