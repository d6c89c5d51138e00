// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/local_run.h"
#include "cli/result_file.h"
#include "controller/results/kill_table.h"

namespace luolab {
namespace {

constexpr std::string_view kContractFolder = "scenarios/contract";

struct MutantFlags {
  std::vector<std::string> names;
  std::vector<std::string> files;  ///< scenarios; empty: the contract's
  std::optional<std::string> base;
  std::string json;
  LocalRunFlags local;
};

/// The mutants that the user named, or all; empty after a word to the user where a name is unknown.
std::vector<Mutant> wanted_mutants(const Catalog& catalog, const std::vector<std::string>& names) {
  if (names.empty()) return catalog.mutants();
  std::vector<Mutant> wanted;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(catalog.mutants(), name, &Mutant::name);
    if (found == catalog.mutants().end()) {
      std::cerr << fmt::format("mutant \"{}\" is not known (luolab mutants list)\n", name);
      return {};
    }
    wanted.push_back(*found);
  }
  return wanted;
}

/// Scenarios with known issues fail on right kernels too, and so tell nothing about a mutant.
bool covers(const Job& job, const Mutant& mutant) {
  return job.known_issues.empty() &&
         std::ranges::find(job.promises, mutant.promise) != job.promises.end();
}

/// Adds the jobs that must kill the mutant, each with its name as a point.
bool add_jobs(const Mutant& mutant, const JobFlags& scenarios, const Catalog& catalog,
              JobList& all) {
  JobFlags flags = scenarios;
  flags.series = {mutant.name};
  auto list = read_jobs(flags, catalog);
  if (!list) return false;
  for (Job& job : list->jobs) {
    if (!covers(job, mutant)) continue;
    job.point.emplace(kMutantPoint, mutant.name);
    job.fork = Fork::never;  // a fork's FAIL is confirmed by another run, and FAIL is expected here
    all.jobs.push_back(std::move(job));
  }
  all.source_text = std::move(list->source_text);
  return true;
}

std::vector<MutantEntry> entries_of(const std::vector<Mutant>& mutants) {
  std::vector<MutantEntry> entries;
  for (const Mutant& mutant : mutants) entries.push_back({mutant.name, mutant.promise});
  return entries;
}

int report(const LocalRun& ended, const std::vector<Mutant>& mutants, const std::string& json) {
  const auto results = mutant_results(entries_of(mutants), ended.run);
  std::cerr << kill_table(results, ended.run, terminal_style(STDERR_FILENO));
  write_result(json, kill_json(results, ended.run));
  if (ended.interrupted) return kExitInterrupted;
  return std::ranges::all_of(results, &MutantResult::killed) ? kExitPass : kExitFail;
}

int run_mutants(const Places& places, const MutantFlags& flags) {
  const auto catalog = Catalog::load(places.data);
  if (!catalog) {
    std::cerr << catalog.error().what << '\n';
    return kExitUsage;
  }
  const auto mutants = wanted_mutants(*catalog, flags.names);
  if (mutants.empty()) return kExitUsage;
  JobFlags scenarios{.files = flags.files, .base = flags.base};
  if (scenarios.files.empty()) scenarios.files = {(places.data / kContractFolder).string()};
  JobList list;
  for (const Mutant& mutant : mutants) {
    if (!add_jobs(mutant, scenarios, *catalog, list)) return kExitUsage;
  }
  if (list.jobs.empty()) {
    std::cerr << "no scenario covers a promise that these mutants break\n";
    return kExitUsage;
  }
  const auto ended = run_here(list, places, *catalog, flags.local);
  if (!ended) {
    std::cerr << ended.error().what << '\n';
    return kExitLab;
  }
  return report(*ended, mutants, flags.json);
}

int list_mutants(const Places& places) {
  const auto catalog = Catalog::load(places.data);
  if (!catalog) {
    std::cerr << catalog.error().what << '\n';
    return kExitUsage;
  }
  std::size_t width = 0;
  for (const Mutant& mutant : catalog->mutants()) width = std::max(width, mutant.name.size());
  for (const Mutant& mutant : catalog->mutants()) {
    std::cout << fmt::format("{:<{}}  {:>2}  {}\n", mutant.name, width, mutant.promise,
                             mutant.summary);
  }
  return kExitPass;
}

void add_run(CLI::App& mutants, CommandContext& context) {
  const auto flags = std::make_shared<MutantFlags>();
  CLI::App* run = mutants.add_subcommand(
      "run", "Runs each mutant against the scenarios of the promise that it breaks");
  run->add_option("NAME", flags->names, "Only these (luolab mutants list)");
  run->add_option("--scenarios", flags->files,
                  "Files or folders in place of the contract's scenarios");
  run->add_option("--base", flags->base, "In place of every kernel's base");
  add_slots_option(*run, flags->local);
  run->add_option("--json", flags->json, "Write the result as JSON (- is standard output)");
  run->callback([flags, &context] {
    flags->local.command_line = context.command_line;
    context.exit_code = run_mutants(context.places(), *flags);
  });
}

}  // namespace

void add_mutants_command(CLI::App& root, CommandContext& context) {
  CLI::App* mutants =
      root.add_subcommand("mutants", "Wrong kernels that the scenarios of the contract must find");
  mutants->require_subcommand(1);
  mutants->add_subcommand("list", "Name, promise, and what is wrong")->callback([&context] {
    context.exit_code = list_mutants(context.places());
  });
  add_run(*mutants, context);
}

}  // namespace luolab
