// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/state_store.h"
#include "cli/stored_gate.h"
#include "controller/gate_formats/gate_formats.h"
#include "controller/results/job_page.h"
#include "controller/results/job_script.h"
#include "controller/results/results.h"
#include "controller/results/safe_text.h"
#include "core/base/file.h"
#include "db/artifact_store.h"
#include "db/store.h"

namespace luolab {
namespace {

constexpr std::size_t kMostPages = 3;
constexpr const char* kNothingYet =
    "nothing has been run yet; begin with: luolab run scenarios/quickstart.yaml";

struct ShowFlags {
  std::string id;  ///< as given; empty: the last run
  bool json = false;
  bool console = false;
  bool reproduce = false;
};

/// The job's run with this job alone.
Result<RunRecord> run_of_job(Store& store, JobId id) {
  auto job = store.job(id);
  if (!job) return job.error();
  auto run = store.run(job->run);
  if (run) run->jobs = {std::move(*job)};
  return run;
}

Result<RunRecord> find_run(Store& store, const std::string& id) {
  if (const auto job = parse_job_id(id)) return run_of_job(store, *job);
  if (const auto run = parse_run_id(id)) return store.run(*run);
  if (!id.empty()) {
    return scenario_error(
        fmt::format("\"{}\" is neither a run (12), a job (j34) nor a gate (g5); `luolab list` "
                    "shows the runs",
                    one_line(id)));
  }
  const auto last = store.last_run();
  if (!last) return scenario_error(kNothingYet);
  return store.run(*last);
}

/// The pages of jobs that need a look: all that did not pass, as far as a person reads them.
std::string troubled_pages(const RunRecord& run, const ArtifactStore& artifacts,
                           const TerminalStyle& style) {
  std::string pages;
  std::size_t shown = 0;
  for (const JobRecord& job : run.jobs) {
    if (job.verdict == Verdict::PASS || job.verdict == Verdict::DONE) continue;
    if (shown++ < kMostPages) pages += "\n" + job_page(run, job, artifacts, style);
  }
  if (shown > kMostPages) {
    pages += fmt::format("\n{} more did not pass: luolab show ID\n", shown - kMostPages);
  }
  return pages;
}

std::string page_of(const RunRecord& run, const ArtifactStore& artifacts,
                    const TerminalStyle& style) {
  if (run.jobs.size() == 1) return job_page(run, run.jobs.front(), artifacts, style);
  return promise_table(run, style) + scaling_table(run, style) + rollout_table(run, style) +
         verdict_table(run, style) + troubled_pages(run, artifacts, style);
}

Result<std::string> console_of(const JobRecord& job, const ArtifactStore& artifacts) {
  if (job.report) {
    for (const Artifact& artifact : job.report->artifacts) {
      if (artifact.name == "console.log") return artifacts.read(artifact.sha256);
    }
  }
  return scenario_error(fmt::format("{}: no console log was kept", id_text(job.id)));
}

/// The consoles one after the other; what is written to a terminal can't move its cursor.
Result<std::string> consoles_of(const RunRecord& run, const ArtifactStore& artifacts) {
  std::string text;
  for (const JobRecord& job : run.jobs) {
    auto console = console_of(job, artifacts);
    if (!console) return console.error();
    if (run.jobs.size() > 1) text += fmt::format("==> {} {}\n", id_text(job.id), job.title);
    text += *console;
  }
  return ::isatty(STDOUT_FILENO) != 0 ? printable_block(text) : text;
}

/// A script that runs the job again. Programs of its loads are those of the artifact store, or
/// files of this machine.
Result<std::string> script_of(const RunRecord& run, const ArtifactStore& artifacts) {
  if (run.jobs.size() != 1) {
    return scenario_error(fmt::format("run {} has {} jobs: name the one to reproduce (j34)",
                                      id_text(run.id), run.jobs.size()));
  }
  const JobRecord& job = run.jobs.front();
  const auto find = [&](const std::string& file) -> std::optional<std::string> {
    const auto digest = artifact_named(file);
    auto bytes = digest ? artifacts.read(*digest) : read_file(file, kLargestProgramBytes);
    return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
  };
  return job_script(job.job, id_text(job.id), find);
}

Result<std::string> gate_text(const Places& places, const ShowFlags& flags, GateId id) {
  const auto report = stored_gate(places, id);
  if (!report) return report.error();
  return flags.json ? gate_json(*report) : gate_summary(*report, terminal_style(STDOUT_FILENO));
}

Result<std::string> text_of(const Places& places, const ShowFlags& flags) {
  if (const auto gate = parse_gate_id(flags.id)) {
    if (flags.reproduce)
      return scenario_error("a gate writes its scripts itself: luolab gate --reproduce FOLDER");
    return gate_text(places, flags, *gate);
  }
  auto store = open_existing_state(places);
  if (!store) return store.error();
  const auto run = find_run(*store, flags.id);
  if (!run) return run.error();
  if (flags.json) return results_json(*run);
  const ArtifactStore artifacts(artifact_folder(places.state));
  if (flags.reproduce) return script_of(*run, artifacts);
  if (flags.console) return consoles_of(*run, artifacts);
  return page_of(*run, artifacts, terminal_style(STDOUT_FILENO));
}

int show(const Places& places, const ShowFlags& flags) {
  const auto text = text_of(places, flags);
  if (!text) {
    std::cerr << text.error().what << '\n';
    return text.error().fault == Fault::scenario ? kExitUsage : kExitLab;
  }
  std::cout << *text;
  return kExitPass;
}

}  // namespace

void add_show_command(CLI::App& root, CommandContext& context) {
  const auto flags = std::make_shared<ShowFlags>();
  CLI::App* command = root.add_subcommand("show", "Shows a run, a job or a gate with its evidence");
  command
      ->add_option("id", flags->id, "A run (12), a job (j34) or a gate (g5); default: the last run")
      ->type_name("RUN|JOB|GATE");
  CLI::Option* json = command->add_flag("--json", flags->json, "As JSON, schema luolab.run/v1");
  CLI::Option* console =
      command->add_flag("--console", flags->console, "The console log instead")->excludes(json);
  command
      ->add_flag("--reproduce", flags->reproduce,
                 "Of a job: a shell script that runs it again and needs luolab alone")
      ->excludes(json)
      ->excludes(console);
  command->callback([flags, &context] { context.exit_code = show(context.places(), *flags); });
}

}  // namespace luolab
