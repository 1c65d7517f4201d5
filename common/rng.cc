#include "common/rng.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "common/check.h"

namespace nn {

namespace {

constexpr std::uint32_t low_half(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
constexpr std::uint32_t high_half(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

}  // namespace

std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter,
                                           std::array<std::uint32_t, 2> key) {
  // The multipliers were chosen by the authors for the best scrambling; the key's increments are
  // the golden ratio and sqrt(3) - 1, as fractions of 2^32 [Salmon11].
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
  constexpr std::uint32_t kIncrement0 = 0x9E3779B9, kIncrement1 = 0xBB67AE85;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    counter = {high_half(product1) ^ counter[1] ^ key[0], low_half(product1),
               high_half(product0) ^ counter[3] ^ key[1], low_half(product0)};
    key[0] += kIncrement0;
    key[1] += kIncrement1;
  }
  return counter;
}

void Philox::load_block() {
  block_index_ = position_ / 4;
  block_ = philox4x32_10(
      {low_half(block_index_), high_half(block_index_), low_half(stream_), high_half(stream_)},
      {low_half(seed_), high_half(seed_)});
}

double Philox::normal() {
  if (has_spare_normal_) {
    has_spare_normal_ = false;
    return spare_normal_;
  }
  const double u1 = 1 - uniform();  // exact, and never 0, so its logarithm is finite
  const double u2 = uniform();
  const double radius = std::sqrt(-2 * std::log(u1));
  const double angle = 2 * std::numbers::pi * u2;
  spare_normal_ = radius * std::sin(angle);
  has_spare_normal_ = true;
  return radius * std::cos(angle);
}

void fill_uniform(std::span<double> out, double low, double high, Philox& rng) {
  const double width = high - low;
  NN_CHECK(low < high && std::isfinite(width), "low = ", low, ", high = ", high,
           "; both are finite, low is less than high, and their difference fits a double");
  const double largest = std::nextafter(high, low);
  for (double& value : out) value = std::min(low + width * rng.uniform(), largest);
}

void fill_normal(std::span<double> out, double mean, double deviation, Philox& rng) {
  NN_CHECK(std::isfinite(mean) && std::isfinite(deviation) && deviation >= 0, "mean = ", mean,
           ", deviation = ", deviation, "; both are finite and the deviation is 0 or more");
  for (double& value : out) value = mean + deviation * rng.normal();
}

std::vector<int> permutation(int n, Philox& rng) {
  NN_CHECK(n >= 0, "n = ", n, "; a permutation has 0 or more elements");
  const auto count = static_cast<std::size_t>(n);
  std::vector<std::uint64_t> keys(count);
  for (std::uint64_t& key : keys) key = rng.next_u64();
  // Keys are spread evenly, so as many buckets as elements, by their leading bits, hold about one
  // each: what is left to sort is next to nothing.
  const int shift = 64 - static_cast<int>(std::bit_width(count | 1));
  std::vector<int> place((std::size_t{1} << (64 - shift)) + 1);  // where the next of a bucket goes
  for (const std::uint64_t key : keys) ++place[(key >> shift) + 1];
  std::partial_sum(place.begin(), place.end(), place.begin());
  std::vector<std::pair<std::uint64_t, int>> sorted(count);  // pairs compare by key, then by index
  for (int i = 0; i < n; ++i) {
    const std::uint64_t key = keys[static_cast<std::size_t>(i)];
    sorted[static_cast<std::size_t>(place[key >> shift]++)] = {key, i};
  }
  std::vector<int> order;
  order.reserve(count);
  auto first = sorted.begin();
  for (const int end : place) {  // by now each bucket's place is the next one's begin
    const auto last = sorted.begin() + end;
    std::sort(first, last);
    for (; first != last; ++first) order.push_back(first->second);
  }
  return order;
}

}  // namespace nn
