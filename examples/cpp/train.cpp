// Trains a language model on a text, scores it, writes with it.
//
//   train TEXT OUT
#include <recur/run.h>

#include <exception>
#include <iostream>

int main(int argc, char** argv) try {
  if (argc != 3) return std::cerr << "train TEXT OUT\n", 2;
  const recur::Run run = recur::Run::train({
      .task = "lm",
      .data = argv[1],
      .set = {"model.cell=gru", "model.hidden_size=64", "train.epochs=1", "train.learning_rate=0.005"},
      .out = argv[2],
      .force = true,
      .on_epoch =
          [](const recur::Epoch& e) {
            std::cout << "epoch " << e.epoch << ": " << e.valid_loss << " nats\n";
          },
  });
  std::cout << "validation: " << run.metric("valid", "bits_per_char") << " bits per character\n";
  std::cout << "ROMEO:" << run.generate("ROMEO:", {.length = 100, .temperature = 0.7}) << '\n';
  const std::string broken = run.verify();
  std::cout << (broken.empty() ? "verified\n" : broken);
  return broken.empty() ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "train: " << error.what() << '\n';
  return 1;
}
