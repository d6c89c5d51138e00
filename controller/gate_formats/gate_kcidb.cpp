// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "controller/gate_formats/gate_formats.h"
#include "controller/gate_formats/gate_words.h"
#include "controller/gate_formats/kcidb.h"
#include "controller/results/job_facts.h"
#include "controller/results/safe_text.h"
#include "core/base/sha256.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

namespace json = boost::json;

/// Members whose text is empty are left out: KCIDB knows no null, and empty says something.
void put(json::object& object, std::string_view name, std::string_view text) {
  if (!text.empty()) object[name] = one_line(text);
}

/// What is the same for all tests of one kind of report.
struct Report {
  std::string origin;
  std::string name;  ///< "g5", "run-12"
  json::object document = kcidb_document();

  std::string id(std::string_view what) const {
    return kcidb_id(origin, name + "-" + std::string(what));
  }
  json::object begun(std::string_view what) const { return {{"id", id(what)}, {"origin", origin}}; }
  void add(std::string_view list, json::object object) {
    document[list].get_array().push_back(std::move(object));
  }
  std::string text() const { return pretty(document); }
};

std::string_view status_of(const GateTest& test) {
  switch (test.standing) {
    case Standing::holds:
    case Standing::fixed:
      return "PASS";
    case Standing::regression:
    case Standing::flaky:
    case Standing::broken_before:
      return "FAIL";
    case Standing::known_issue:
      return "DONE";
    case Standing::not_applicable:
      return "SKIP";
    case Standing::unknown:
      return "MISS";
  }
  return "MISS";
}

std::string_view build_status(const GateReport& report) {
  if (report.answer == GateAnswer::does_not_apply) return "FAIL";
  return report.candidate.build.empty() ? "MISS" : "PASS";
}

json::object environment_of(const GateReport& report) {
  json::object environment;
  std::string machines;
  for (const std::string& worker : report.lab.workers)
    machines += (machines.empty() ? "" : ", ") + worker;
  put(environment, "comment", fmt::format("{} {} {}", machines, report.lab.accel, report.lab.cpu));
  return environment;
}

void add_checkout(Report& out, const GateReport& report) {
  json::object checkout = out.begun("checkout");
  put(checkout, "git_commit_hash", report.base_commit.size() == 40 ? report.base_commit : "");
  put(checkout, "comment", report.title);
  put(checkout, "start_time", report.started);
  checkout["misc"] = {{"base", one_line(report.baseline.title)},
                      {"base_version", one_line(report.baseline.base_version)}};
  out.add("checkouts", std::move(checkout));
}

void add_build(Report& out, const GateReport& report) {
  json::object build = out.begun("build");
  build["checkout_id"] = out.id("checkout");
  build["architecture"] = "x86_64";
  build["status"] = build_status(report);
  put(build, "compiler", report.candidate.compiler);
  put(build, "command", report.candidate.build_command);
  if (report.candidate.build_seconds > 0) build["duration"] = report.candidate.build_seconds;
  for (const GatePatch& patch : report.patches) {
    if (!patch.trouble.empty()) build["log_excerpt"] = kcidb_excerpt(patch.trouble);
  }
  build["misc"] = {{"build_id", one_line(report.candidate.build_id)}};
  out.add("builds", std::move(build));
}

void add_test(Report& out, const GateReport& report, const GateTest& test) {
  json::object entry = out.begun(sha256_of(test.title).substr(0, 16));
  entry["build_id"] = out.id("build");
  entry["path"] = kcidb_path(test.scenario, "");
  entry["status"] = status_of(test);
  entry["environment"] = environment_of(report);
  put(entry, "comment", fmt::format("{}: {}", test.title, test.reason));
  put(entry, "start_time", report.started);
  std::string excerpt;
  for (const GateEvidence& piece : test.evidence)
    excerpt += piece.source + ":\n" + piece.text + "\n";
  if (!excerpt.empty()) entry["log_excerpt"] = kcidb_excerpt(excerpt);
  entry["misc"] = {{"standing", standing_words(test.standing)}};
  out.add("tests", std::move(entry));
}

void add_phase(Report& out, const GateReport& report, const GatePhase& phase) {
  json::object entry = out.begun(sha256_of(phase.scenario + " " + phase.phase).substr(0, 16));
  entry["build_id"] = out.id("build");
  entry["path"] = kcidb_path(phase.scenario, phase.phase);
  entry["status"] = phase.outcome == PhaseOutcome::slower ? "FAIL" : "DONE";
  entry["number"] = kcidb_seconds(phase.candidate_median);
  entry["environment"] = environment_of(report);
  put(entry, "comment", phase.sentence);
  out.add("tests", std::move(entry));
}

void add_job(Report& out, const JobRecord& job, const std::string& build) {
  json::object entry = out.begun(id_text(job.id));
  entry["build_id"] = build;
  entry["path"] = kcidb_path(job.job.scenario, "");
  entry["status"] = kcidb_status(verdict_of(job));
  put(entry, "comment", job.title + (job.reason.empty() ? "" : ": " + reason_of(job)));
  if (job.report) {
    entry["duration"] = std::chrono::duration<double>(job.report->wall).count();
    if (const Phase* blackout = worst_blackout(job))
      entry["number"] = kcidb_seconds(std::chrono::duration<double>(blackout->duration).count());
    std::string excerpt;
    for (const ConsoleFinding& finding : job.report->findings) excerpt += finding.excerpt + "\n";
    if (!excerpt.empty()) entry["log_excerpt"] = kcidb_excerpt(excerpt);
  }
  out.add("tests", std::move(entry));
}

/// The build of the kernel that the job hopped to first; made known once.
std::string build_of(Report& out, const JobRecord& job, std::set<std::string>& told) {
  if (!job.report || job.report->builds.empty()) return out.id("build-unknown");
  const BuildReport& build = job.report->builds.front();
  const std::string id = out.id("build-" + build.digest.substr(0, 16));
  if (!told.insert(id).second) return id;
  json::object entry{{"id", id}, {"origin", out.origin}};
  entry["checkout_id"] = out.id("checkout");
  entry["architecture"] = "x86_64";
  entry["status"] = "PASS";
  put(entry, "comment", build.title);
  out.add("builds", std::move(entry));
  return id;
}

}  // namespace

std::string gate_kcidb(const GateReport& report, const std::string& origin) {
  Report out{origin, report.id.empty() ? "gate" : report.id};
  add_checkout(out, report);
  add_build(out, report);
  for (const GateTest& test : report.tests) add_test(out, report, test);
  for (const GatePhase& phase : report.phases) add_phase(out, report, phase);
  return out.text();
}

std::string run_kcidb(const RunRecord& run, const std::string& origin) {
  Report out{origin, "run-" + id_text(run.id)};
  json::object checkout = out.begun("checkout");
  put(checkout, "comment", run.title);
  put(checkout, "start_time", time_text(run.created));
  out.add("checkouts", std::move(checkout));
  std::set<std::string> told;
  for (const JobRecord& job : run.jobs) add_job(out, job, build_of(out, job, told));
  return out.text();
}

}  // namespace luolab
