// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/protocol/report.h"

namespace luolab {

/// Collects an attempt's phases on one clock. Durations of stamped phases are TSC differences by
/// the frequency that the outgoing agent reported; the TSC runs on across a kexec.
class TimeLine {
 public:
  using WorkerTime = std::chrono::steady_clock::time_point;

  /// `zero`: when the attempt began, on the worker.
  explicit TimeLine(WorkerTime zero) : zero_(zero) {}

  void set_frequency(std::uint64_t tsc_hz) { tsc_hz_ = tsc_hz; }
  std::uint64_t frequency() const { return tsc_hz_; }

  /// A phase that the guest stamped; `seen_start` and `seen_end` are the worker's.
  void add_stamped(std::string name, std::int32_t hop, std::string subject, std::uint64_t start_tsc,
                   std::uint64_t end_tsc, WorkerTime seen_start, WorkerTime seen_end);
  /// A phase that only the worker saw.
  void add_seen(std::string name, std::int32_t hop, WorkerTime start, WorkerTime end);

  /// For each phase that has subjects in this hop, one entry without subject whose duration is the
  /// sum of theirs: the worker's round trips in between are the lab's, not the kernel's.
  void add_totals(std::int32_t hop);

  /// By the frequency; negative where `end` lies before `start`.
  std::chrono::nanoseconds between(std::uint64_t start_tsc, std::uint64_t end_tsc) const;

  const std::vector<Phase>& phases() const { return phases_; }
  /// The whole of a phase in a hop.
  std::optional<std::chrono::nanoseconds> total(std::string_view name, std::int32_t hop) const;

 private:
  WorkerTime zero_;
  std::uint64_t tsc_hz_ = 0;
  std::vector<Phase> phases_;
};

}  // namespace luolab
