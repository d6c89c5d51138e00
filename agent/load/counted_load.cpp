// SPDX-License-Identifier: Apache-2.0
#include "agent/load/counted_load.h"

#include <utility>

namespace luolab {

CountedLoad::CountedLoad(const LoadPace& pace, Step step)
    : step_(std::move(step)),
      threads_(pace, [this](std::uint32_t thread) { return run(thread); }) {}

bool CountedLoad::run(std::uint32_t thread) {
  std::string problem = step_(thread);
  ++count_;
  if (problem.empty()) return true;
  const std::lock_guard lock(mutex_);
  if (bad_++ == 0) first_bad_ = std::move(problem);
  return true;
}

Json CountedLoad::figures() const {
  Json figures{{"count", count_.load()}, {"bad", bad_.load()}};
  if (bad_ == 0) return figures;
  const std::lock_guard lock(mutex_);
  figures["first_bad"] = first_bad_;
  return figures;
}

}  // namespace luolab
