// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>

#include "cli/in_process_controller.h"
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

/// Controller and worker of one run in one process: the same lab and the same lease loop that
/// `luolab controller` and `luolab worker` are made of, without a network between them. One thread.
class LocalLab {
 public:
  /// `store` is this object's own connection; `runner` is borrowed.
  LocalLab(asio::any_io_executor executor, Store store, AttemptRunner& runner,
           LocalLabOptions options);
  ~LocalLab();

  /// Runs the jobs of a run that this process created, and ends it. Cancelling ends what runs; what
  /// had ended is kept, the rest is canceled. Throws where the disk refuses.
  Task<bool> run(CreatedRun created, std::span<const Job> jobs);

 private:
  class Watcher;
  Task<bool> run_to_its_end(CreatedRun created, std::span<const Job> jobs);

  asio::any_io_executor executor_;
  LocalLabOptions options_;
  AttemptRunner& runner_;
  std::unique_ptr<Watcher> watcher_;
  StoreWriter writer_;
  ConsoleStore consoles_;
  ArtifactStore artifacts_;
  Lab lab_;
  InProcessController api_;
};

}  // namespace luolab
