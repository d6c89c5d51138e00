// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/db/sample_run.h"

#include <limits>

namespace luolab {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
constexpr TimePoint kCreated{std::chrono::seconds{1'770'000'000}};

std::vector<Phase> sample_phases() {
  return {{.name = "boot",
           .hop = -1,
           .subject = "",
           .start_tsc = {},
           .end_tsc = {},
           .start = 0ns,
           .end = 2s,
           .duration = 2s},
          {.name = "preserve",
           .hop = 0,
           .subject = "vm-0/ram",
           .start_tsc = 5,
           .end_tsc = kLargest,
           .start = 2s,
           .end = 2100ms,
           .duration = 98ms},
          {.name = "kernel-boot",
           .hop = 0,
           .subject = "",
           .start_tsc = 7,
           .end_tsc = 9,
           .start = 2200ms,
           .end = 3300ms,
           .duration = 1100ms},
          {.name = "blackout",
           .hop = 0,
           .subject = "",
           .start_tsc = 6,
           .end_tsc = 10,
           .start = 2100ms,
           .end = 3520ms,
           .duration = 1420ms}};
}

std::vector<Checksum> sample_checksums() {
  return {{0, "vm-0/ram", 0, 16 << 20, "xxh3-128", "00ff", "00ff"},
          {0, "vm-0/ram", 16 << 20, kLargest, "xxh3-128", "00ff", "00fe"},
          {0, "vm-0/cold", 0, 1, "sha256", "NOT HEX", ""},
          {0, "vm-0/cold", 0, 1, "sha256", "", "abc"}};
}

}  // namespace

Job sample_job(std::uint32_t repetition) {
  Job job;
  job.scenario = "sample";
  job.repetition = repetition;
  job.kernels = {{.base = {.name = "linux-7.3"}}};
  job.hops = {0};
  job.sessions = {{"vm-0", {{.name = "ram", .size_bytes = 4097}}}};
  return job;
}

AttemptReport sample_report(Verdict verdict) {
  AttemptReport report;
  report.verdict = verdict;
  report.reason = verdict == Verdict::PASS ? "every check held" : "vm-0/ram differs";
  report.worker = "bench";
  report.accel = "tcg";
  report.start = StartPoint::prepared;
  report.wall = 8100ms;
  report.bytes_verified = 402653184;
  report.builds = {{"d1", "linux-7.3", "7.3.4", "7.3.4-1", "b1", R"({"cc":"gcc"})"},
                   {"d2", "linux-7.2", "7.2.12", "7.2.12-1", "b2", "no json"}};
  report.hops = {{0, "d1", "d2", "boot-a", "boot-b", "7.2.12", "b2"}};
  report.phases = sample_phases();
  report.checksums = sample_checksums();
  report.checks = {{-1, "console", "", Verdict::PASS, "clean"},
                   {0, "content", "vm-0/ram", verdict, "expected 00ff, got 00fe"}};
  report.measurements = {{0, "tsc.frequency", 2.5e9, "Hz", "calibrated"}};
  report.findings = {{"warning", 1234, "WARNING: at mm/memfd_luo.c:1\nCall Trace:"}};
  report.artifacts = {{"console.log", std::string(64, 'a'), 12, ""}};
  return report;
}

RunRecord sample_run(const std::vector<Verdict>& verdicts) {
  RunRecord run;
  run.id = RunId{17};
  run.title = "sample";
  run.source_text = "apiVersion: luolab/v1\n";
  run.submitter = "somebody";
  run.command_line = "luolab run sample.yaml";
  run.state = RunState::done;
  run.created = kCreated;
  run.finished = kCreated + 12'300ms;
  for (const Verdict verdict : verdicts) {
    const auto repetition = static_cast<std::uint32_t>(run.jobs.size());
    JobRecord job;
    job.id = JobId{34 + repetition};
    job.run = run.id;
    job.job = sample_job(repetition);
    job.title = job_title(job.job);
    job.state = JobState::done;
    job.verdict = verdict;
    job.report = sample_report(verdict);
    job.reason = job.report->reason;
    job.attempts = 1;
    run.jobs.push_back(job);
  }
  return run;
}

}  // namespace luolab
