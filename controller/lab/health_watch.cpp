// SPDX-License-Identifier: Apache-2.0
#include "controller/lab/health_watch.h"

#include <algorithm>

namespace luolab {

bool HealthWatch::attempt_ended(const std::string& worker, Verdict verdict, TimePoint now) {
  State& state = workers_[worker];
  if (verdict != Verdict::MISS) {
    state.misses = 0;
    return false;
  }
  if (state.quarantined || ++state.misses < policy_.misses) return false;
  quarantine(worker, now);
  return true;
}

void HealthWatch::quarantine(const std::string& worker, TimePoint now) {
  State& state = workers_[worker];
  if (state.quarantined) return;
  state.quarantined = true;
  state.pause = policy_.first_check;
  state.due = now + state.pause;
}

bool HealthWatch::check_ended(const std::string& worker, Verdict verdict, TimePoint now) {
  State& state = workers_[worker];
  state.checking = false;
  if (verdict == Verdict::PASS) {
    trust(worker);
    return true;
  }
  state.pause = std::min(policy_.last_check, 2 * state.pause);
  state.due = now + state.pause;
  return false;
}

void HealthWatch::trust(const std::string& worker) { workers_.erase(worker); }

bool HealthWatch::quarantined(const std::string& worker) const {
  const auto found = workers_.find(worker);
  return found != workers_.end() && found->second.quarantined;
}

std::vector<std::string> HealthWatch::take_due(TimePoint now) {
  std::vector<std::string> due;
  for (auto& [worker, state] : workers_) {
    if (!state.quarantined || state.checking || state.due > now) continue;
    state.checking = true;
    due.push_back(worker);
  }
  return due;
}

std::optional<TimePoint> HealthWatch::next_due() const {
  std::optional<TimePoint> next;
  for (const auto& [worker, state] : workers_) {
    if (state.quarantined && !state.checking && (!next || state.due < *next)) next = state.due;
  }
  return next;
}

}  // namespace luolab
