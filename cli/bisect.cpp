// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/local_gate_runner.h"
#include "cli/result_file.h"
#include "cli/series_argument.h"
#include "cli/state_store.h"
#include "controller/gate/bisection.h"
#include "controller/gate/latency_judge.h"
#include "controller/results/safe_text.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

/// Of `bisect`, besides 0: the first bad patch, or a range, was found.
constexpr int kExitNotFound = 1;
constexpr int kExitCantTell = 3;

struct BisectFlags {
  JobFlags jobs;
  std::vector<std::string> series;
  std::string phase;
  double matters_percent = 5;
  std::string json;
  LocalRunFlags local;
};

/// Every patch of all series, one after the other.
Result<Series> joined_series(const Catalog& catalog, const std::vector<std::string>& arguments) {
  Series all;
  for (const std::string& argument : arguments) {
    auto series = find_series(catalog, argument);
    if (!series) return series.error();
    all.name += (all.name.empty() ? "" : ", ") + series->name;
    std::ranges::move(series->patches, std::back_inserter(all.patches));
  }
  return all;
}

/// By reading the scenario again with the prefix as its series: which kernels take it is the
/// scenario's to say.
JobsOfPrefix jobs_of(const BisectFlags& flags, const Series& series, const Catalog& catalog) {
  return [&flags, &catalog, series](std::size_t patches) {
    JobFlags with = flags.jobs;
    if (patches > 0) {
      with.brought = {series};
      with.brought.front().patches.resize(patches);
    }
    return read_jobs(with, catalog).value().jobs;
  };
}

int exit_code_of(BisectOutcome outcome) {
  switch (outcome) {
    case BisectOutcome::found:
    case BisectOutcome::range:
      return kExitPass;
    case BisectOutcome::not_there:
      return kExitNotFound;
    case BisectOutcome::before:
    case BisectOutcome::untestable:
      return kExitCantTell;
    case BisectOutcome::lab_trouble:
      return kExitLab;
  }
  return kExitLab;
}

std::string summary_of(const BisectReport& report) {
  std::string text;
  for (const PrefixResult& prefix : report.prefixes) {
    text += fmt::format("{:>4} patches  {:10}  {}\n", prefix.patches,
                        boost::describe::enum_to_string(prefix.state, ""), one_line(prefix.reason));
  }
  text += one_line(report.reason) + '\n';
  if (!report.signature.empty() && report.outcome == BisectOutcome::found)
    text += fmt::format("what fails: {}\n", one_line(report.signature));
  return text + fmt::format("{} kernels of the series\n", report.builds);
}

/// What is wrong with the flags; empty: nothing.
std::string flag_trouble(const BisectFlags& flags, const JobList& list) {
  if (flags.phase.empty()) return {};
  if (list.jobs.size() == 1) return {};
  return fmt::format(
      "--phase: the scenario has {} jobs; one alone can be timed (--set narrows a "
      "matrix)",
      list.jobs.size());
}

int bisect(const Places& places, const BisectFlags& flags) {
  const auto catalog = Catalog::load(places.data);
  if (!catalog) {
    std::cerr << catalog.error().what << '\n';
    return kExitUsage;
  }
  const auto series = joined_series(*catalog, flags.series);
  if (!series) {
    std::cerr << "--series: " << series.error().what << '\n';
    return kExitUsage;
  }
  const auto list = read_jobs(flags.jobs, *catalog);
  if (!list) return kExitUsage;
  if (const std::string trouble = flag_trouble(flags, *list); !trouble.empty()) {
    std::cerr << trouble << '\n';
    return kExitUsage;
  }
  auto store = open_state(places);
  if (!store) {
    std::cerr << store.error().what << '\n';
    return kExitLab;
  }
  LocalGateRunner runner(*store, {}, places, *catalog, flags.local);
  std::vector<std::string> names;
  for (const Patch& patch : series->patches) names.push_back(patch.name);
  const JobsOfPrefix jobs = jobs_of(flags, *series, *catalog);
  LatencySettings settings;
  settings.matters = flags.matters_percent / 100;
  Bisection bisection = flags.phase.empty()
                            ? Bisection(names, jobs, runner)
                            : Bisection(names, latency_judge(flags.phase, jobs, settings, runner),
                                        flags.phase + " is slower", runner);
  asio::io_context io;
  const auto report = run_until_interrupted(io, bisection.run());
  if (!report) {
    std::cerr << "Interrupted. What had ended is kept: luolab list\n";
    return kExitInterrupted;
  }
  std::cerr << summary_of(*report);
  write_result(flags.json, pretty(to_json(*report)));
  return exit_code_of(report->outcome);
}

}  // namespace

void add_bisect_command(CLI::App& root, CommandContext& context) {
  const auto flags = std::make_shared<BisectFlags>();
  CLI::App* command =
      root.add_subcommand("bisect", "Finds the first patch of a series that breaks a scenario");
  command
      ->add_option("--series", flags->series,
                   "The patches: a patch, mbox, folder, or git:DIR:RANGE; several are one series")
      ->required();
  command->add_option("--scenario", flags->jobs.files, "What fails with the whole series")
      ->required();
  command->add_option("--base", flags->jobs.base, "In place of every kernel's base");
  command->add_option("--fragment", flags->jobs.fragments,
                      "Kernel configuration added to every kernel");
  command->add_option("--set", flags->jobs.settings,
                      "KEY=VALUE: a matrix parameter, or a value by its path");
  command->add_option("--phase", flags->phase,
                      "Look for what makes this phase slower, not for a failure");
  command
      ->add_option("--matters", flags->matters_percent,
                   "With --phase: the smallest change that matters, in percent")
      ->check(CLI::Range(0.1, 1000.0))
      ->capture_default_str();
  add_slots_option(*command, flags->local);
  command->add_option("--json", flags->json, "Write the report as JSON (- is standard output)");
  command->callback([flags, &context] {
    flags->local.command_line = context.command_line;
    context.exit_code = bisect(context.places(), *flags);
  });
}

}  // namespace luolab
