// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/thread_pool.hpp>

#include "cli/run_progress.h"
#include "core/base/places.h"
#include "worker/kernel/kernel_builder.h"
#include "worker/lease/attempt_runner.h"
#include "worker/target/ssh_machine.h"
#include "worker/run/template_pool.h"

namespace luolab {

/// Attempts of `luolab run`: as on any worker, but jobs of the run share saved machines, and what
/// goes on is shown. Everything is borrowed. One thread.
class LocalAttempts final : public AttemptRunner {
 public:
  LocalAttempts(KernelBuilder& builder, asio::thread_pool& blocking, const Places& places,
                TemplatePool& templates, RunProgress& progress,
                const std::vector<SshMachine>& machines)
      : builder_(builder),
        blocking_(blocking),
        places_(places),
        templates_(templates),
        progress_(progress),
        machines_(machines) {}

  Task<AttemptReport> run(const LeaseGrant& grant, AttemptTies ties) override;
  Task<bool> settle(std::int64_t) override { co_return true; }

 private:
  KernelBuilder& builder_;
  asio::thread_pool& blocking_;
  const Places& places_;
  TemplatePool& templates_;
  RunProgress& progress_;
  const std::vector<SshMachine>& machines_;
};

}  // namespace luolab
