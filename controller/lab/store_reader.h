// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "core/async/task.h"
#include "db/store.h"

namespace luolab {

/// Read-only connections to a service's store, each on a thread of its own: a long query holds up
/// neither the writer nor the event loop. Used from one thread.
class StoreReader {
 public:
  /// Fault::lab where the store can't be opened.
  static Result<StoreReader> open(const std::filesystem::path& file, std::size_t connections = 2);

  /// Runs `question(const Store&)` on the connection with the least to do and resumes with its
  /// result. Throws SqliteError, and what `question` throws.
  template <class Question>
  auto read(Question&& question) {
    return ask(idlest(),
               std::make_shared<std::decay_t<Question>>(std::forward<Question>(question)));
  }

 private:
  struct Lane {
    explicit Lane(Store opened) : store(std::move(opened)) {}
    Store store;
    std::size_t waiting = 0;
    asio::thread_pool thread{1};
  };
  using LaneRef = std::shared_ptr<Lane>;

  /// Counts as waiting while it lives.
  struct Waiting {
    explicit Waiting(Lane& of) : lane(of) { ++lane.waiting; }
    Waiting(const Waiting&) = delete;
    ~Waiting() { --lane.waiting; }
    Lane& lane;
  };

  template <class Question>
  static Task<std::invoke_result_t<Question&, Store&>> ask(LaneRef lane,
                                                           std::shared_ptr<Question> question) {
    const Waiting waiting(*lane);
    auto work = [lane, question] { return (*question)(lane->store); };
    co_return co_await run_on(lane->thread.get_executor(), work);
  }

  explicit StoreReader(std::vector<LaneRef> lanes) : lanes_(std::move(lanes)) {}
  LaneRef idlest() const;
  std::vector<LaneRef> lanes_;
};

}  // namespace luolab
