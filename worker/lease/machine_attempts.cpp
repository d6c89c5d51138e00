// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/machine_attempts.h"

#include "worker/run/attempt.h"

namespace luolab {

Task<AttemptReport> MachineAttempts::run(const LeaseGrant& grant, AttemptTies ties) {
  std::function<void(std::string_view)> tell = ties.on_activity;
  co_await parts_.share.obtain(grant, std::move(tell));
  AttemptContext context{
      .builder = parts_.builder,
      .blocking = parts_.blocking,
      .agent = parts_.agent,
      .cache = parts_.cache,
      .keep = std::move(ties.keep),
      .on_activity = std::move(ties.on_activity),
      .on_console = std::move(ties.on_console),
      .provided = [this](const KernelSpec& kernel) { return parts_.share.find(kernel); },
      .on_build = [this, &grant](
                      const KernelSpec& kernel,
                      const BuildResult& result) { parts_.share.built(grant, kernel, result); }};
  AttemptReport report = co_await run_attempt(grant.job, context);
  report.worker = parts_.worker;
  co_return report;
}

}  // namespace luolab
