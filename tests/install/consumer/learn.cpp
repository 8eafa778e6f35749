// Trains a model of the cell that CMakeLists.txt adds: learn TEXT OUT
#include <recur/run.h>

#include <exception>
#include <iostream>

int main(int, char** argv) try {
  const recur::Run run = recur::Run::train({
      .data = argv[1],
      .set = {"model.cell=mgu", "model.hidden_size=8", "train.epochs=1", "data.sequence_length=16"},
      .out = argv[2],
  });
  std::cout << run.metric("valid", "nats") << " nats\n" << run.verify();
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
