// SPDX-License-Identifier: Apache-2.0
#include "worker/run/secrets.h"

#include <random>

#include <fmt/format.h>

#include "core/base/sha256.h"

namespace luolab {
namespace {

std::uint64_t random_word(std::random_device& source) {
  return (std::uint64_t{source()} << 32) | source();
}

// Through a one-way function: the mark key, which the incoming agent sees, tells nothing about
// the seed.
std::uint64_t derive(std::uint64_t seed, std::size_t memfd_number, std::string_view purpose) {
  const std::string digest = sha256_of(fmt::format("{}|{}|{}", seed, memfd_number, purpose));
  return std::stoull(digest.substr(0, 16), nullptr, 16);
}

}  // namespace

AttemptSecrets AttemptSecrets::fresh() {
  std::random_device source;
  return {fmt::format("{:016x}{:016x}", random_word(source), random_word(source)),
          random_word(source)};
}

PatternKey AttemptSecrets::key_of(std::size_t memfd_number) const {
  return {derive(seed, memfd_number, "seed"), derive(seed, memfd_number, "mark")};
}

}  // namespace luolab
