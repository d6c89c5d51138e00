// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/lease_book.h"

#include <algorithm>

namespace luolab {

bool LeaseBook::begin(std::int64_t attempt, std::int64_t job_id) {
  return entries_
      .try_emplace(attempt, Entry{job_id, HoldState::running, EndReason::none, "starting"})
      .second;
}

void LeaseBook::adopt(std::int64_t attempt, std::int64_t job_id) {
  entries_[attempt] = {job_id, HoldState::finished, EndReason::none, "delivering its results"};
}

void LeaseBook::tell(std::int64_t attempt, std::string_view activity) {
  const auto found = entries_.find(attempt);
  if (found != entries_.end()) found->second.activity = activity;
}

void LeaseBook::move_to(std::int64_t attempt, HoldState state) {
  const auto found = entries_.find(attempt);
  if (found == entries_.end()) return;
  found->second.state = state;
  if (state != HoldState::running) found->second.activity = "delivering its results";
}

bool LeaseBook::ask_to_end(std::int64_t attempt, EndReason reason) {
  const auto found = entries_.find(attempt);
  if (found == entries_.end() || found->second.state != HoldState::running) return false;
  if (found->second.asked_to_end != EndReason::none) return false;
  found->second.asked_to_end = reason;
  return true;
}

const LeaseBook::Entry* LeaseBook::find(std::int64_t attempt) const {
  const auto found = entries_.find(attempt);
  return found == entries_.end() ? nullptr : &found->second;
}

EndReason LeaseBook::asked_to_end(std::int64_t attempt) const {
  const Entry* const entry = find(attempt);
  return entry == nullptr ? EndReason::none : entry->asked_to_end;
}

std::size_t LeaseBook::running() const {
  return static_cast<std::size_t>(std::ranges::count_if(entries_, [](const auto& held) {
    return held.second.state == HoldState::running || held.second.state == HoldState::settling;
  }));
}

std::vector<std::int64_t> LeaseBook::held() const {
  std::vector<std::int64_t> attempts;
  for (const auto& [attempt, entry] : entries_) attempts.push_back(attempt);
  return attempts;
}

std::vector<std::int64_t> LeaseBook::in_state(HoldState state) const {
  std::vector<std::int64_t> attempts;
  for (const auto& [attempt, entry] : entries_) {
    if (entry.state == state) attempts.push_back(attempt);
  }
  return attempts;
}

std::vector<AttemptActivity> LeaseBook::activities() const {
  std::vector<AttemptActivity> all;
  for (const auto& [attempt, entry] : entries_) all.push_back({attempt, entry.activity});
  return all;
}

std::optional<std::int64_t> LeaseBook::next_to_deliver() const {
  for (const auto& [attempt, entry] : entries_) {
    if (entry.state == HoldState::finished) return attempt;
  }
  return std::nullopt;
}

}  // namespace luolab
