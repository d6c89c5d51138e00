// SPDX-License-Identifier: Apache-2.0
#include "worker/run/attempt.h"

#include <unistd.h>

#include <set>

#include <fmt/format.h>

#include "core/base/file.h"
#include "core/protocol/json.h"
#include "worker/kernel/cache_folder.h"
#include "worker/kernel/runtime_content.h"
#include "worker/run/attempt_setup.h"
#include "worker/run/conversation.h"
#include "worker/run/echo_probe.h"
#include "worker/run/fork.h"
#include "worker/run/machine_fit.h"
#include "worker/run/ssh_attempt.h"
#include "worker/run/template_maker.h"
#include "worker/target/accel.h"
#include "worker/target/host_memory.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

Verdict verdict_of(BuildTrouble trouble) {
  switch (trouble) {
    case BuildTrouble::does_not_apply:
    case BuildTrouble::option_missing:
      return Verdict::SKIP;
    case BuildTrouble::compile_failed:
      return Verdict::ERROR;
    case BuildTrouble::lab:
      return Verdict::MISS;
  }
  return Verdict::MISS;
}

std::string in_words(const BuildProgress& progress) {
  std::string words = progress.stage;
  if (progress.total > 0) words += fmt::format(" {} of about {}", progress.done, progress.total);
  if (progress.left.count() > 0) words += fmt::format(" ({} s left)", progress.left.count());
  return words;
}

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

/// The kernels of a job, or the report that says why there are none.
struct BuiltKernels {
  std::vector<KernelBuild> builds;
  std::optional<AttemptReport> trouble;
};

void tell_build(const KernelSpec& kernel, const std::optional<BuildResult>& build,
                const AttemptContext& context) {
  if (!build) {
    context.on_build(
        kernel,
        BuildError{BuildTrouble::lab, lab_error("the build took longer than timeouts.build"), {}});
  } else if (*build || build->error().error.fault != Fault::canceled) {
    context.on_build(kernel, *build);
  }
}

Task<BuiltKernels> build_kernels(const Job& job, AttemptContext& context) {
  BuiltKernels built;
  for (const KernelSpec& kernel : job.kernels) {
    if (auto provided = context.provided ? context.provided(kernel) : std::nullopt) {
      built.builds.push_back(std::move(*provided));
      continue;
    }
    const std::string title = kernel_title(kernel);
    const auto tell = [&](const BuildProgress& progress) {
      context.on_activity(title + ": " + in_words(progress));
    };
    Task<BuildResult> building = context.builder.build(kernel, tell);
    auto build = co_await within(job.timeouts.build, std::move(building));
    if (context.on_build) tell_build(kernel, build, context);
    if (!build) {
      built.trouble = without_machine(Verdict::MISS, "build",
                                      title + ": the build took longer than timeouts.build");
      co_return built;
    }
    if (!*build) {
      const BuildError& error = build->error();
      if (error.error.fault == Fault::canceled) {
        throw boost::system::system_error(asio::error::operation_aborted);
      }
      std::string reason = title + ": " + error.error.what;
      if (!error.evidence.empty()) reason += "\n" + error.evidence;
      built.trouble = without_machine(verdict_of(error.trouble), "build", std::move(reason));
      co_return built;
    }
    built.builds.push_back(std::move(**build));
  }
  co_return built;
}

Task<std::exception_ptr> outcome_of(Task<void> task) {
  std::exception_ptr failure;
  try {
    co_await std::move(task);
  } catch (...) {
    failure = std::current_exception();
  }
  co_return failure;
}

/// `main` with something that goes on beside it until it has ended, in whatever way.
Task<void> beside(Task<void> companion, Task<void> main) {
  using namespace asio::experimental::awaitable_operators;
  Task<std::exception_ptr> outcome = outcome_of(std::move(main));
  const auto first = co_await (std::move(outcome) || std::move(companion));
  if (first.index() == 0 && std::get<0>(first)) std::rethrow_exception(std::get<0>(first));
}

Task<AttemptReport> run_from_power_on(const AttemptSetup& setup, const fs::path& scratch) {
  const auto incoming = incoming_builds(setup);
  const auto initramfs = write_initramfs(setup.context, incoming, setup.job.load, scratch);
  if (!initramfs) co_return without_machine(Verdict::MISS, "target", initramfs.error().what);
  const auto executor = co_await asio::this_coro::executor;
  QemuOptions options = setup.options();
  std::optional<EchoProbe> echo;
  if (const LoadSpec* const load = echo_of(setup.job)) {
    echo.emplace(executor, load->rate);
    options.network = echo->machine_end().get();
  }
  QemuTarget target(executor, std::move(options));
  const auto power_on = Clock::now();
  const BootSpec boot = setup.boot(*initramfs, scratch);
  write_scratch_file(boot.console_file, {});  // QEMU appends to it
  const auto started = co_await target.start(boot);
  if (!started) co_return without_machine(Verdict::MISS, "target", started.error().what);
  if (setup.context.on_console) setup.context.on_console(boot.console_file);
  if (echo) echo->machine_end().reset();

  // While the guest boots, the worker computes what it must find.
  auto prepare = [&] { return make_plan(setup, AttemptSecrets::fresh()); };
  const RunPlan plan = co_await run_on(setup.context.blocking.get_executor(), std::move(prepare));
  RunMachine machine(plan, power_on);
  Task<void> driving = converse(target, machine, setup.context);
  if (echo) driving = beside(echo->run(), std::move(driving));
  co_await std::move(driving);
  AttemptReport report = machine.report();
  keep_page_map(machine, scratch);
  if (echo) add_echo(report, echo->log(), power_on);
  report.accel = target.accel();
  co_return report;
}

/// The saved machine that the job can start from, if any.
Task<TemplateRef> find_template(AttemptSetup& setup) {
  AttemptContext& context = setup.context;
  // A template holds the kernels that were built, not what a test puts in their place.
  if (context.templates == nullptr || !context.hooks.incoming_image.empty()) co_return nullptr;
  const TemplatePool::Make make = [&setup](const TemplateWish& wish, TemplateRef base) {
    return make_template(setup, wish, std::move(base));
  };
  co_return co_await context.templates->get(setup.job, make);
}

Task<AttemptReport> run_on_qemu(const Job& job, const std::vector<KernelBuild>& builds,
                                AttemptContext& context, const fs::path& scratch) {
  fs::path probes = context.cache;
  std::string program = QemuOptions{}.program;
  auto accel = co_await probe_accel(std::move(probes), std::move(program));
  if (!accel) co_return without_machine(Verdict::MISS, "target", accel.error().what);
  AttemptSetup setup{job, builds, context, std::move(*accel)};
  if (TemplateRef origin = co_await find_template(setup)) {
    fs::path folder = scratch;
    auto report = co_await run_forked(setup, std::move(origin), std::move(folder));
    if (report) co_return std::move(*report);
    fs::remove(scratch / "console.log");
  }
  co_return co_await run_from_power_on(setup, scratch);
}

std::string metadata_text(const KernelBuild& build) {
  const auto text = read_file(build.metadata);
  return text ? *text : "{}";
}

/// With what an older luolab did not write when it made the build.
std::string whole_metadata(const KernelBuild& build) {
  std::string text = metadata_text(build);
  boost::system::error_code code;
  boost::json::value metadata = boost::json::parse(text, code);
  if (code || !metadata.is_object() || metadata.get_object().contains("runtime_sha256"))
    return text;
  if (build.vmlinux.empty()) return text;
  const auto content = runtime_content_of(build.vmlinux);
  if (!content) return text;
  metadata.get_object()["runtime_sha256"] = *content;
  return pretty(metadata);
}

void add_builds(AttemptReport& report, const Job& job, const std::vector<KernelBuild>& builds) {
  for (std::size_t i = 0; i < builds.size(); ++i) {
    report.builds.push_back(
        {builds[i].digest, kernel_title(job.kernels[i]), builds[i].release, builds[i].base_version,
         builds[i].build_id,
         job.build_only ? whole_metadata(builds[i]) : metadata_text(builds[i])});
  }
}

/// What a build was made with and what was said meanwhile, beside its image; a prebuilt one has
/// neither. Equal files are stored once, whatever the number of attempts.
void keep_build_papers(AttemptReport& report, const std::vector<KernelBuild>& builds,
                       const AttemptContext& context) {
  std::set<std::string> seen;
  for (const KernelBuild& build : builds) {
    if (!seen.insert(build.digest).second) continue;
    for (const char* paper : {"config", "build.log"}) {
      const fs::path file = build.image.parent_path() / paper;
      if (!fs::exists(file)) continue;
      const std::string name = fmt::format("{}-{}", paper, build.digest.substr(0, 16));
      report.artifacts.push_back(context.keep(file, name));
    }
  }
}

/// Why nothing is built for this job here; empty: nothing is in the way.
std::string nothing_for_this_worker(const Job& job) {
  if (job.build_only || job.target.driver == "ssh") return {};
  return exceeds_worker(job, total_memory_bytes());
}

/// The attempt proper; what breaks the environment (disk full, out of descriptors) is thrown.
Task<AttemptReport> make_attempt(const Job& job, AttemptContext& context) {
  if (const std::string why = nothing_for_this_worker(job); !why.empty())
    co_return without_machine(Verdict::SKIP, "target", why);
  BuiltKernels built = co_await build_kernels(job, context);
  AttemptReport report;
  if (built.trouble) {
    report = std::move(*built.trouble);
  } else if (job.build_only) {
    report = without_machine(Verdict::DONE, "build", "built");
  } else {
    const CacheFolder cache{context.cache};
    const WorkArea scratch(cache);
    if (job.target.driver == "ssh") {
      fs::path folder = scratch.path();
      report = co_await run_on_ssh(job, built.builds, context, std::move(folder));
    } else {
      report = co_await run_on_qemu(job, built.builds, context, scratch.path());
    }
    if (const fs::path console = scratch.path() / "console.log"; fs::exists(console)) {
      report.artifacts.push_back(context.keep(console, "console.log"));
    }
    if (const fs::path map = scratch.path() / kPageMapArtifact; fs::exists(map)) {
      report.artifacts.push_back(context.keep(map, kPageMapArtifact));
    }
  }
  add_builds(report, job, built.builds);
  keep_build_papers(report, built.builds, context);
  co_return report;
}

}  // namespace

Task<AttemptReport> run_attempt(const Job& job, AttemptContext& context) {
  const auto began = Clock::now();
  AttemptReport report;
  try {
    report = co_await make_attempt(job, context);
  } catch (const boost::system::system_error&) {
    throw;  // cancelled
  } catch (const std::exception& error) {
    report = without_machine(Verdict::MISS, "lab", error.what());
  }
  report.worker = host_name();
  report.wall = Clock::now() - began;
  co_return report;
}

}  // namespace luolab
