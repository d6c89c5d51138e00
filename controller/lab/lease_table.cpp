// SPDX-License-Identifier: Apache-2.0
#include "controller/lab/lease_table.h"

#include <algorithm>

namespace luolab {
namespace {

void erase_expiry(std::multimap<TimePoint, std::int64_t>& by_expiry, const Lease& lease) {
  const auto [first, last] = by_expiry.equal_range(lease.expires);
  const auto entry = std::find_if(
      first, last, [&](const auto& item) { return item.second == lease.attempt.value; });
  if (entry != last) by_expiry.erase(entry);
}

}  // namespace

void LeaseTable::add(Lease lease) {
  const std::int64_t id = lease.attempt.value;
  by_expiry_.emplace(lease.expires, id);
  by_worker_[lease.worker].push_back(id);
  leases_.insert_or_assign(id, std::move(lease));
}

void LeaseTable::remove(AttemptId attempt) {
  const auto found = leases_.find(attempt.value);
  if (found == leases_.end()) return;
  erase_expiry(by_expiry_, found->second);
  const auto worker = by_worker_.find(found->second.worker);
  std::erase(worker->second, attempt.value);
  if (worker->second.empty()) by_worker_.erase(worker);
  leases_.erase(found);
}

Lease* LeaseTable::find(AttemptId attempt) {
  const auto found = leases_.find(attempt.value);
  return found == leases_.end() ? nullptr : &found->second;
}

const Lease* LeaseTable::find(AttemptId attempt) const {
  const auto found = leases_.find(attempt.value);
  return found == leases_.end() ? nullptr : &found->second;
}

std::vector<AttemptId> LeaseTable::of_worker(const std::string& worker) const {
  std::vector<AttemptId> attempts;
  const auto found = by_worker_.find(worker);
  if (found == by_worker_.end()) return attempts;
  for (const std::int64_t id : found->second) attempts.push_back(AttemptId{id});
  return attempts;
}

void LeaseTable::renew(Lease& lease, TimePoint expires) {
  erase_expiry(by_expiry_, lease);
  lease.expires = expires;
  by_expiry_.emplace(expires, lease.attempt.value);
}

std::vector<AttemptId> LeaseTable::expired(TimePoint now) const {
  std::vector<AttemptId> found;
  for (auto entry = by_expiry_.begin(); entry != by_expiry_.end() && entry->first <= now; ++entry)
    found.push_back(AttemptId{entry->second});
  return found;
}

std::optional<TimePoint> LeaseTable::next_expiry() const {
  if (by_expiry_.empty()) return {};
  return by_expiry_.begin()->first;
}

std::vector<const Lease*> LeaseTable::all() const {
  std::vector<const Lease*> leases;
  leases.reserve(leases_.size());
  for (const auto& [id, lease] : leases_) leases.push_back(&lease);
  std::ranges::sort(leases, {}, [](const Lease* lease) { return lease->attempt; });
  return leases;
}

}  // namespace luolab
