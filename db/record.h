// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/enum.hpp>

#include "core/protocol/job.h"
#include "core/protocol/report.h"
#include "core/protocol/rollout_spec.h"
#include "core/protocol/verdict.h"
#include "db/id.h"
#include "db/rollout_record.h"

namespace luolab {

enum class RunState { running, done };
BOOST_DESCRIBE_ENUM(RunState, running, done)

enum class JobState { queued, running, done, canceled };
BOOST_DESCRIBE_ENUM(JobState, queued, running, done, canceled)

std::string_view state_name(RunState state);
std::string_view state_name(JobState state);

/// What is known about a run before it starts.
struct NewRun {
  std::string title;
  std::string source_text;            ///< the scenario documents, as they were given
  std::string submitter;              ///< login name
  std::string command_line;           ///< reproduces the run
  int priority = 50;                  ///< 0 to 100
  std::uint32_t confirm = 0;          ///< how often a FAIL is run again
  std::string series_key;             ///< what several runs are revisions of; empty: nothing
  std::int64_t revision = 0;          ///< of the series
  std::vector<RolloutSpec> rollouts;  ///< of scenarios whose jobs go out in waves
};

struct RunSummary {
  RunId id;
  std::string title;
  std::string submitter;
  RunState state = RunState::running;
  TimePoint created;
  std::optional<TimePoint> finished;
  std::map<Verdict, std::size_t> verdicts;  ///< only those that occur
  std::size_t jobs = 0;
  std::size_t queued = 0;  ///< jobs that wait
  std::size_t running = 0;
  int priority = 50;
  bool service = false;  ///< belongs to a controller, not to a process
  std::uint32_t confirm = 0;
  std::string series_key;
  std::int64_t revision = 0;
  std::optional<RunId> superseded_by;
  bool pinned = false;  ///< the retention leaves it alone
};

/// A run without its jobs.
struct RunHead {
  RunSummary summary;
  std::string source_text;
  std::string command_line;
};

/// A job without its specification and report.
struct JobSummary {
  JobId id;
  RunId run;
  std::size_t position = 0;  ///< in its run, from 0
  std::string title;
  std::string scenario;
  int priority = 50;
  JobState state = JobState::queued;
  std::optional<Verdict> verdict;
  std::string reason;
  std::uint32_t attempts = 0;       ///< begun so far
  std::string worker;               ///< of the last attempt
  std::optional<TimePoint> queued;  ///< the last time; empty in stores from before
  std::optional<TimePoint> ended;
};

/// A job with the report of its last finished attempt.
struct JobRecord {
  JobId id;
  RunId run;
  std::string title;
  Job job;
  int priority = 0;
  JobState state = JobState::queued;
  std::optional<Verdict> verdict;  ///< empty until the job is done or canceled
  std::string reason;
  std::uint32_t attempts = 0;  ///< begun so far
  std::optional<AttemptReport> report;
};

struct RunRecord {
  RunId id;
  std::string title;
  std::string source_text;
  std::string submitter;
  std::string command_line;
  RunState state = RunState::running;
  TimePoint created;
  std::optional<TimePoint> finished;
  std::vector<JobRecord> jobs;  ///< in the order in which they were given
  std::vector<RolloutRecord> rollouts;
};

/// One change of state. `json` is an object; docs/store.md lists the kinds.
struct EventRow {
  std::int64_t seq = 0;  ///< grows for ever
  TimePoint time;
  std::optional<RunId> run;  ///< empty: of workers, tokens and builds
  std::optional<JobId> job;
  std::string worker;  ///< that it is about; may be empty
  std::string kind;
  std::string json;
};

/// A build that some attempt used.
struct BuildRow {
  BuildReport build;
  TimePoint first_seen;
  std::size_t attempts = 0;  ///< that used it
  std::int64_t id = 0;       ///< pages count by it
};

}  // namespace luolab
