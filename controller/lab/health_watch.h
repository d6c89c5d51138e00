// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/verdict.h"
#include "db/record.h"

namespace luolab {

struct HealthPolicy {
  std::uint32_t misses = 3;  ///< in a row, until a worker is quarantined
  std::chrono::nanoseconds first_check = std::chrono::seconds{30};  ///< after it was quarantined
  std::chrono::nanoseconds last_check = std::chrono::hours{1};  ///< the pause doubles up to this
};

/// Who of the workers can be trusted with jobs. A worker whose attempts keep ending in MISS is
/// quarantined, and comes back by passing a health check. Pure; one thread.
class HealthWatch {
 public:
  explicit HealthWatch(HealthPolicy policy = {}) : policy_(policy) {}

  /// An ordinary attempt has ended there. True: the worker is quarantined from now on.
  bool attempt_ended(const std::string& worker, Verdict verdict, TimePoint now);
  /// The worker was quarantined before the controller started, or somebody asks for it.
  void quarantine(const std::string& worker, TimePoint now);
  /// A health check has ended there. True: the worker is healthy again.
  bool check_ended(const std::string& worker, Verdict verdict, TimePoint now);
  /// Somebody vouches for it.
  void trust(const std::string& worker);

  bool quarantined(const std::string& worker) const;
  /// Workers whose check is due; each counts as being checked until check_ended.
  std::vector<std::string> take_due(TimePoint now);
  std::optional<TimePoint> next_due() const;

 private:
  struct State {
    std::uint32_t misses = 0;
    bool quarantined = false;
    bool checking = false;
    TimePoint due;
    std::chrono::nanoseconds pause{};
  };
  HealthPolicy policy_;
  std::map<std::string, State> workers_;
};

}  // namespace luolab
