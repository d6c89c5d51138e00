// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <thread>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/targets_file.h"
#include "cli/token_file.h"
#include "cli/watchdog.h"
#include "cli/worker_log.h"
#include "core/base/quantity.h"
#include "core/base/service_notice.h"
#include "kernel-patches/catalog.h"
#include "worker/lease/http_controller.h"
#include "worker/lease/lease_loop.h"
#include "worker/lease/machine_attempts.h"
#include "worker/lease/machine_facts.h"
#include "worker/target/accel.h"
#include "worker/target/qemu_command.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

/// For attempts to end and results to be delivered after a signal.
constexpr std::chrono::seconds kStopTime{15};

struct WorkerFlags {
  std::string controller;
  std::string token_file;
  std::string ca_file;
  std::string name;
  std::uint32_t slots = 1;
  std::string memory;
  std::vector<std::string> tags;
  std::vector<std::string> targets;
  std::string targets_file;
  bool once = false;
};

int exit_code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::FAIL:
      return kExitFail;
    case Verdict::ERROR:
    case Verdict::MISS:
      return kExitLab;
    case Verdict::SKIP:
      return kExitSkip;
    default:
      return kExitPass;
  }
}

/// What flags and host say; whether there is kvm comes later.
Result<WorkerHello> hello_of(const WorkerFlags& flags) {
  auto hello = describe_host();
  if (!hello) return hello;
  if (!flags.name.empty()) hello->name = flags.name;
  if (!is_worker_name(hello->name)) {
    return scenario_error(fmt::format(
        "\"{}\" is no name of a worker: 1 to 63 of a-z A-Z 0-9 . _ - (give --name)", hello->name));
  }
  hello->version = LUOLAB_VERSION;
  hello->slots = flags.slots;
  hello->tags = flags.tags;
  hello->targets = flags.targets;
  if (!flags.memory.empty()) {
    const auto memory = parse_size(flags.memory);
    if (!memory) {
      return scenario_error(fmt::format("--memory: \"{}\" is not a size (try 8GiB)", flags.memory));
    }
    hello->memory_bytes = *memory;
  }
  return hello;
}

/// The first signal stops the loop; a second one, or a stop that takes too long, ends the process.
Task<void> watch_signals(LeaseLoop& loop, WorkerLog& log) {
  const auto executor = co_await asio::this_coro::executor;
  asio::signal_set signals(executor, SIGINT, SIGTERM);
  co_await signals.async_wait(asio::use_awaitable);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  signals.clear();
  notify_service("STOPPING=1");
  log.info("stopping: attempts are ended and reported as MISS");
  loop.stop();
  asio::steady_timer timer(executor, kStopTime);
  co_await timer.async_wait(asio::use_awaitable);
  log.error("attempts did not end in time; they are reported at the next start");
  std::_Exit(kExitPass);
}

/// What goes on beside the loop and ends with it: being cancelled is its normal end.
Task<void> until_cancelled(Task<void> companion) {
  try {
    co_await std::move(companion);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) throw;
  }
}

struct Setting {
  Places places;
  WorkerFlags flags;
  WorkerHello hello;
  std::string token;
  std::vector<SshMachine> machines;
};

Task<int> run_worker(Setting setting, WorkerLog& log) {
  const auto executor = co_await asio::this_coro::executor;
  const Places& places = setting.places;
  fs::path probes = places.cache;
  std::string program = QemuOptions{}.program;
  const auto accel = co_await probe_accel(std::move(probes), std::move(program));
  if (!accel) {
    log.error(accel.error().what);
    co_return kExitLab;
  }
  setting.hello.kvm = *accel == "kvm";
  const auto catalog = Catalog::load(places.data);
  const HttpClientOptions http{
      .url = setting.flags.controller, .token = setting.token, .ca_file = setting.flags.ca_file};
  const auto api = HttpController::make(executor, http, setting.hello.name);
  if (!api || !catalog) {
    log.error(api ? catalog.error().what : api.error().what);
    co_return kExitUsage;
  }
  auto spool = Spool::open(places.state / "spool" / setting.hello.name);
  if (!spool) {
    log.error(spool.error().what);
    co_return kExitLab;
  }
  SteadyLeaseClock clock;
  asio::thread_pool blocking(1);
  KernelBuilder builder(executor, {.cache_dir = places.cache,
                                   .jobs = std::max(1U, std::thread::hardware_concurrency()),
                                   .trusted_patches = catalog->patch_digests()});
  BuildShare share(executor, blocking.get_executor(), **api, clock, CacheFolder{places.cache});
  LeaseLoop* looking = nullptr;
  MachineHealth health({.machines = setting.machines,
                        .cache = places.cache,
                        .agent = places.agent,
                        .changed = [&](const std::string& machine, const std::string& reason) {
                          log.machine(machine, reason);
                          if (looking != nullptr) looking->look_again();
                        }});
  MachineAttempts attempts({**api, builder, share, blocking, places.agent, places.cache,
                            setting.hello.name, setting.machines, health});
  LeaseLoopOptions options;
  options.self = setting.hello;
  options.once = setting.flags.once;
  LeaseLoop loop(executor, {**api, *spool, attempts, clock, log}, std::move(options));
  looking = &loop;
  TaskGroup beside(executor);
  beside.spawn(until_cancelled(health.watch()));
  beside.spawn(until_cancelled(watch_signals(loop, log)));
  beside.spawn(until_cancelled(feed_watchdog()));
  std::exception_ptr failure;
  std::optional<Result<std::optional<AttemptReport>>> end;
  try {
    auto ended = co_await loop.run();
    end.emplace(std::move(ended));
  } catch (...) {
    failure = std::current_exception();
  }
  co_await share.end();
  beside.cancel();
  co_await beside.join();
  if (failure) std::rethrow_exception(failure);
  if (!*end) {
    log.error(fmt::format("refused: {}", end->error().what));
    co_return kExitUsage;
  }
  log.info("stopped");
  co_return **end ? exit_code_of((**end)->verdict) : static_cast<int>(kExitPass);
}

int start_worker(const Places& places, const WorkerFlags& flags) {
  auto hello = hello_of(flags);
  const auto token =
      flags.token_file.empty() ? Result<std::string>("") : read_token_file(flags.token_file);
  if (!hello || !token) {
    std::cerr << "luolab: " << (hello ? token.error().what : hello.error().what) << '\n';
    return kExitUsage;
  }
  auto machines = flags.targets_file.empty()
                      ? Result<std::vector<SshMachine>>(std::vector<SshMachine>())
                      : read_targets_file(flags.targets_file);
  if (!machines) {
    std::cerr << machines.error().what << '\n';
    return kExitUsage;
  }
  for (const SshMachine& machine : *machines) hello->targets.push_back(machine.name);
  WorkerLog log(hello->name);
  asio::io_context io;
  int exit_code = kExitLab;
  std::exception_ptr failure;
  asio::co_spawn(io,
                 run_worker({places, flags, std::move(*hello), *token, std::move(*machines)}, log),
                 [&](std::exception_ptr error, int code) {
                   failure = error;
                   if (!error) exit_code = code;
                 });
  io.run();
  if (failure) std::rethrow_exception(failure);
  return exit_code;
}

}  // namespace

void add_worker_command(CLI::App& root, CommandContext& context) {
  const auto flags = std::make_shared<WorkerFlags>();
  CLI::App* command =
      root.add_subcommand("worker", "Makes this machine a lab machine of a controller");
  command->add_option("--controller", flags->controller, "URL: https://lab.example:7443")
      ->required();
  command->add_option("--token-file", flags->token_file,
                      "File with a token of role worker, which only its owner may read");
  command->add_option("--ca-file", flags->ca_file,
                      "Certificates to trust (PEM), in place of the system's");
  command->add_option("--name", flags->name, "In place of the host's; unique in the fleet");
  command->add_option("--slots", flags->slots, "So many jobs at a time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--memory", flags->memory,
                      "For all its machines together; default: the host's less 1GiB");
  command->add_option("--tags", flags->tags, "What jobs may ask for: A,B")->delimiter(',');
  command
      ->add_option("--targets", flags->targets,
                   "Machines that jobs may ask for by name, each for one job at a time: A,B")
      ->delimiter(',');
  command->add_option(
      "--targets-file", flags->targets_file,
      "Machines that are reached over SSH (docs/real-machines.md); adds their names "
      "to --targets");
  command->add_flag("--once", flags->once, "Ends after one job, with its exit code");
  command->callback(
      [flags, &context] { context.exit_code = start_worker(context.places(), *flags); });
}

}  // namespace luolab
