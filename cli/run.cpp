// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/job_list.h"
#include "cli/local_run.h"
#include "cli/repeated_job.h"
#include "cli/result_file.h"
#include "cli/served_run.h"
#include "cli/targets_file.h"
#include "controller/results/results.h"

namespace luolab {
namespace {

constexpr const char* kAnyPort = "127.0.0.1:0";

struct RunFlags {
  JobFlags jobs;
  RepeatedJob again;
  std::string json, ktap, junit;
  std::string exit_style = "plain";
  std::string fork_style = "auto";
  bool serve = false;
  std::string serve_at;
  LocalRunFlags local;
};

void write_results(const RunRecord& run, const RunFlags& flags) {
  if (!flags.json.empty()) write_result(flags.json, results_json(run));
  if (!flags.ktap.empty()) write_result(flags.ktap, results_ktap(run));
  if (!flags.junit.empty()) write_result(flags.junit, results_junit(run));
}

void show_results(const RunRecord& run, const RunFlags& flags) {
  const TerminalStyle style = terminal_style(STDERR_FILENO);
  std::cerr << promise_table(run, style) << scaling_table(run, style) << rollout_table(run, style)
            << verdict_table(run, style);
  write_results(run, flags);
}

Result<LocalRun> run_with_dashboard(const JobList& list, const Places& places,
                                    const Catalog& catalog, const RunFlags& flags) {
  const auto listen =
      parse_listen_address("--serve", flags.serve_at.empty() ? kAnyPort : flags.serve_at);
  if (!listen) return listen.error();
  return run_served(list, places, catalog, flags.local, *listen,
                    [&flags](const RunRecord& run) { show_results(run, flags); });
}

int run_scenarios(const Places& places, RunFlags& flags) {
  const auto catalog = Catalog::load(places.data);
  if (!catalog) {
    std::cerr << catalog.error().what << '\n';
    return kExitUsage;
  }
  auto list = flags.again.job.empty() ? read_jobs(flags.jobs, *catalog)
                                      : read_repeated_job(flags.again, flags.jobs, places);
  if (!list) return kExitUsage;
  if (flags.fork_style == "never") {
    for (Job& job : list->jobs) job.fork = Fork::never;
  }
  if (!flags.local.targets_file.empty()) {
    auto machines = read_targets_file(flags.local.targets_file);
    if (!machines) {
      std::cerr << machines.error().what << '\n';
      return kExitUsage;
    }
    flags.local.machines = std::move(*machines);
  }
  const auto ended = flags.serve ? run_with_dashboard(*list, places, *catalog, flags)
                                 : run_here(*list, places, *catalog, flags.local);
  if (!ended) {
    std::cerr << ended.error().what << '\n';
    return ended.error().fault == Fault::scenario ? kExitUsage : kExitLab;
  }
  const RunRecord& run = ended->run;
  if (!flags.serve || ended->interrupted) show_results(run, flags);
  if (ended->interrupted) {
    std::cerr << fmt::format("Interrupted. What had ended is kept: luolab show {}\n",
                             id_text(run.id));
    return kExitInterrupted;
  }
  return exit_code(run, flags.exit_style == "bisect" ? ExitStyle::bisect : ExitStyle::plain);
}

}  // namespace

void add_run_command(CLI::App& root, CommandContext& context) {
  const auto flags = std::make_shared<RunFlags>();
  CLI::App* command = root.add_subcommand("run", "Runs scenarios on this machine");
  CLI::Option* again =
      command->add_option("--job", flags->again.job,
                          "In place of files: the very same job again, one that was run here (j34) "
                          "or, with --controller, there; or a file that holds one");
  const std::vector<CLI::Option*> not_again{
      command->add_option("FILE", flags->jobs.files,
                          "Scenario files, folders of them, or - for standard input"),
      command->add_option("--series", flags->jobs.series,
                          "Patches for every kernel: a patch, mbox, folder, or git:DIR:RANGE"),
      command->add_option("--base", flags->jobs.base, "In place of every kernel's base"),
      command->add_option("--fragment", flags->jobs.fragments,
                          "Kernel configuration added to every kernel"),
      command->add_option("--set", flags->jobs.settings,
                          "KEY=VALUE: a matrix parameter, or a value by its path")};
  for (CLI::Option* option : not_again) again->excludes(option);
  for (CLI::Option* option : add_service_flags(*command, flags->again.service))
    option->needs(again);
  command->add_option("--targets-file", flags->local.targets_file,
                      "Machines that are reached over SSH (docs/real-machines.md)");
  command->add_option("--on", flags->jobs.on,
                      "Every job on this machine of the targets file, whatever its scenario says");
  command->add_option("--repeat", flags->jobs.repeat, "In place of the scenario's")
      ->check(CLI::Range(1, 100'000));
  add_slots_option(*command, flags->local);
  command->add_option("--json", flags->json, "Write results as JSON (- is standard output)");
  command->add_option("--ktap", flags->ktap, "Write results as KTAP");
  command->add_option("--junit", flags->junit, "Write results as JUnit XML");
  command->add_option("--exit-code", flags->exit_style, "plain, or bisect for git bisect run")
      ->check(CLI::IsMember({"plain", "bisect"}))
      ->capture_default_str();
  command
      ->add_option("--fork", flags->fork_style,
                   "auto, or never: every job from power-on, whatever its scenario says")
      ->check(CLI::IsMember({"auto", "never"}))
      ->capture_default_str();
  const CLI::Option* serve =
      command
          ->add_option("--serve", flags->serve_at,
                       "Show the dashboard while it runs, and afterwards until Ctrl-C; at a free "
                       "loopback port, or at ADDRESS:PORT")
          ->type_name("[ADDRESS:PORT]")
          ->expected(0, 1);
  command->add_flag("--locked", flags->local.locked,
                    "Refuse another version of a base than the recorded one");
  command->callback([flags, again, serve, &context] {
    if (again->count() == 0 && flags->jobs.files.empty())
      throw CLI::RequiredError("FILE, or --job JOB");
    flags->serve = serve->count() > 0;
    flags->local.command_line = context.command_line;
    context.exit_code = run_scenarios(context.places(), *flags);
  });
}

}  // namespace luolab
