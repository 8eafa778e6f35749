// Trains a classifier on a table of texts and labels, and asks it about new ones.
//
//   classify TABLE OUT NEW
#include <recur/run.h>

#include <exception>
#include <iostream>

int main(int argc, char** argv) try {
  if (argc != 4) return std::cerr << "classify TABLE OUT NEW\n", 2;
  const recur::Run run = recur::Run::train({
      .task = "classify",
      .data = argv[1],
      .set = {"model.cell=gru", "model.hidden_size=32", "model.pool=max", "train.epochs=12"},
      .out = argv[2],
      .force = true,
  });
  std::cout << "accuracy on validation: " << run.metric("valid", "accuracy") << '\n';
  // An answer a line of JSON: {"label", "probability", "probabilities"}.
  run.predict(argv[3], [](std::string_view answer) { std::cout << answer << '\n'; });
  const std::string broken = run.verify();
  std::cout << (broken.empty() ? "verified\n" : broken);
  return broken.empty() ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "classify: " << error.what() << '\n';
  return 1;
}
