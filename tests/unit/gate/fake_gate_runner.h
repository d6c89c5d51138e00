// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "controller/gate/gate.h"

namespace luolab {

/// A runner whose kernels do what a test says, without time passing.
class FakeGateRunner final : public GateRunner {
 public:
  /// What a job comes to. `is_candidate`: the job's kernels have the series "mine".
  std::function<GateResult(const Job& job, bool is_candidate)> does = [](const Job&, bool) {
    return ended(Verdict::PASS);
  };
  /// What building comes to, by the number of the series' patches in it.
  std::function<GateResult(std::size_t patches)> builds = [](std::size_t patches) {
    return built(patches == 0 ? "base" : "patched");
  };

  Task<std::vector<GateResult>> run(GateStep step) override;
  Task<std::optional<KnownResult>> recall(std::string key) override;
  Task<void> remember(std::string key, std::string job) override;
  Task<void> publish(const GateReport& report) override;
  GateLab lab() const override { return {.version = "test"}; }
  std::string now() const override { return "2026-02-03T04:05:06Z"; }

  static GateResult ended(Verdict verdict, std::string failed_check = {});
  static GateResult built(std::string content);
  static GateResult refused(Verdict verdict, std::string reason);

  std::vector<GateStep> steps;
  std::map<std::string, std::string> known;  ///< key -> job
  std::vector<std::string> stages;

 private:
  int jobs_ = 0;
};

/// A catalog with a base, and an order for a series "mine" of so many patches, with the scenarios
/// "one" and "two" as its suite.
Catalog gate_catalog();
GateOrder gate_order(std::size_t patches = 1);

}  // namespace luolab
