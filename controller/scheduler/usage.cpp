// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/usage.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace luolab {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr double kAdvanceSeconds = 60;

double seconds_between(TimePoint from, TimePoint to) {
  return std::max(0.0, Seconds(to - from).count());
}

/// Slot-seconds left of a job that ran for so long up to now.
double kept(double forgetting, double seconds) {
  return -std::expm1(-forgetting * seconds) / forgetting;
}

}  // namespace

Usage::Usage(std::chrono::nanoseconds half_life)
    : forgetting_(std::numbers::ln2 / std::max(1.0, Seconds(half_life).count())) {}

void Usage::start(TimePoint now) {
  advance(now);
  ++running_;
}

void Usage::end(TimePoint now) {
  advance(now);
  if (running_ > 0) --running_;
}

void Usage::undo(TimePoint started, TimePoint now) {
  end(now);
  used_ = std::max(0.0, used_ - kept(forgetting_, seconds_between(started, since_)));
}

double Usage::at(TimePoint now) const {
  const double seconds = seconds_between(since_, now);
  return used_ * std::exp(-forgetting_ * seconds) + running_ * kept(forgetting_, seconds);
}

double Usage::standing(TimePoint now) const { return at(now) + running_ * kAdvanceSeconds; }

void Usage::advance(TimePoint now) {
  used_ = at(now);
  since_ = std::max(since_, now);
}

}  // namespace luolab
