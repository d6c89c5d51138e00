// SPDX-License-Identifier: Apache-2.0
#include "worker/run/ssh_attempt.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "core/base/file.h"
#include "worker/kernel/cache_folder.h"
#include "worker/run/attempt_setup.h"
#include "worker/run/conversation.h"
#include "worker/run/machine_fit.h"
#include "worker/run/machine_use.h"
#include "worker/target/ssh_target.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kMachineWait{60};

const SshMachine* find_machine(const AttemptContext& context, const std::string& name) {
  if (context.machines == nullptr) return nullptr;
  const auto found = std::ranges::find(*context.machines, name, &SshMachine::name);
  return found == context.machines->end() ? nullptr : &*found;
}

/// The first kernel without what SSH needs; empty: none.
std::string without_network(const Job& job, const std::vector<KernelBuild>& builds) {
  for (std::size_t i = 0; i < builds.size(); ++i) {
    const auto config = read_file(builds[i].image.parent_path() / "config");
    if (config && config->find("\nCONFIG_INET=y") == std::string::npos) {
      return fmt::format(
          "{} has no CONFIG_INET, so it can't be reached over SSH: add the fragment "
          "network (luolab run --fragment network)",
          kernel_title(job.kernels[i]));
    }
  }
  return {};
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/// How long the attempt may have the machine.
std::chrono::seconds hold_of(const Job& job, const SshMachine& machine) {
  const auto hops = static_cast<std::int64_t>(job.hops.size());
  const auto time = job.timeouts.boot + hops * (job.timeouts.hop + 4 * job.timeouts.silence);
  return std::chrono::duration_cast<std::chrono::seconds>(time) + 3 * machine.home_limit;
}

/// Waits for a health check that goes on. Empty where somebody else has the machine for longer.
Task<std::optional<FileLock>> lock_machine(const AttemptContext& context,
                                           const SshMachine& machine) {
  const fs::path file = machine_lock_file(context.cache, machine);
  asio::steady_timer pause(co_await asio::this_coro::executor);
  for (const auto end = Clock::now() + kMachineWait;;) {
    FileLock lock = FileLock::attempt(file);
    if (lock.held()) co_return lock;
    if (Clock::now() >= end) co_return std::nullopt;
    context.on_activity("waiting for machine " + machine.name);
    pause.expires_after(std::chrono::milliseconds(300));
    co_await pause.async_wait(asio::use_awaitable);
  }
}

/// From the machine's being found until the verdict.
Task<AttemptReport> update_there(Job job, const std::vector<KernelBuild>& builds,
                                 AttemptContext& context, SshTarget& target,
                                 const SshMachine& machine, fs::path scratch,
                                 std::string ssh_server) {
  const auto found = co_await target.prepare();
  if (!found) co_return without_machine(Verdict::MISS, "target", found.error().what);
  if (const std::string lack = does_not_fit(job, *found); !lack.empty()) {
    co_return without_machine(Verdict::SKIP, "target", machine.name + ": " + lack);
  }
  for (std::string& word : words_of(target.cmdline_words())) {
    job.target.cmdline.push_back(std::move(word));
  }
  const AttemptSetup setup{job, builds, context, target.accel()};
  const auto incoming = incoming_builds(setup);
  const auto initramfs = write_initramfs(context, incoming, job.load, scratch, ssh_server);
  if (!initramfs) co_return without_machine(Verdict::MISS, "target", initramfs.error().what);
  auto prepare = [&] { return make_plan(setup, AttemptSecrets::fresh()); };
  RunPlan plan = co_await run_on(context.blocking.get_executor(), std::move(prepare));
  plan.console_tells = !machine.console.empty() && machine.root == RootSystem::ours;
  if (machine.root == RootSystem::own) {
    for (const KernelBuild& build : incoming) {
      target.add_file(kernel_file_name({.build = build.digest}), build.image);
    }
  }
  const BootSpec boot = setup.boot(*initramfs, scratch);
  write_scratch_file(boot.console_file, {});
  const auto started = co_await target.start(boot);
  if (!started) co_return without_machine(Verdict::MISS, "target", started.error().what);
  if (context.on_console) context.on_console(boot.console_file);
  RunMachine run(plan, Clock::now());
  co_await converse(target, run, context);
  keep_page_map(run, scratch);
  AttemptReport report = run.report();
  report.accel = target.accel();
  co_return report;
}

}  // namespace

Task<AttemptReport> run_on_ssh(const Job& job, const std::vector<KernelBuild>& builds,
                               AttemptContext& context, fs::path scratch) {
  const SshMachine* const machine = find_machine(context, job.target.name);
  if (machine == nullptr) {
    co_return without_machine(
        Verdict::MISS, "target",
        fmt::format("machine \"{}\" is not in the targets file (luolab run --targets-file FILE; "
                    "docs/real-machines.md)",
                    job.target.name));
  }
  if (const std::string why = needs_hypervisor(job, *machine); !why.empty())
    co_return without_machine(Verdict::SKIP, "target", why);
  if (const std::string why = without_network(job, builds); !why.empty())
    co_return without_machine(Verdict::ERROR, "target", why);
  const CacheFolder cache{context.cache};
  fs::create_directories(context.cache / "locks");
  const auto lock = co_await lock_machine(context, *machine);
  if (!lock) {
    co_return without_machine(Verdict::MISS, "target",
                              fmt::format("{}: another job here has this machine", machine->name));
  }
  fs::path folder = scratch;
  auto server_key = co_await make_server_key(std::move(folder));
  if (!server_key) co_return without_machine(Verdict::MISS, "target", server_key.error().what);
  SshTargetOptions options{.machine = *machine,
                           .self = lock_owner(context.cache, context.token),
                           .hold = hold_of(job, *machine),
                           .agent = context.agent,
                           .server_key = *server_key,
                           .client_key = make_ssh_key(),
                           .away_file = away_file(context.cache, *machine),
                           .may = context.ours,
                           .tell = context.on_activity};
  std::string client_key = options.client_key.public_text;
  auto ssh_server = co_await pack_ssh_server(std::move(*server_key), std::move(client_key));
  if (!ssh_server) co_return without_machine(Verdict::MISS, "target", ssh_server.error().what);
  SshTarget target(co_await asio::this_coro::executor, std::move(options));
  AttemptReport report;
  std::exception_ptr failure;
  try {
    Job own = job;
    fs::path here = scratch;
    report = co_await update_there(std::move(own), builds, context, target, *machine,
                                   std::move(here), std::move(*ssh_server));
  } catch (...) {
    failure = std::current_exception();
  }
  // Also where the attempt is cancelled: a machine that is not ours is not left in our kernel.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  const auto home = co_await target.bring_home();
  if (failure) std::rethrow_exception(failure);
  if (!home) {
    report.checks.push_back({-1, kHomeCheck, machine->name, Verdict::MISS, home.error().what});
    context.on_activity(home.error().what);
  }
  co_return report;
}

}  // namespace luolab
