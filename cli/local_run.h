// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/job_list.h"
#include "cli/local_lab.h"
#include "cli/run_progress.h"
#include "core/async/task.h"
#include "core/base/error.h"
#include "core/base/places.h"
#include "db/record.h"
#include "db/store.h"
#include "kernel-patches/catalog.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

/// How jobs are run on this machine.
struct LocalRunFlags {
  std::size_t slots = 1;     ///< jobs at a time
  bool locked = false;       ///< refuse another version of a base than the recorded one
  std::string command_line;  ///< reproduces the run
  std::string targets_file;  ///< as given
  std::vector<SshMachine> machines;  ///< what it holds
};

struct LocalRun {
  RunRecord run;             ///< as it is stored
  bool interrupted = false;  ///< by a signal; what had ended before is kept
};

/// Runs the jobs of a run that this process has created to their end, and shows how they go on.
/// Everything is borrowed. `lab`: somebody's that runs already; else one is made. Cancelling
/// cancels the jobs. Throws where the disk refuses.
Task<bool> run_created(const CreatedRun& created, std::span<const Job> jobs, const Places& places,
                       const Catalog& catalog, const LocalRunFlags& flags, RunProgress& progress,
                       const LabParts* lab = nullptr);

/// What is stored of a run of these jobs besides them.
NewRun new_run_of(const JobList& list, const LocalRunFlags& flags);

/// --slots, as every command has it that runs jobs here.
void add_slots_option(CLI::App& command, LocalRunFlags& flags);

/// Who is logged in.
std::string login_name();

/// Stores a run of these jobs, runs them to their end with a local worker, and shows on standard
/// error how it goes on. Returns after Ctrl-C too. Fault::lab where the store can't be used.
Result<LocalRun> run_here(const JobList& list, const Places& places, const Catalog& catalog,
                          const LocalRunFlags& flags);

}  // namespace luolab
