// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "controller/gate/gate_report.h"
#include "core/async/task.h"
#include "core/protocol/job.h"
#include "core/protocol/report.h"

namespace luolab {

/// A job that has its last word.
struct GateResult {
  std::string job;  ///< "j34"
  Verdict verdict = Verdict::MISS;
  std::string reason;
  std::uint32_t attempts = 1;  ///< more than one: the lab broke first
  std::string worker;          ///< its name in the fleet
  AttemptReport report;        ///< of the last attempt
};

/// Jobs that a gate wants to have run.
struct GateStep {
  std::string name;   ///< unique in the gate: "correctness-1"
  std::string title;  ///< for people: "gate g5: correctness"
  std::vector<Job> jobs;
  bool in_turn = false;  ///< one after the other, in this order, all on `worker`
  std::string worker;    ///< empty: any
};

/// A result of another gate that counts here as well.
struct KnownResult {
  std::string job;
  Verdict verdict = Verdict::PASS;
  std::string reason;
};

/// Where a gate's jobs are run: this process, or a controller's fleet. One thread. A step that was
/// run before under the same name in the same gate is not run again, and gives what it gave then:
/// so a gate goes on after its controller was killed by being started again.
class GateRunner {
 public:
  virtual ~GateRunner() = default;
  /// The results, in the order of the jobs. Cancelling cancels the jobs. Throws where the store
  /// can't be used.
  virtual Task<std::vector<GateResult>> run(GateStep step) = 0;
  /// A result that was remembered under that key.
  virtual Task<std::optional<KnownResult>> recall(std::string key) = 0;
  virtual Task<void> remember(std::string key, std::string job) = 0;
  /// What is known so far, for those who watch, and for the store.
  virtual Task<void> publish(const GateReport& report) = 0;
  /// Who says what this gate finds.
  virtual GateLab lab() const = 0;
  /// 2026-02-03T04:05:06Z
  virtual std::string now() const = 0;
};

}  // namespace luolab
