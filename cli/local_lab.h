// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>

#include "cli/in_process_controller.h"
#include "cli/job_watcher.h"
#include "controller/console/console_store.h"
#include "controller/lab/lab.h"
#include "controller/lab/store_writer.h"
#include "db/artifact_store.h"
#include "worker/lease/attempt_runner.h"

namespace luolab {

struct LocalLabOptions {
  std::filesystem::path state;    ///< where artifacts lie
  std::filesystem::path scratch;  ///< a folder of this process' own, for the worker's spool
  std::size_t slots = 1;          ///< jobs at a time
  /// A job has its last word. Called from the lab's thread; must not block.
  std::function<void(JobId, const AttemptReport&)> on_job_ended = [](JobId, const AttemptReport&) {
  };
};

/// How a lab is that runs the jobs of one process.
LabOptions lab_options_of_a_run();

/// The lab that a run is done with, and what it works on. Borrowed.
struct LabParts {
  StoreWriter& writer;
  ConsoleStore& consoles;
  const ArtifactStore& artifacts;
  Lab& lab;
  JobWatcher& watcher;  ///< the lab's observer; has seen no job yet
};

/// Controller and worker of one run in one process: the same lab and the same lease loop that
/// `luolab controller` and `luolab worker` are made of, without a network between them. One thread.
class LocalLab {
 public:
  /// `store` is this object's own connection; `runner` is borrowed.
  LocalLab(const asio::any_io_executor& executor, Store store, AttemptRunner& runner,
           const LocalLabOptions& options);
  /// With somebody else's lab, which must run (Lab::run) for as long as the run does.
  LocalLab(asio::any_io_executor executor, LabParts parts, AttemptRunner& runner,
           LocalLabOptions options);
  ~LocalLab();

  /// Runs the jobs of a run that this process created, and ends it. Cancelling ends what runs; what
  /// had ended is kept, the rest is canceled. Throws where the disk refuses.
  Task<bool> run(CreatedRun created, std::span<const Job> jobs);

 private:
  struct Own;
  LocalLab(const asio::any_io_executor& executor, std::unique_ptr<Own> own, AttemptRunner& runner,
           LocalLabOptions options);
  Task<bool> run_to_its_end(CreatedRun created, std::span<const Job> jobs);

  asio::any_io_executor executor_;
  LocalLabOptions options_;
  AttemptRunner& runner_;
  std::unique_ptr<Own> own_;  ///< nothing: the lab is somebody else's
  LabParts parts_;
  InProcessController api_;
};

}  // namespace luolab
