// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/protocol/job.h"
#include "scenarios/diagnostic.h"
#include "scenarios/expand.h"

namespace luolab {

/// What the user named, read and expanded.
struct JobList {
  std::vector<Job> jobs;
  std::vector<RolloutSpec> rollouts;
  std::string source_text;  ///< every document, as given
  std::vector<std::string> files;
};

/// Flags that change the scenarios, as written.
struct JobFlags {
  std::vector<std::string> files;  ///< files, folders (every *.yaml below), or "-"
  std::vector<std::string> series;
  std::vector<Series> brought;  ///< after those: series that were read already
  std::optional<std::string> base;
  std::vector<std::string> fragments;
  std::vector<std::string> settings;  ///< KEY=VALUE
  std::optional<std::uint32_t> repeat;
  std::string on;  ///< a machine of the targets file, for every job; empty: as scenarios say
};

/// Reads, checks and expands. On trouble everything that is wrong is written to standard error and
/// the result is empty.
std::optional<JobList> read_jobs(const JobFlags& flags, const Catalog& catalog);

}  // namespace luolab
