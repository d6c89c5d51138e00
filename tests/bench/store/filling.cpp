// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/store/filling.h"

#include <array>

#include <fmt/format.h>

#include "core/base/sha256.h"

namespace luolab::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::array kScenarios{"memfd-under-load", "session-abort",    "hugepage-preserve",
                                "many-memfds",      "position-keeping", "seals-survive",
                                "holes-stay-holes", "double-kexec",     "late-retrieve",
                                "rare-scenario"};
constexpr std::size_t kWorkers = 200;

std::size_t scenario_of(std::size_t number) {
  return number % 5000 == 17 ? kScenarios.size() - 1 : number % (kScenarios.size() - 1);
}

/// Runs update from each release to each; every 500th run has the same kernels again.
constexpr std::size_t kReleases = 8;
constexpr std::size_t kSeries = 500;

std::uint64_t size_of(std::size_t number) { return (std::uint64_t{96} << 20) << (number / 7 % 4); }

BuildReport build_of(std::size_t release, std::size_t series) {
  const std::string name = fmt::format("7.3.{}", release);
  return {sha256_of(fmt::format("{} {}", release, series)),
          fmt::format("linux-{} + series-{}", name, series),
          name,
          name + "-1",
          fmt::format("b{}-{}", release, series),
          "{}"};
}

BuildReport outgoing_of(std::size_t number) {
  return build_of(number / kJobsPerRun / kReleases % kReleases, 0);
}

BuildReport incoming_of(std::size_t number) {
  const std::size_t run = number / kJobsPerRun;
  return build_of(run % kReleases, run % kSeries);
}

std::vector<Phase> phases_of(std::size_t number) {
  std::vector<Phase> phases;
  const std::chrono::nanoseconds spread{number % 1000 * 1000 + size_of(number) / 4};
  for (const char* name : {"boot", "preserve", "blackout", "retrieve"}) {
    phases.push_back({.name = name,
                      .hop = 0,
                      .subject = "",
                      .start_tsc = number,
                      .end_tsc = number + 1000,
                      .start = 0ns,
                      .end = 2s,
                      .duration = 900ms + spread});
  }
  return phases;
}

}  // namespace

NewJob bench_job(std::size_t number) {
  Job job;
  job.scenario = kScenarios.at(scenario_of(number));
  job.repetition = static_cast<std::uint32_t>(number % kJobsPerRun);
  job.kernels = {{.base = {.name = "linux-7.3"}}, {.base = {.name = "linux-7.3.1"}}};
  job.hops = {1};
  job.sessions = {{"vm-0", {{.name = "ram", .size_bytes = size_of(number)}}}};
  Needs needs;
  needs.memory_bytes = std::uint64_t{2} << 30;
  needs.builds = {outgoing_of(number).digest, incoming_of(number).digest};
  return new_job(job, needs);
}

AttemptReport bench_report(std::size_t number) {
  const bool fails = number % 20 == 3;
  AttemptReport report;
  report.verdict = fails ? Verdict::FAIL : Verdict::PASS;
  report.reason = fails ? "vm-0/ram differs after hop 1" : "every check held";
  report.accel = "kvm";
  report.wall = 8s;
  report.bytes_verified = size_of(number);
  const BuildReport outgoing = outgoing_of(number);
  const BuildReport incoming = incoming_of(number);
  report.builds = {outgoing, incoming};
  report.hops = {{0, outgoing.digest, incoming.digest, "boot-a", "boot-b", incoming.release,
                  incoming.build_id}};
  report.phases = phases_of(number);
  report.checksums = {
      {0, "vm-0/ram", 0, 16 << 20, "xxh3-128", std::string(32, 'a'), std::string(32, 'a')},
      {0, "vm-0/ram", 16 << 20, 16 << 20, "xxh3-128", std::string(32, 'c'), std::string(32, 'c')}};
  report.checks = {{-1, "console", "", Verdict::PASS, "clean"},
                   {0, "content", "vm-0/ram", report.verdict, "identical"}};
  report.measurements = {{0, "tsc.frequency", 2.5e9, "Hz", "calibrated"}};
  if (fails) report.findings = {{"warning", 1234, "WARNING: at mm/memfd_luo.c:1\nCall Trace:"}};
  report.artifacts = {{"console.log", sha256_of(fmt::format("{}", number)), 12345, ""}};
  return report;
}

void fill(Store& store, std::size_t jobs) {
  for (std::size_t first = 0; first < jobs; first += kJobsPerRun) {
    Submission submission;
    const std::size_t run = first / kJobsPerRun;
    submission.run.title = fmt::format("nightly-{}", run);
    submission.run.submitter = fmt::format("user{}", run % 30);
    submission.run.series_key = fmt::format("series-{}", run % 100);
    submission.run.revision = static_cast<std::int64_t>(run);
    for (std::size_t i = 0; i < kJobsPerRun; ++i) submission.jobs.push_back(bench_job(first + i));
    store.together([&] {
      const Submitted submitted = store.submit(submission);
      std::size_t number = first;
      for (const JobId job : submitted.jobs) {
        const AttemptReport report = bench_report(number);
        const auto leased = store.lease(job, fmt::format("worker-{}", number % kWorkers), "i");
        store.finish_attempt(leased->attempt, report, {false, report.verdict, report.reason});
        ++number;
      }
    });
  }
}

}  // namespace luolab::bench
