// Reads a text from stdin, character by character, and says how surprising each line was to a model.
//
//   stream RUN < TEXT
#include <recur/stream.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <iostream>
#include <string>

namespace {

/// −ln of the probability that logits give to a token.
double surprise(std::span<const float> logits, std::int32_t token) {
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - largest);
  return largest + std::log(sum) - logits[static_cast<std::size_t>(token)];
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) return std::cerr << "stream RUN < TEXT\n", 2;
  const auto model = recur::StreamModel::open(argv[1]);
  recur::Stream stream(model);
  for (std::string line; std::getline(std::cin, line);) {
    double nats = 0;
    const auto tokens = model->encode(line + "\n");
    for (const std::int32_t token : tokens) {
      nats += surprise(stream.outputs(), token);
      stream.step(token);  // allocates nothing, locks nothing
    }
    std::cout << nats / static_cast<double>(std::max<std::size_t>(tokens.size(), 1)) << "  " << line << '\n';
  }
  return 0;
} catch (const std::exception& error) {
  std::cerr << "stream: " << error.what() << '\n';
  return 1;
}
