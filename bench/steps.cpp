// From a plain loop to a fast one: one step of an LSTM (batch 1, as many inputs as units), a technique at a
// time. docs/performance.md explains the steps; nothing of recur is used here, so that each stands by itself.
//
//   g++ -std=c++20 -O3 -march=native bench/steps.cpp -o steps && ./steps 128
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace {

constexpr int kLanes = 16;
using Floats = std::vector<float>;

struct alignas(64) CacheLine {
  float v[kLanes];
};
using Lanes = float __attribute__((vector_size(4 * kLanes)));
using Bits = int __attribute__((vector_size(4 * kLanes)));

/// W [4·H, 2·H] of [x | h], gates i f g o one after the other; b [4·H].
struct Lstm {
  int hidden;
  Floats w, b, xh, c;  // xh: x, then h
  Floats lines;        // the same weights: for each panel of 16 units, for each k, the 16 units of i, f, g, o
  std::vector<CacheLine> aligned;  // the same on cache lines' boundaries
  std::vector<CacheLine> pairs;    // for each two panels, for each k, the line of the one, that of the other
  bool last_first = false;

  explicit Lstm(int h)
      : hidden(h),
        w(8 * h * h),
        b(4 * h),
        xh(2 * h),
        c(h),
        lines(8 * h * h),
        aligned(8 * h * h / kLanes),
        pairs(8 * h * h / kLanes) {
    std::mt19937 random(1);
    std::uniform_real_distribution<float> weight(-0.08F, 0.08F);
    for (Floats* v : {&w, &b, &xh}) std::ranges::generate(*v, [&] { return weight(random); });
    pack(1, lines.data());
    pack(1, aligned.data()->v);
    pack(2, pairs.data()->v);
  }

  /// `among`: panels that lie line by line among each other.
  void pack(int among, float* to) const {
    for (int group = 0; group < hidden; group += among * kLanes)
      for (int k = 0; k < 2 * hidden; ++k)
        for (int panel = group; panel < group + among * kLanes; panel += kLanes)
          for (int gate = 0; gate < 4; ++gate)
            for (int lane = 0; lane < kLanes; ++lane)
              *to++ = w[(gate * hidden + panel + lane) * 2 * hidden + k];
  }
};

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

void gates(Lstm& m, const float* a) {
  const int H = m.hidden;
  for (int j = 0; j < H; ++j) {
    m.c[j] = sigmoid(a[H + j]) * m.c[j] + sigmoid(a[j]) * std::tanh(a[2 * H + j]);
    m.xh[H + j] = sigmoid(a[3 * H + j]) * std::tanh(m.c[j]);
  }
}

/// 1. As in the textbook: a row of W times a vector, gate by gate. One chain of additions at a time.
void plain(Lstm& m, Floats& a) {
  const int H = m.hidden;
  for (int r = 0; r < 4 * H; ++r) {
    float sum = m.b[r];
    for (int k = 0; k < 2 * H; ++k) sum += m.w[r * 2 * H + k] * m.xh[k];
    a[r] = sum;
  }
  gates(m, a.data());
}

Lanes load(const float* p) {
  Lanes v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
void store(float* p, Lanes v) { __builtin_memcpy(p, &v, sizeof v); }

/// 2. A lane a unit: 16 sums go up together, no sum is added across lanes. The sums live in memory.
void lanes(Lstm& m, Floats& a) {
  const int H = m.hidden;
  std::copy(m.b.begin(), m.b.end(), a.begin());
  for (int panel = 0; panel < H; panel += kLanes) {
    const float* line = m.lines.data() + panel * 8 * H;
    for (int k = 0; k < 2 * H; ++k, line += 4 * kLanes)
      for (int gate = 0; gate < 4; ++gate) {
        float* const sum = a.data() + gate * H + panel;
        store(sum, load(sum) + m.xh[k] * load(line + gate * kLanes));
        asm volatile("" ::: "memory");  // what a compiler that does not see the whole loop would do
      }
  }
  gates(m, a.data());
}

enum class Weights { lines, aligned, pairs };

/// The sums of P panels from `panel`, all four gates, in registers.
template <int P, Weights From = Weights::lines>
void sums(const Lstm& m, int panel, Lanes (&acc)[P][4]) {
  constexpr bool kPaired = From == Weights::pairs;
  const int H = m.hidden, line = (kPaired ? P : 1) * 4 * kLanes,
            apart = kPaired ? 4 * kLanes : kLanes * 8 * H;
  const float* const weights = From == Weights::lines     ? m.lines.data()
                               : From == Weights::aligned ? m.aligned.data()->v
                                                          : m.pairs.data()->v;
  const float* const first = weights + panel * 8 * H;
  for (int p = 0; p < P; ++p)
    for (int gate = 0; gate < 4; ++gate) acc[p][gate] = load(m.b.data() + gate * H + panel + p * kLanes);
  for (int k = 0; k < 2 * H; ++k)
    for (int p = 0; p < P; ++p)
      for (int gate = 0; gate < 4; ++gate)
        acc[p][gate] += m.xh[k] * load(first + p * apart + k * line + gate * kLanes);
}

/// 3. The sums stay in registers (P = 1): four chains. 4. Two panels at once (P = 2): eight chains, as many
/// as two multipliers of a latency of four take.
template <int P>
void registers(Lstm& m, Floats& a) {
  for (int panel = 0; panel < m.hidden; panel += P * kLanes) {
    Lanes acc[P][4];
    sums(m, panel, acc);
    for (int p = 0; p < P; ++p)
      for (int gate = 0; gate < 4; ++gate)
        store(a.data() + gate * m.hidden + panel + p * kLanes, acc[p][gate]);
  }
  gates(m, a.data());
}

/// e^x for lanes: 2^n by its exponent, the rest by a polynomial (Cephes' coefficients).
Lanes exponential(Lanes x) {
  x = x < -87.F ? Lanes{} - 87.F : x;
  x = x > 88.F ? Lanes{} + 88.F : x;
  const Lanes n = x * 1.44269504F + 12582912.F;  // rounds to a whole number in the low bits
  const Lanes whole = n - 12582912.F, r = (x - whole * 0.693359375F) + whole * 2.12194440e-4F;
  Lanes p = r * 1.9875691500e-4F + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.F;
  return (Lanes)((Bits)p + ((Bits)n << 23));
}
Lanes sigmoid(Lanes x) { return 1.F / (1.F + exponential(-x)); }
Lanes hyperbolic(Lanes x) { return 2.F * sigmoid(2.F * x) - 1.F; }

/// 5. The gates are computed where the sums are, on 16 units at a time; only the new state is written. 6. No
/// load crosses a cache line. 7. The two panels lie among each other, so that memory is read from front to
/// back. 8. Every other step begins at the end: with the weights that the step before left in the cache.
template <Weights From, bool Turns>
void fused(Lstm& m, Floats& next) {
  const int H = m.hidden;
  m.last_first = Turns && !m.last_first;
  for (int at = 0; at < H; at += 2 * kLanes) {
    const int panel = m.last_first ? H - 2 * kLanes - at : at;
    Lanes acc[2][4];
    sums<2, From>(m, panel, acc);
    for (int p = 0; p < 2; ++p) {
      const int j = panel + p * kLanes;
      const Lanes c = sigmoid(acc[p][1]) * load(m.c.data() + j) + sigmoid(acc[p][0]) * hyperbolic(acc[p][2]);
      store(m.c.data() + j, c);
      store(next.data() + j, sigmoid(acc[p][3]) * hyperbolic(c));
    }
  }
  std::copy_n(next.begin(), H, m.xh.begin() + H);
}

/// Median seconds of a step.
double seconds_of(const std::function<void()>& step) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> runs;
  int steps = 1;
  for (double total = 0; total < 0.5;) {
    const auto begin = Clock::now();
    for (int i = 0; i < steps; ++i) step();
    const double took = std::chrono::duration<double>(Clock::now() - begin).count();
    total += took;
    if (took < 0.01)
      steps *= 2;
    else
      runs.push_back(took / steps);
  }
  std::nth_element(runs.begin(), runs.begin() + runs.size() / 2, runs.end());
  return runs[runs.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int hidden = argc > 1 ? std::atoi(argv[1]) : 128;
  if (hidden <= 0 || hidden % (2 * kLanes) != 0) {
    std::fprintf(stderr, "steps: %s units, expected a multiple of %d\n", argc > 1 ? argv[1] : "no",
                 2 * kLanes);
    return 2;
  }
  Floats right;  // h after 20 steps of the first
  double first = 0;
  const auto measure = [&](const char* name, auto step) {
    Lstm model(hidden);
    Floats scratch(4 * hidden);
    for (int i = 0; i < 20; ++i) step(model, scratch);
    const Floats h(model.xh.begin() + hidden, model.xh.end());
    if (right.empty()) right = h;
    float off = 0;
    for (int j = 0; j < hidden; ++j) off = std::max(off, std::abs(h[j] - right[j]));
    const double seconds = seconds_of([&] { step(model, scratch); });
    if (first == 0) first = seconds;
    std::printf("%-44s %9.3f µs  %6.1f GFLOP/s  %6.1f times  %.0e off\n", name, seconds * 1e6,
                16e-9 * hidden * hidden / seconds, first / seconds, static_cast<double>(off));
  };
  measure("1 plain loops", plain);
  measure("2 a lane a unit", lanes);
  measure("3 sums in registers", registers<1>);
  measure("4 two panels at once", registers<2>);
  measure("5 gates fused, on lanes", fused<Weights::lines, false>);
  measure("6 weights on cache lines' boundaries", fused<Weights::aligned, false>);
  measure("7 two panels among each other", fused<Weights::pairs, false>);
  measure("8 to and fro", fused<Weights::pairs, true>);
}
