// SPDX-License-Identifier: Apache-2.0
#include "worker/run/attempt_setup.h"

#include <algorithm>

#include <boost/json.hpp>

#include "core/base/file.h"
#include "core/protocol/json.h"
#include "worker/target/host_tsc.h"
#include "worker/target/initramfs.h"

namespace luolab {

namespace fs = std::filesystem;

AttemptReport without_machine(Verdict verdict, std::string check, std::string reason) {
  AttemptReport report;
  report.checks.push_back({-1, std::move(check), {}, verdict, reason});
  report.verdict = verdict;
  report.reason = std::move(reason);
  return report;
}

QemuOptions AttemptSetup::options() const {
  QemuOptions options;
  options.accel = accel;
  options.survive_reset = context.hooks.survive_reset;
  return options;
}

std::string AttemptSetup::cmdline() const {
  return kernel_cmdline(job, accel == "tcg" ? first_host_tsc_hz() : 0);
}

namespace {

/// The disk of the job, empty and sparse; no path where it has none.
fs::path make_disk(const Job& job, const fs::path& folder) {
  if (job.target.disk_bytes == 0) return {};
  const fs::path disk = folder / "disk";
  write_scratch_file(disk, {});
  fs::resize_file(disk, job.target.disk_bytes);
  return disk;
}

}  // namespace

BootSpec AttemptSetup::boot(const fs::path& initramfs, const fs::path& folder) const {
  return {.name = job_title(job),
          .image = builds[job.outgoing].image,
          .initrd = initramfs,
          .cmdline = cmdline(),
          .memory_bytes = job.target.memory_bytes,
          .cpus = job.target.cpus,
          .disk = make_disk(job, folder),
          .console_file = folder / "console.log"};
}

namespace {

std::string sessions_text(const Job& job) {
  return boost::json::serialize(boost::json::array{to_json(job.sessions), job.range_bytes,
                                                   to_json(job.before), to_json(job.after),
                                                   job.hops.size()});
}

}  // namespace

ExpectedContents contents_of(const RunPlan& plan) {
  return {sessions_text(plan.job), plan.secrets.seed, plan.memfds};
}

RunPlan make_plan(const AttemptSetup& setup, AttemptSecrets secrets,
                  const ExpectedContents* computed) {
  const AttemptHooks& hooks = setup.context.hooks;
  RunPlan plan{.job = setup.job,
               .secrets = std::move(secrets),
               .cmdline = setup.cmdline(),
               .tampering = hooks.tampering};
  for (const KernelBuild& build : setup.builds) {
    plan.kernels.push_back({build.digest, build.release, build.build_id});
  }
  const bool known = computed != nullptr && computed->seed == plan.secrets.seed &&
                     computed->sessions == sessions_text(setup.job);
  plan.memfds = known ? computed->memfds : plan_memfds(setup.job, plan.secrets);
  if (setup.accel == "tcg") plan.tsc_hz = host_tsc_hz();
  plan.loads = plan_loads(setup.job, plan.memfds);
  plan.drop_store = hooks.drop_store;
  for (const std::string& word : hooks.incoming_cmdline) plan.cmdline += " " + word;
  return plan;
}

void keep_page_map(const RunMachine& machine, const fs::path& folder) {
  const PageMap map = machine.page_map();
  if (!map.memfds.empty()) write_scratch_file(folder / kPageMapArtifact, to_text(map));
}

std::vector<KernelBuild> incoming_builds(const AttemptSetup& setup) {
  std::vector<KernelBuild> incoming;
  for (const std::uint32_t hop : setup.job.hops) {
    const KernelBuild& build = setup.builds[hop];
    if (std::ranges::find(incoming, build.digest, &KernelBuild::digest) == incoming.end()) {
      incoming.push_back(build);
    }
  }
  return incoming;
}

Result<fs::path> write_initramfs(const AttemptContext& context,
                                 std::span<const KernelBuild> incoming,
                                 std::span<const LoadSpec> loads, const fs::path& folder,
                                 std::string_view beside_agent) {
  auto agent = agent_initramfs(context.agent);
  if (!agent) return agent.error();
  *agent += beside_agent;
  for (const LoadSpec& load : loads) {
    if (load.kind != LoadKind::exec) continue;
    auto program = read_file(load.file);
    if (!program) return lab_error(program.error().what);
    *agent += pack_agent_file(program_name(load), std::move(*program));
  }
  std::string packed = *agent;
  for (const KernelBuild& build : incoming) {
    const fs::path& other = context.hooks.incoming_image;
    auto bytes = read_file(other.empty() ? build.image : other);
    if (!bytes) return lab_error(bytes.error().what);
    packed += pack_agent_file(kernel_file_name({.build = build.digest}), std::move(*bytes));
  }
  packed += pack_agent_file(kInitrdFileName, *agent);
  const fs::path file = folder / "initramfs";
  write_scratch_file(file, packed);
  return file;
}

}  // namespace luolab
