// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/async/task.h"
#include "core/protocol/lease.h"
#include "core/protocol/report.h"

namespace luolab {

/// What an attempt tells its lease while it runs. Called from the loop's thread.
struct AttemptTies {
  /// What goes on, for people.
  std::function<void(std::string_view activity)> on_activity;
  /// The console lies there from now on, and only grows. Where the attempt starts anew, it may be
  /// told once more, of another file.
  std::function<void(const std::filesystem::path& console)> on_console;
  /// Whether the attempt is this worker's for certain: nobody else can have been given it. What is
  /// not the worker's own, such as a machine reached over SSH, is used only as long as this holds.
  std::function<bool()> ours;
  /// Keeps a file as evidence before it goes.
  std::function<Artifact(const std::filesystem::path& file, std::string_view name)> keep;
};

/// Makes attempts, for a lease loop that need not know how. One thread; several at once.
class AttemptRunner {
 public:
  virtual ~AttemptRunner() = default;
  /// `grant` lives until the coroutine has ended. Throws operation_aborted where it is cancelled;
  /// its machine is off then.
  virtual Task<AttemptReport> run(const LeaseGrant& grant, AttemptTies ties) = 0;
  /// Lets what was begun for the attempt and goes on beside it come to its end, before the report
  /// is handed in: afterwards the controller would take it for stale. Cancelling ends it at once.
  virtual Task<bool> settle(std::int64_t attempt) = 0;
  /// Build keys of the kernels that are here, for the worker's hello.
  virtual std::vector<std::string> builds() const { return {}; }
  /// Machines of the hello's that can't be used now.
  virtual std::vector<OfflineTarget> offline() const { return {}; }
};

}  // namespace luolab
