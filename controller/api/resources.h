// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/json/object.hpp>

#include "controller/api/fleet_resources.h"
#include "controller/api/rollout_resources.h"
#include "controller/api/schema.h"
#include "controller/api/trend_resources.h"
#include "db/attempt_record.h"
#include "db/fleet_build.h"
#include "db/gate_record.h"
#include "db/record.h"
#include "db/search_hit.h"

namespace luolab {

// What the API shows of each thing. Ids are text as people write them ("12", "j34", "a56"); times
// are RFC 3339 in UTC with nanoseconds; durations are nanoseconds and end in _ns; sizes end in
// _bytes. Null stands for what is not known (yet).

struct RunResource {
  std::string id;
  std::string title;
  std::string submitter;
  RunState state = RunState::running;
  int priority = 50;
  std::string created;
  std::optional<std::string> finished;
  std::uint64_t jobs = 0;
  std::uint64_t queued = 0;
  std::uint64_t running = 0;
  std::map<std::string, std::uint64_t> verdicts;  ///< verdict -> jobs
  bool service = false;
  std::uint32_t confirm = 0;
  std::optional<std::string> series_key;
  std::int64_t revision = 0;
  std::optional<std::string> superseded_by;
  bool pinned = false;
};
BOOST_DESCRIBE_STRUCT(RunResource, (),
                      (id, title, submitter, state, priority, created, finished, jobs, queued,
                       running, verdicts, service, confirm, series_key, revision, superseded_by,
                       pinned))

struct GateResource {
  std::string id;
  std::string title;
  std::string submitter;
  GateState state = GateState::running;
  std::optional<std::string> answer;
  std::string reason;
  bool service = false;
  std::string created;
  std::optional<std::string> finished;
};
BOOST_DESCRIBE_STRUCT(GateResource, (),
                      (id, title, submitter, state, answer, reason, service, created, finished))

struct RunDetail {
  RunResource run;
  std::string source_text;
  std::string command_line;
  std::vector<RolloutResource> rollouts;
};
BOOST_DESCRIBE_STRUCT(RunDetail, (), (run, source_text, command_line, rollouts))

struct JobResource {
  std::string id;
  std::string run;
  std::uint64_t position = 0;
  std::string title;
  std::string scenario;
  int priority = 50;
  JobState state = JobState::queued;
  std::optional<Verdict> verdict;
  std::string reason;
  std::uint32_t attempts = 0;
  std::string worker;
  std::optional<std::string> queued;
  std::optional<std::string> ended;
};
BOOST_DESCRIBE_STRUCT(JobResource, (),
                      (id, run, position, title, scenario, priority, state, verdict, reason,
                       attempts, worker, queued, ended))

struct AttemptResource {
  std::string id;
  std::string job;
  std::string run;
  std::uint32_t number = 1;
  std::string title;
  std::string scenario;
  std::string worker;
  AttemptState state = AttemptState::running;
  std::optional<Verdict> verdict;
  std::string reason;
  std::string started;
  std::optional<std::string> finished;
  std::string start;  ///< "power-on", "booted", "prepared", "handed-over"
  std::string accel;
  std::int64_t wall_ns = 0;
  std::uint64_t bytes_verified = 0;
};
BOOST_DESCRIBE_STRUCT(AttemptResource, (),
                      (id, job, run, number, title, scenario, worker, state, verdict, reason,
                       started, finished, start, accel, wall_ns, bytes_verified))

/// `report` is that of schema luolab.run/v1 (docs/results.md).
struct AttemptDetail {
  AttemptResource attempt;
  std::optional<boost::json::object> report;
};
BOOST_DESCRIBE_STRUCT(AttemptDetail, (), (attempt, report))

/// The job whole: `specification` is what a worker gets.
struct JobDetail {
  JobResource job;
  boost::json::object specification;
  std::optional<boost::json::object> report;  ///< of the last attempt that gave one
  std::vector<AttemptResource> tries;
};
BOOST_DESCRIBE_STRUCT(JobDetail, (), (job, specification, report, tries))

struct HopResource {
  std::string attempt;
  std::uint32_t hop = 0;
  std::string outgoing_build;
  std::string incoming_build;
  std::string outgoing_boot_id;
  std::string incoming_boot_id;
  std::string incoming_release;
  std::string incoming_build_id;
};
BOOST_DESCRIBE_STRUCT(HopResource, (),
                      (attempt, hop, outgoing_build, incoming_build, outgoing_boot_id,
                       incoming_boot_id, incoming_release, incoming_build_id))

struct PhaseResource {
  std::string attempt;
  std::string job;
  std::string scenario;
  std::string name;
  std::int32_t hop = -1;
  std::string subject;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  std::int64_t duration_ns = 0;
};
BOOST_DESCRIBE_STRUCT(PhaseResource, (),
                      (attempt, job, scenario, name, hop, subject, start_ns, end_ns, duration_ns))

struct ChecksumResource {
  std::string attempt;
  std::string job;
  std::string scenario;
  std::int32_t hop = 0;
  std::string memfd;
  std::uint64_t offset_bytes = 0;
  std::uint64_t length_bytes = 0;
  std::string algorithm;
  std::string expected;
  std::string actual;
  bool same = true;
};
BOOST_DESCRIBE_STRUCT(ChecksumResource, (),
                      (attempt, job, scenario, hop, memfd, offset_bytes, length_bytes, algorithm,
                       expected, actual, same))

struct MeasurementResource {
  std::string attempt;
  std::string job;
  std::string scenario;
  std::int32_t hop = -1;
  std::string name;
  std::optional<double> value;
  std::string unit;
  std::string detail;
};
BOOST_DESCRIBE_STRUCT(MeasurementResource, (),
                      (attempt, job, scenario, hop, name, value, unit, detail))

struct BuildResource {
  std::string id;
  std::string digest;
  std::string title;
  std::string release;
  std::string base_version;
  std::string build_id;
  std::string first_seen;
  std::uint64_t attempts = 0;
};
BOOST_DESCRIBE_STRUCT(BuildResource, (),
                      (id, digest, title, release, base_version, build_id, first_seen, attempts))

struct BuildPapersResource {
  BuildResource build;
  std::string config;  ///< digest of the artifact; empty: not there (any more)
  std::string log;
};
BOOST_DESCRIBE_STRUCT(BuildPapersResource, (), (build, config, log))

/// A build and what it is compared with (db/store.h, baseline_of).
struct BuildDetail {
  BuildPapersResource build;
  std::optional<BuildPapersResource> baseline;
};
BOOST_DESCRIBE_STRUCT(BuildDetail, (), (build, baseline))

/// A point of a run's matrix (db/run_summary.h).
struct RunPointResource {
  std::string title;
  std::string scenario;
  std::uint64_t jobs = 0;
  std::uint64_t queued = 0;
  std::uint64_t running = 0;
  std::map<std::string, std::uint64_t> verdicts;  ///< verdict -> jobs
  std::string job;
};
BOOST_DESCRIBE_STRUCT(RunPointResource, (), (title, scenario, jobs, queued, running, verdicts, job))

/// A phase over a run's jobs (db/run_summary.h).
struct RunPhaseResource {
  std::string name;
  std::uint64_t durations = 0;
  std::int64_t least_ns = 0;
  std::int64_t median_ns = 0;
  std::int64_t high_ns = 0;
  std::int64_t most_ns = 0;
  std::string slowest;
};
BOOST_DESCRIBE_STRUCT(RunPhaseResource, (),
                      (name, durations, least_ns, median_ns, high_ns, most_ns, slowest))

struct FleetBuildResource {
  std::string id;
  std::string key;
  std::string title;
  FleetBuildState state = FleetBuildState::building;
  std::string worker;
  std::string artifact;
  std::string detail;
  std::string created;
  std::string updated;
};
BOOST_DESCRIBE_STRUCT(FleetBuildResource, (),
                      (id, key, title, state, worker, artifact, detail, created, updated))

struct BaseResource {
  std::string name;
  BaseKind kind = BaseKind::deb;
  std::string package;
  std::string recorded_version;
};
BOOST_DESCRIBE_STRUCT(BaseResource, (), (name, kind, package, recorded_version))

struct ArtifactUseResource {
  std::string attempt;
  std::string job;
  std::string run;
  std::string name;
  std::uint64_t size_bytes = 0;
  bool expired = false;
};
BOOST_DESCRIBE_STRUCT(ArtifactUseResource, (), (attempt, job, run, name, size_bytes, expired))

struct EventResource {
  std::int64_t seq = 0;
  std::string time;
  std::optional<std::string> run;
  std::optional<std::string> job;
  std::optional<std::string> worker;
  std::string kind;
  boost::json::object details;
};
BOOST_DESCRIBE_STRUCT(EventResource, (), (seq, time, run, job, worker, kind, details))

struct TokenResource {
  std::string id;
  std::string name;
  TokenRole role = TokenRole::read;
  std::string created;
  std::optional<std::string> expires;
  std::optional<std::string> revoked;
};
BOOST_DESCRIBE_STRUCT(TokenResource, (), (id, name, role, created, expires, revoked))

/// The only time that a secret is shown.
struct NewTokenResource {
  TokenResource token;
  std::string secret;
};
BOOST_DESCRIBE_STRUCT(NewTokenResource, (), (token, secret))

struct SearchResource {
  SearchKind kind = SearchKind::run;
  std::string id;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(SearchResource, (), (kind, id, text))

/// Who asks.
struct CallerResource {
  std::string name;
  TokenRole role = TokenRole::read;
};
BOOST_DESCRIBE_STRUCT(CallerResource, (), (name, role))

struct WhyResource {
  std::string job;
  JobState state = JobState::queued;
  std::string code;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(WhyResource, (), (job, state, code, text))

struct CancelResource {
  std::uint64_t jobs = 0;      ///< that were queued or running
  std::uint64_t attempts = 0;  ///< of them running: their workers are told
};
BOOST_DESCRIBE_STRUCT(CancelResource, (), (jobs, attempts))

struct RetryResource {
  std::uint64_t jobs = 0;  ///< queued again
};
BOOST_DESCRIBE_STRUCT(RetryResource, (), (jobs))

struct SubmittedResource {
  std::string run;
  std::uint64_t jobs = 0;
  bool repeated = false;  ///< an earlier request with the same Idempotency-Key made it
};
BOOST_DESCRIBE_STRUCT(SubmittedResource, (), (run, jobs, repeated))

struct DryRunResource {
  std::vector<std::string> titles;
  std::vector<boost::json::object> jobs;
};
BOOST_DESCRIBE_STRUCT(DryRunResource, (), (titles, jobs))

/// A page of a list; `next` is the cursor of the following one, null at the end.
template <class T>
struct Page {
  std::vector<T> items;
  std::optional<std::string> next;
};

std::string attempt_text(AttemptId id);
std::optional<AttemptId> parse_attempt_id(std::string_view text);
/// RFC 3339 with nanoseconds.
std::string precise_time(TimePoint time);
std::optional<std::string> precise_time(const std::optional<TimePoint>& time);

RunResource resource_of(const RunSummary& run);
GateResource resource_of(const GateRow& gate);
JobResource resource_of(const JobSummary& job);
AttemptResource resource_of(const AttemptSummary& attempt);
HopResource resource_of(AttemptId attempt, const HopReport& hop);
PhaseResource resource_of(const ReportRow<Phase>& row);
ChecksumResource resource_of(const ReportRow<Checksum>& row);
MeasurementResource resource_of(const ReportRow<Measurement>& row);
BuildResource resource_of(const BuildRow& build);
BuildPapersResource resource_of(const BuildPapers& papers);
RunPointResource resource_of(const RunPoint& point);
RunPhaseResource resource_of(const RunPhase& phase);
FleetBuildResource resource_of(const FleetBuild& build);
ArtifactUseResource resource_of(const ArtifactUse& use);
EventResource resource_of(const EventRow& event);
TokenResource resource_of(const TokenRow& token);
SearchResource resource_of(const SearchHit& hit);

}  // namespace luolab
