// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <boost/describe/enum.hpp>

#include "core/protocol/report.h"
#include "db/record.h"

namespace luolab {

enum class AttemptState {
  running,
  done,      ///< its report was taken
  lost,      ///< its worker or process is gone
  fenced,    ///< a newer attempt took its place
  canceled,  ///< somebody asked to stop; its report may still be kept as evidence
};
BOOST_DESCRIBE_ENUM(AttemptState, running, done, lost, fenced, canceled)

/// An attempt without its report.
struct AttemptSummary {
  AttemptId id;
  std::uint32_t number = 1;  ///< of the job's attempts, from 1
  JobId job;
  RunId run;
  std::string job_title;
  std::string scenario;
  std::string worker;
  std::string instance;  ///< of the worker's process; empty for local runs
  AttemptState state = AttemptState::running;
  std::optional<Verdict> verdict;
  std::string reason;
  TimePoint started;
  std::optional<TimePoint> finished;
  StartPoint start = StartPoint::power_on;
  std::string accel;
  std::chrono::nanoseconds wall{};
  std::uint64_t bytes_verified = 0;
};

struct AttemptRecord {
  AttemptSummary summary;
  std::optional<AttemptReport> report;  ///< empty: none was taken (yet)
};

/// Where a row of a report is from. Pages of rows count by it, newest attempt first, the last row
/// of an attempt first.
struct RowPlace {
  AttemptId attempt;
  std::int64_t position = 0;
};

/// A row of some attempt's report (T: Phase, Checksum, Measurement).
template <class T>
struct ReportRow {
  RowPlace place;
  JobId job;
  std::string scenario;
  T item;
};

/// An attempt that has a file.
struct ArtifactUse {
  AttemptId attempt;
  JobId job;
  RunId run;
  std::string name;
  std::uint64_t size_bytes = 0;
  bool expired = false;  ///< the retention has taken the file away
};

}  // namespace luolab
