// Trains a forecaster on a table of series, scores it, and says what comes next.
//
//   forecast TABLE OUT
#include <recur/run.h>

#include <exception>
#include <iostream>

int main(int argc, char** argv) try {
  if (argc != 3) return std::cerr << "forecast TABLE OUT\n", 2;
  const recur::Run run = recur::Run::train({
      .task = "forecast",
      .data = argv[1],
      .set = {"data.lookback=48", "data.horizon=4", "data.test_fraction=0.1", "data.stride=8",
              "transform.difference=48", "model.cell=gru", "model.hidden_size=16", "train.epochs=6",
              "train.learning_rate=0.005", "model.quantiles=0.1,0.9"},
      .out = argv[2],
      .force = true,
  });
  std::cout << "mean absolute error " << run.metric("test", "mae")
            << ", of what should lie in the bounds 80 %, " << 100 * run.metric("test", "coverage_80")
            << " % did\n";
  run.predict(argv[1], [](std::string_view answer) { std::cout << answer << '\n'; });
  const std::string failed = run.verify();
  std::cout << (failed.empty() ? "verified\n" : failed);
  return failed.empty() ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "forecast: " << error.what() << '\n';
  return 1;
}
