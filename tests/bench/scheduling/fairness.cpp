// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/scheduling/fairness.h"

namespace luolab::simulation {
namespace {

void count(double now, double& used, double& since, std::int64_t running) {
  used += static_cast<double>(running) * (now - since);
  since = now;
}

}  // namespace

void Fairness::waiting(std::size_t submitter, int change, double now) {
  advance(now);
  Side& side = sides_[submitter];
  side.waiting += change;
  if (side.waiting == 0) side.always = false;
}

void Fairness::running(std::size_t submitter, int change, double now) {
  advance(now);
  Side& side = sides_[submitter];
  count(now, side.used, side.since, side.running);
  side.running += change;
}

void Fairness::advance(double now) {
  while (now >= begin_ + window_) close(begin_ + window_);
}

void Fairness::close(double end) {
  std::vector<double> used;
  for (Side& side : sides_) {
    count(end, side.used, side.since, side.running);
    if (side.always) used.push_back(side.used);
    side.used = 0;
    side.always = side.waiting > 0;
  }
  begin_ = end;
  if (used.size() < 2) return;
  sum_ += jain_index(used);
  ++windows_;
}

}  // namespace luolab::simulation
