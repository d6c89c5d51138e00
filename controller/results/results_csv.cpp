// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "controller/results/job_facts.h"
#include "controller/results/results.h"
#include "controller/results/safe_text.h"

namespace luolab {
namespace {

constexpr std::string_view kHeading =
    "run,job,title,scenario,repetition,verdict,worker,accel,hop,incoming_release,phase,subject,"
    "start_ns,end_ns,duration_ns,start_tsc,end_tsc\n";

/// Quoted where it must be. Source: RFC 4180, section 2.
std::string cell(std::string_view text) {
  std::string line = one_line(text);
  if (line.find_first_of(",\"") == std::string::npos) return line;
  std::string quoted = "\"";
  for (const char c : line) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

std::string cell(const std::optional<std::uint64_t>& number) {
  return number ? fmt::format("{}", *number) : std::string();
}

std::string release_of(const AttemptReport& report, std::int32_t index) {
  for (const HopReport& hop : report.hops) {
    if (std::int64_t{hop.index} == index) return hop.incoming_release;
  }
  return {};
}

std::string phase_line(const RunRecord& run, const JobRecord& job, const Phase& phase) {
  const AttemptReport& report = *job.report;
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", id_text(run.id),
                     id_text(job.id), cell(job.title), cell(job.job.scenario), job.job.repetition,
                     verdict_name(verdict_of(job)), cell(report.worker), cell(report.accel),
                     phase.hop, cell(release_of(report, phase.hop)), cell(phase.name),
                     cell(phase.subject), phase.start.count(), phase.end.count(),
                     phase.duration.count(), cell(phase.start_tsc), cell(phase.end_tsc));
}

}  // namespace

std::string results_csv(const RunRecord& run) {
  std::string csv(kHeading);
  for (const JobRecord& job : run.jobs) {
    if (!job.report) continue;
    for (const Phase& phase : job.report->phases) csv += phase_line(run, job, phase);
  }
  return csv;
}

}  // namespace luolab
