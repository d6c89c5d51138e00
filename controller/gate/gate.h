// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "controller/gate/boot_comparison.h"
#include "controller/gate/gate_order.h"
#include "controller/gate/gate_runner.h"
#include "controller/gate/gate_suite.h"
#include "controller/gate/standing.h"

namespace luolab {

/// One gate, from the series to the answer (docs/gate.md). What it does next depends on the order
/// and on results alone, so the same results lead to the same steps. One thread; `runner` is
/// borrowed.
class Gate {
 public:
  /// `suite` has been expanded from the order without errors. `id` names the gate ("g5") and makes
  /// the random order of its boots.
  Gate(GateOrder order, GateSuite suite, std::string id, GateRunner& runner);

  /// Never fails for what it tests: whatever happens there is in the report. Cancelling ends what
  /// runs. Throws what the runner throws.
  Task<GateReport> run();

 private:
  /// A test on its way to its standing.
  struct Running {
    const GateCase* test = nullptr;
    std::size_t at = 0;  ///< in report_.tests
    std::string known_key;
    std::vector<SeenTry> candidate, baseline;
    bool reused = false;               ///< `baseline` begins with a result of an earlier gate
    std::vector<GateResult> failures;  ///< of the candidate
  };
  /// One job of a step, and whose it is.
  struct Slot {
    Running* running = nullptr;
    bool is_candidate = false;
  };

  // Whether there is anything to test (gate_builds.cpp).
  Task<bool> build();
  Task<void> find_bad_patch(const KernelSpec& candidate, const GateResult& whole);
  Task<GateResult> build_with(const KernelSpec& candidate, std::size_t patches);
  void fill_kernel(GateKernel& kernel, const KernelSpec& spec, const GateResult& result);

  // What the budget has room for (gate_plan.cpp).
  void choose_tests();

  // Tests, until each has its standing (gate_correctness.cpp).
  Task<void> test();
  Task<void> first_tries();
  Task<bool> more_tries(std::size_t round);
  Task<void> take(std::vector<Slot> slots, std::vector<Job> jobs, std::string name);
  void add_try(Slot slot, const GateResult& result);
  void settle(Running& running);
  /// A result of an earlier gate was not seen beside a failure, and does not count there.
  static void drop_reused(Running& running);

  // Phases, boot by boot (gate_latency.cpp).
  Task<void> measure();
  bool is_regression_known() const;
  /// What is too slow is compared once more, with the code of both kernels moved. Adds what came
  /// of it to `compared`.
  Task<void> compare_other_layout(BootComparison comparison, ComparedBoots& compared);
  /// Boots of the candidate failed while it was timed: the test is confirmed like any other.
  Task<void> test_again(std::size_t test, std::vector<GateResult> failures);

  Task<GateReport> finish();
  Task<void> enter(std::string stage);
  GateStep step(std::string name, std::vector<Job> jobs) const;
  /// The first `count` patches of the order's series.
  std::vector<Series> first_patches(std::size_t count) const;
  std::size_t patch_count() const;
  /// Which machines the results are from.
  void note_origin(const std::vector<GateResult>& results);

  GateOrder order_;
  GateSuite suite_;
  GateRunner& runner_;
  GateReport report_;
  std::string worker_;  ///< that built the candidate
  std::vector<const GateCase*> chosen_;
  std::vector<Running> running_;
};

/// The answer and the sentence that gives its reason. Pure.
struct GateDecision {
  GateAnswer answer = GateAnswer::inconclusive;
  std::string reason;
};
GateDecision decide(const GateReport& report);

}  // namespace luolab
