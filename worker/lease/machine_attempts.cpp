// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/machine_attempts.h"

#include "worker/kernel/cache_folder.h"
#include "worker/lease/job_files.h"
#include "worker/run/attempt.h"
#include "worker/run/ssh_attempt.h"

namespace luolab {

Task<AttemptReport> MachineAttempts::run(const LeaseGrant& grant, AttemptTies ties) {
  Job job = grant.job;
  if (grant.from_power_on) job.fork = Fork::never;
  const WorkArea files(CacheFolder{parts_.cache});
  std::filesystem::path folder = files.path();
  const auto obtained = co_await obtain_files(parts_.api, job, std::move(folder));
  if (!obtained) {
    AttemptReport missing;
    missing.reason = obtained.error().what;
    missing.worker = parts_.worker;
    co_return missing;
  }
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
      .ours = std::move(ties.ours),
      .provided = [this](const KernelSpec& kernel) { return parts_.share.find(kernel); },
      .on_build = [this, &grant](
                      const KernelSpec& kernel,
                      const BuildResult& result) { parts_.share.built(grant, kernel, result); },
      .machines = &parts_.machines,
      .token = grant.attempt};
  AttemptReport report = co_await run_attempt(job, context);
  report.worker = parts_.worker;
  for (const Check& check : report.checks) {
    if (check.name == kHomeCheck) parts_.health.left_away(check.subject, check.detail);
  }
  co_return report;
}

}  // namespace luolab
