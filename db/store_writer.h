// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "db/store.h"

namespace luolab {

/// The one writer of a service: a thread that owns the Store, and commits together what waits
/// (group commit), so that one sync of the disk serves many.
/// The destructor runs what was given before, then joins the thread.
class GroupWriter {
 public:
  /// One change; runs once, on the writer's thread. What it leaves in variables counts only when
  /// `done` was told so.
  using Step = std::function<void(Store&)>;
  /// Called on the writer's thread when the step is on disk (null), or with what it threw, or with
  /// the SqliteError that took the whole batch back. Must not throw or block; usually it posts.
  using Done = std::function<void(std::exception_ptr)>;

  explicit GroupWriter(Store store, std::size_t most_per_batch = 512);
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;
  ~GroupWriter();

  /// From any thread; does not wait.
  void post(Step step, Done done);
  /// Runs the step and waits until it is on disk; throws what it threw. From any other thread.
  void run(const Step& step);
  /// Steps that wait for their turn.
  std::size_t waiting() const;

 private:
  struct Entry {
    Step step;
    Done done;
  };
  void work();
  std::vector<Entry> next();
  void commit(std::vector<Entry>& entries);

  Store store_;
  std::size_t most_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Entry> entries_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace luolab
