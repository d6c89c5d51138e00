// SPDX-License-Identifier: Apache-2.0
#include "core/wire/hash_choice.h"

#include <algorithm>
#include <chrono>
#include <cstddef>

namespace luolab {
namespace {

constexpr std::size_t kSampleBytes = 64 << 10;
constexpr int kSamples = 5;

// The fastest of some samples: whatever else the machine does only slows them.
double measure(HashKind kind, std::span<const std::byte> sample) {
  using Clock = std::chrono::steady_clock;
  const HashFunctions& functions = hash_functions(kind);
  HashState state;
  functions.reset(&state);
  functions.update(&state, sample.data(), sample.size());  // an emulator translates the code here
  auto shortest = Clock::duration::max();
  for (int i = 0; i < kSamples; ++i) {
    const auto start = Clock::now();
    functions.update(&state, sample.data(), sample.size());
    shortest = std::min(shortest, Clock::now() - start);
  }
  const double seconds = std::chrono::duration<double>(shortest).count();
  return static_cast<double>(sample.size()) / std::max(seconds, 1e-9);
}

}  // namespace

std::string_view hash_name(HashKind kind) {
  switch (kind) {
    case HashKind::sse2:
      return "sse2";
    case HashKind::avx2:
      return "avx2";
    case HashKind::scalar:
      break;
  }
  return "scalar";
}

const HashFunctions& hash_functions([[maybe_unused]] HashKind kind) {
#if defined(__x86_64__)
  if (kind == HashKind::sse2) return kSse2Hash;
  if (kind == HashKind::avx2) return kAvx2Hash;
#endif
  return kScalarHash;
}

std::vector<HashKind> runnable_hashes() {
  std::vector<HashKind> kinds{HashKind::scalar};
#if defined(__x86_64__)
  kinds.push_back(HashKind::sse2);
  if (__builtin_cpu_supports("avx2")) kinds.push_back(HashKind::avx2);
#endif
  return kinds;
}

std::vector<HashSpeed> measure_hashes() {
  const std::vector<std::byte> sample(kSampleBytes, std::byte{0x5a});
  std::vector<HashSpeed> speeds;
  for (const HashKind kind : runnable_hashes()) speeds.push_back({kind, measure(kind, sample)});
  return speeds;
}

HashKind fastest_hash(std::span<const HashSpeed> speeds) {
  const auto fastest =
      std::max_element(speeds.begin(), speeds.end(), [](const HashSpeed& a, const HashSpeed& b) {
        return a.bytes_per_second < b.bytes_per_second;
      });
  return fastest == speeds.end() ? HashKind::scalar : fastest->kind;
}

}  // namespace luolab
