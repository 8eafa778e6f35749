// Ten thousand streams in one process: at each tick those that have something to read step together.
//
//   serve RUN [STREAMS]        RUN: a model that reads tokens
#include <recur/stream_batch.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <random>
#include <vector>

namespace {

constexpr int kTicks = 20;

/// The stream of each client, and what has come from whom.
struct Clients {
  std::vector<recur::Stream> streams;
  std::vector<recur::Stream*> ready;
  std::vector<std::int32_t> tokens;

  Clients(const std::shared_ptr<const recur::StreamModel>& model, std::size_t count)
      : streams(count, recur::Stream(model)) {}

  /// About half of them send a token.
  void receive(std::mt19937& random) {
    ready.clear();
    tokens.clear();
    const auto vocabulary = static_cast<std::uint32_t>(streams[0].model()->tokens());
    for (recur::Stream& stream : streams) {
      if (random() % 2 != 0) continue;
      ready.push_back(&stream);
      tokens.push_back(static_cast<std::int32_t>(random() % vocabulary));
    }
  }
};

/// Seconds of the ticks, in which step(clients) reads what has come; adds to `steps`.
template <class F>
double serve(Clients& clients, std::size_t& steps, F step) {
  std::mt19937 random(1);
  std::chrono::duration<double> took{0};
  for (int tick = 0; tick < kTicks; ++tick) {
    clients.receive(random);
    const auto begin = std::chrono::steady_clock::now();
    step(clients);
    took += std::chrono::steady_clock::now() - begin;
    steps += clients.ready.size();
  }
  return took.count();
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2 || argc > 3) return std::cerr << "serve RUN [STREAMS]\n", 2;
  const auto model = recur::StreamModel::open(argv[1]);
  const int count = argc == 3 ? std::atoi(argv[2]) : 10'000;
  if (model->tokens() == 0 || count < 1)
    return std::cerr << "serve: expected a model of tokens, and streams\n", 1;

  Clients alone(model, static_cast<std::size_t>(count)), together(alone);
  std::size_t steps = 0, same = 0;
  const double one_by_one = serve(alone, steps, [](Clients& c) {
    for (std::size_t i = 0; i < c.ready.size(); ++i) c.ready[i]->step(c.tokens[i]);
  });
  steps = 0;
  recur::StreamBatch batch(model);
  const double in_batches = serve(together, steps, [&](Clients& c) { batch.step(c.ready, c.tokens); });

  for (std::size_t i = 0; i < alone.streams.size(); ++i)
    same += alone.streams[i].save() == together.streams[i].save() ? 1 : 0;
  std::cout << count << " streams, " << model->stream_bytes() << " bytes each, " << batch.bytes()
            << " for the batch; a step takes " << 1e9 * one_by_one / static_cast<double>(steps)
            << " ns alone, " << 1e9 * in_batches / static_cast<double>(steps)
            << " ns together; equal states: " << same << '\n';
  return same == alone.streams.size() ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "serve: " << error.what() << '\n';
  return 1;
}
