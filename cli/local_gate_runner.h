// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/local_run.h"
#include "controller/gate/gate_runner.h"
#include "core/base/places.h"
#include "db/store.h"
#include "kernel-patches/catalog.h"

namespace luolab {

/// Runs the jobs of a gate or a bisection in this process, each step as a run of its own in the
/// store. Everything but the flags is borrowed. One thread.
class LocalGateRunner final : public GateRunner {
 public:
  /// `gate` is the row in the store that is kept up to date; without one nothing is.
  LocalGateRunner(Store& store, std::optional<GateId> gate, const Places& places,
                  const Catalog& catalog, LocalRunFlags flags);

  Task<std::vector<GateResult>> run(GateStep step) override;
  Task<std::optional<KnownResult>> recall(std::string key) override;
  Task<void> remember(std::string key, std::string job) override;
  Task<void> publish(const GateReport& report) override;
  GateLab lab() const override;
  std::string now() const override;

 private:
  Store& store_;
  std::optional<GateId> gate_;
  const Places& places_;
  const Catalog& catalog_;
  LocalRunFlags flags_;
  std::string stage_;
};

}  // namespace luolab
