// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "core/protocol/job.h"
#include "db/submission.h"
#include "kernel-patches/catalog.h"
#include "scenarios/diagnostic.h"
#include "scenarios/scenario_document.h"

namespace luolab {

/// What somebody wants to have run, self-contained: the members stand for the flags of `luolab run`
/// and `luolab submit`.
struct SubmitOrder {
  std::vector<ScenarioDocument> documents;
  std::string base;  ///< in place of every kernel's; empty: the scenario's own
  std::vector<std::string> fragments;
  std::vector<std::string> settings;  ///< KEY=VALUE
  std::optional<std::uint32_t> repeat;
  std::vector<std::string> named_series;     ///< of the controller's catalog
  std::vector<Series> series;                ///< brought along
  std::map<std::string, std::string> files;  ///< of exec loads: name in the scenario -> SHA-256
  bool fork_never = false;
  std::string title;
  std::string command_line;
  int priority = 50;          ///< 0 to 100
  std::uint32_t confirm = 1;  ///< how often a FAIL is run again
  std::string series_key;     ///< older revisions of the same are superseded
  std::int64_t revision = 0;
  bool dry_run = false;
};
BOOST_DESCRIBE_STRUCT(SubmitOrder, (),
                      (documents, base, fragments, settings, repeat, named_series, series, files,
                       fork_never, title, command_line, priority, confirm, series_key, revision,
                       dry_run))

/// An order read and expanded; with errors there are no jobs.
struct ExpandedOrder {
  std::vector<Job> jobs;
  std::vector<RolloutSpec> rollouts;
  std::vector<Diagnostic> errors;
};

/// What the controller lets submitters name.
struct SubmitRules {
  bool worker_paths = false;  ///< bases and programs by a path, which lies on some worker
};

/// Reads, checks and expands. Everything that is wrong is told at once, as `luolab lint` does.
/// Pure; any thread; may take a second for thousands of jobs.
ExpandedOrder expand_order(const SubmitOrder& order, const Catalog& catalog,
                           const SubmitRules& rules);

/// What goes into the store. `submitter` is the token's name.
Submission make_submission(const SubmitOrder& order, const ExpandedOrder& expanded,
                           const std::string& submitter);

}  // namespace luolab
