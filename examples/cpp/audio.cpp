// A model inside a 48 kHz audio callback: each sample is a step, and a block of samples has a deadline.
//
//   audio RUN [SECONDS]        RUN: a model that reads one number and gives one
#include <recur/stream.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <span>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr double kRate = 48'000;
constexpr std::size_t kBlock = 64;

/// What the sound card would call: it may not allocate, lock, throw or wait, and nothing in it does.
void process(recur::Stream& stream, std::span<float> block) noexcept {
  for (float& sample : block) sample = stream.step({&sample, 1})[0];
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2 || argc > 3) return std::cerr << "audio RUN [SECONDS]\n", 2;
  const auto model = recur::StreamModel::open(argv[1]);
  if (model->inputs() != 1 || model->outputs() != 1)
    return std::cerr << "audio: the model reads " << model->inputs() << " numbers and gives "
                     << model->outputs() << ", expected one and one\n",
           1;
  recur::Stream stream(model);

  const double seconds = argc == 3 ? std::atof(argv[2]) : 1;
  const auto blocks = static_cast<std::size_t>(seconds * kRate) / kBlock;
  const Microseconds deadline(1e6 * kBlock / kRate);
  std::vector<float> block(kBlock);
  std::vector<double> took;
  took.reserve(blocks);
  const auto begin = Clock::now();
  for (std::size_t b = 0; b < blocks; ++b) {
    for (std::size_t i = 0; i < kBlock; ++i)  // a tone of 440 Hz
      block[i] = static_cast<float>(
          0.5 * std::sin(2 * 3.14159265 * 440 * static_cast<double>(b * kBlock + i) / kRate));
    // The card calls when a block is due.
    std::this_thread::sleep_until(
        begin + std::chrono::duration_cast<Clock::duration>(deadline * static_cast<double>(b)));
    const auto called = Clock::now();
    process(stream, block);
    took.push_back(Microseconds(Clock::now() - called).count());
  }
  if (took.empty()) return std::cerr << "audio: no block in " << seconds << " seconds\n", 2;
  std::sort(took.begin(), took.end());
  const auto late = std::count_if(took.begin(), took.end(), [&](double t) { return t > deadline.count(); });
  std::cout << took.size() << " blocks of " << kBlock << " samples, each within " << deadline.count()
            << " us: median " << took[took.size() / 2] << " us (" << took[took.size() / 2] / kBlock
            << " a step), worst " << took.back() << " us, late " << late << '\n';
  return 0;
} catch (const std::exception& error) {
  std::cerr << "audio: " << error.what() << '\n';
  return 1;
}
