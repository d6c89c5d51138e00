// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "db/record.h"

namespace luolab {

/// An attempt that a worker has.
struct Lease {
  AttemptId attempt;
  JobId job;
  RunId run;
  std::string worker;
  std::string instance;  ///< that asked for it; empty: from before the controller's start
  TimePoint expires;
  std::string activity;       ///< what the worker said last, for people
  bool acknowledged = false;  ///< the worker has named it since
  bool canceled = false;      ///< its worker is to end it
};

/// Which attempts run, and until when their workers may be silent. In memory: after a restart every
/// running attempt gets a fresh lease. Pure; one thread. Logarithmic or better in all leases.
class LeaseTable {
 public:
  void add(Lease lease);
  void remove(AttemptId attempt);
  /// nullptr where it does not run (any more). Valid until the lease is removed.
  Lease* find(AttemptId attempt);
  const Lease* find(AttemptId attempt) const;
  std::vector<AttemptId> of_worker(const std::string& worker) const;
  void renew(Lease& lease, TimePoint expires);
  /// Attempts whose worker was silent for too long; they stay until they are removed.
  std::vector<AttemptId> expired(TimePoint now) const;
  std::optional<TimePoint> next_expiry() const;
  std::size_t size() const { return leases_.size(); }
  std::vector<const Lease*> all() const;

 private:
  std::unordered_map<std::int64_t, Lease> leases_;
  std::multimap<TimePoint, std::int64_t> by_expiry_;
  std::unordered_map<std::string, std::vector<std::int64_t>> by_worker_;
};

}  // namespace luolab
