#include "data/text/ngram.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace recur {
namespace {

std::uint64_t key_of(std::uint32_t parent, std::int32_t token) {
  return std::uint64_t{parent} << 32 | static_cast<std::uint32_t>(token);
}

/// Where the search for a key begins: the upper bits of a product hang on all bits of the key.
std::size_t home_of(std::uint64_t key, std::size_t slots) {
  key = (key ^ key >> 29) * 0x9E3779B97F4A7C15U;
  return (key >> 32) & (slots - 1);
}

/// Calls f(token) for each of `tokens`, which are copied out in pieces, until it returns false.
template <class F>
void for_each_token(const Tokens& tokens, F&& f) {
  std::vector<std::int32_t> piece(1 << 16);
  for (Index at = 0; at < tokens.size();) {
    const Index count = std::min(tokens.size() - at, static_cast<Index>(piece.size()));
    const auto part = std::span(piece).first(static_cast<std::size_t>(count));
    tokens.read(at, part);
    for (std::int32_t token : part) {
      if (!f(token)) return;
    }
    at += count;
  }
}

/// D₁, D₂, D₃₊ from how many sequences of one length have each count (equation 26); index 0 is for what was
/// not seen.
std::array<double, 4> discounts_from(const std::array<double, 5>& sequences_with) {
  // Few kinds of sequences leave a count without any: one half then. Never 0, so that something is always
  // left to the shorter history, and nothing is impossible.
  constexpr double kLeast = 0.05;
  std::array<double, 4> discounts{0, 0.5, 0.5, 0.5};
  if (std::all_of(sequences_with.begin() + 1, sequences_with.end(), [](double n) { return n > 0; })) {
    const double y = sequences_with[1] / (sequences_with[1] + 2 * sequences_with[2]);
    for (std::size_t i = 1; i <= 3; ++i) {
      const double c = static_cast<double>(i);
      discounts[i] = std::clamp(c - (c + 1) * y * sequences_with[i + 1] / sequences_with[i], kLeast, c);
    }
  }
  return discounts;
}

}  // namespace

NgramModel::NgramModel(const Tokens& tokens, const Options& options)
    : vocabulary_(options.vocabulary), order_(options.order), nodes_(1), slots_(1 << 16) {
  RECUR_ASSERT(1 <= order_ && order_ <= kMaxOrder && vocabulary_ > 0);
  History history = start();
  for_each_token(tokens, [&](std::int32_t token) {
    if (tokens_counted_ == options.max_tokens || static_cast<Index>(nodes_.size()) > options.max_sequences)
      return false;
    count(history, token);
    ++tokens_counted_;
    return true;
  });
  counted_all_ = tokens_counted_ == tokens.size();
  sum_up();
}

NgramModel::History NgramModel::start() const {
  History history;
  history.nodes.fill(kNone);
  history.nodes[0] = 0;
  return history;
}

/// Counts `token` after each part of the history. A sequence shorter than the order counts the different
/// tokens before it, so it grows when a longer one that ends in it is new; the start of the text counts as
/// one more such token.
void NgramModel::count(History& history, std::int32_t token) {
  std::array<std::uint32_t, kMaxOrder + 1> next;
  next[0] = 0;
  for (Index k = 0; k <= history.length; ++k) {
    const auto i = static_cast<std::size_t>(k);
    const std::size_t known = nodes_.size();
    next[i + 1] = find_or_add(history.nodes[i], token);
    const bool is_new = nodes_.size() > known;
    if (is_new && k > 0) ++nodes_[next[i]].count;
    if (k + 1 == order_) ++nodes_[next[i + 1]].count;
  }
  const auto longest = static_cast<std::size_t>(history.length + 1);
  if (history.length + 1 < order_) {
    ++nodes_[next[longest]].count;
    ++history.length;
  }
  std::copy_n(next.begin(), history.length + 1, history.nodes.begin());
}

/// What each history needs of the sequences that it begins, and the discounts.
void NgramModel::sum_up() {
  std::vector<std::array<double, 5>> sequences_with(
      static_cast<std::size_t>(order_));  // by length − 1, count
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    Node& node = nodes_[i];
    Node& parent = nodes_[node.parent];
    parent.total += node.count;
    ++parent.followers[std::min<std::uint32_t>(node.count, 3) - 1];
    if (node.count <= 4) ++sequences_with[node.length - std::size_t{1}][node.count];
  }
  for (const auto& of_length : sequences_with) discounts_.push_back(discounts_from(of_length));
}

void NgramModel::advance(History& history, std::int32_t token) const {
  history.length = std::min(history.length + 1, order_ - 1);
  for (Index k = history.length; k > 0; --k) {
    const auto i = static_cast<std::size_t>(k);
    history.nodes[i] = history.nodes[i - 1] == kNone ? kNone : find(history.nodes[i - 1], token);
  }
}

double NgramModel::probability(const History& history, std::int32_t token) const {
  double p = 1.0 / static_cast<double>(vocabulary_);
  for (std::size_t k = 0; k <= static_cast<std::size_t>(history.length); ++k) {
    if (history.nodes[k] == kNone) break;
    const Node& context = nodes_[history.nodes[k]];
    if (context.total == 0) break;  // seen at the very end only: nothing follows it
    const std::uint32_t sequence = find(history.nodes[k], token);
    const std::uint32_t c = sequence == kNone ? 0 : nodes_[sequence].count;
    const auto& d = discounts_[k];
    double left = 0;
    for (std::size_t i = 0; i < 3; ++i) left += d[i + 1] * context.followers[i];
    p = (c - d[std::min<std::uint32_t>(c, 3)] + left * p) / context.total;
  }
  return p;
}

double NgramModel::nats_per_token(const Tokens& tokens) const {
  RECUR_ASSERT(tokens.size() >= 2);
  History history = start();
  double sum = 0;
  bool first = true;
  for_each_token(tokens, [&](std::int32_t token) {
    if (!first) sum -= std::log(probability(history, token));
    first = false;
    advance(history, token);
    return true;
  });
  return sum / static_cast<double>(tokens.size() - 1);
}

void NgramModel::probabilities(std::span<const std::int32_t> tokens, std::span<double> out) const {
  RECUR_ASSERT(static_cast<Index>(out.size()) == vocabulary_);
  History history = start();
  for (std::int32_t token : tokens) advance(history, token);
  for (std::size_t token = 0; token < out.size(); ++token) {
    out[token] = probability(history, static_cast<std::int32_t>(token));
  }
}

std::uint32_t NgramModel::find(std::uint32_t parent, std::int32_t token) const {
  const std::uint64_t key = key_of(parent, token);
  for (std::size_t at = home_of(key, slots_.size());; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at].key == key || slots_[at].node == kNone) return slots_[at].node;
  }
}

std::uint32_t NgramModel::find_or_add(std::uint32_t parent, std::int32_t token) {
  if (nodes_.size() * 2 > slots_.size()) grow();
  const std::uint64_t key = key_of(parent, token);
  std::size_t at = home_of(key, slots_.size());
  while (slots_[at].node != kNone && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
  if (slots_[at].node == kNone) {
    slots_[at] = {key, static_cast<std::uint32_t>(nodes_.size())};
    nodes_.push_back({.parent = parent, .length = static_cast<std::uint8_t>(nodes_[parent].length + 1)});
  }
  return slots_[at].node;
}

void NgramModel::grow() {
  std::vector<Slot> larger(slots_.size() * 2);
  for (const Slot& slot : slots_) {
    if (slot.node == kNone) continue;
    std::size_t at = home_of(slot.key, larger.size());
    while (larger[at].node != kNone) at = (at + 1) & (larger.size() - 1);
    larger[at] = slot;
  }
  slots_ = std::move(larger);
}

}  // namespace recur
