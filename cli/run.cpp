// SPDX-License-Identifier: Apache-2.0
#include <pwd.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/job_list.h"
#include "cli/run_progress.h"
#include "controller/results/results.h"
#include "controller/run_service.h"
#include "core/base/file.h"
#include "db/artifact_store.h"
#include "db/store.h"
#include "worker/run/attempt.h"

namespace luolab {
namespace {

struct RunFlags {
  JobFlags jobs;
  std::size_t slots = 1;
  std::string json, ktap, junit;
  std::string exit_style = "plain";
  bool locked = false;
  std::string command_line;
};

std::string login_name() {
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? std::to_string(::getuid()) : entry->pw_name;
}

/// A result for another program: a file, or standard output for "-".
void write_result(const std::string& place, const std::string& text) {
  if (place.empty()) return;
  if (place == "-") {
    std::cout << text << std::flush;
  } else {
    write_file_atomically(place, text);
  }
}

Task<bool> run_jobs(const CreatedRun& created, const JobList& list, Store& store,
                    const Places& places, const RunFlags& flags, const Catalog& catalog,
                    RunObserver& observer) {
  const auto executor = co_await asio::this_coro::executor;
  asio::thread_pool blocking(1);
  KernelBuilder builder(executor, {.cache_dir = places.cache,
                                   .jobs = std::max(1U, std::thread::hardware_concurrency()),
                                   .locked = flags.locked,
                                   .trusted_patches = catalog.patch_digests()});
  const ArtifactStore artifacts(artifact_folder(places.state));
  const AttemptFunction attempt =
      [&](const Job& job,
          std::function<void(std::string_view)> on_activity) -> Task<AttemptReport> {
    AttemptContext context{
        .builder = builder,
        .blocking = blocking,
        .agent = places.agent,
        .cache = places.cache,
        .keep = [&](const std::filesystem::path& file,
                    std::string_view name) { return artifacts.put_file(file, name); },
        .on_activity = std::move(on_activity)};
    co_return co_await run_attempt(job, context);
  };
  RunService service(store, attempt, observer);
  co_await service.run(created, list.jobs, flags.slots);
  co_return true;
}

void write_results(const RunRecord& run, const RunFlags& flags) {
  if (!flags.json.empty()) write_result(flags.json, results_json(run));
  if (!flags.ktap.empty()) write_result(flags.ktap, results_ktap(run));
  if (!flags.junit.empty()) write_result(flags.junit, results_junit(run));
}

int run_scenarios(const Places& places, const RunFlags& flags) {
  const auto catalog = Catalog::load(places.data);
  if (!catalog) {
    std::cerr << catalog.error().what << '\n';
    return kExitUsage;
  }
  const auto list = read_jobs(flags.jobs, *catalog);
  if (!list) return kExitUsage;
  auto store = Store::open(store_file(places.state));
  if (!store) {
    std::cerr << store.error().what << '\n';
    return kExitLab;
  }
  store->recover();
  std::string title = list->jobs.front().scenario;
  if (list->jobs.back().scenario != title) title += ", ...";
  const CreatedRun created = store->create_run({.title = title,
                                                .source_text = list->source_text,
                                                .submitter = login_name(),
                                                .command_line = flags.command_line},
                                               list->jobs);
  const TerminalStyle style = terminal_style(STDERR_FILENO);
  asio::io_context io;
  bool interrupted = false;
  {
    RunProgress progress(list->jobs.size(), ::isatty(STDERR_FILENO) == 1, style);
    interrupted = !run_until_interrupted(
        io, run_jobs(created, *list, *store, places, flags, *catalog, progress));
  }
  const auto run = store->run(created.id);
  if (!run) {
    std::cerr << run.error().what << '\n';
    return kExitLab;
  }
  std::cerr << promise_table(*run, style) << verdict_table(*run, style);
  write_results(*run, flags);
  if (interrupted) {
    std::cerr << fmt::format("Interrupted. What had ended is kept: luolab show {}\n",
                             id_text(created.id));
    return kExitInterrupted;
  }
  return exit_code(*run, flags.exit_style == "bisect" ? ExitStyle::bisect : ExitStyle::plain);
}

}  // namespace

void add_run_command(CLI::App& root, CommandContext& context) {
  const auto flags = std::make_shared<RunFlags>();
  CLI::App* command = root.add_subcommand("run", "Runs scenarios on this machine");
  command
      ->add_option("FILE", flags->jobs.files,
                   "Scenario files, folders of them, or - for standard input")
      ->required();
  command->add_option("--series", flags->jobs.series,
                      "Patches for every kernel: a patch, mbox, folder, or git:DIR:RANGE");
  command->add_option("--base", flags->jobs.base, "In place of every kernel's base");
  command->add_option("--fragment", flags->jobs.fragments,
                      "Kernel configuration added to every kernel");
  command->add_option("--set", flags->jobs.settings,
                      "KEY=VALUE: a matrix parameter, or a value by its path");
  command->add_option("--repeat", flags->jobs.repeat, "In place of the scenario's")
      ->check(CLI::Range(1, 100'000));
  command->add_option("--slots", flags->slots, "So many jobs at a time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--json", flags->json, "Write results as JSON (- is standard output)");
  command->add_option("--ktap", flags->ktap, "Write results as KTAP");
  command->add_option("--junit", flags->junit, "Write results as JUnit XML");
  command->add_option("--exit-code", flags->exit_style, "plain, or bisect for git bisect run")
      ->check(CLI::IsMember({"plain", "bisect"}))
      ->capture_default_str();
  command->add_flag("--locked", flags->locked,
                    "Refuse another version of a base than the recorded one");
  command->callback([flags, &context] {
    flags->command_line = context.command_line;
    context.exit_code = run_scenarios(context.places(), *flags);
  });
}

}  // namespace luolab
