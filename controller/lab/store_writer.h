// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/async/signal.h"
#include "core/async/task.h"
#include "db/store.h"

namespace luolab {

struct StoreWriterStats {
  std::uint64_t batches = 0;
  std::uint64_t steps = 0;
  std::chrono::nanoseconds last_batch{};  ///< from its start until it was on disk
};

/// The one writer of a service's store, on a thread of its own. Changes that come while a batch is
/// being written wait and go into the next ones together: one commit, one fsync (group commit). A
/// batch has a bound, so that whoever came first is answered while the rest is being written: that
/// halves the waits of a loaded controller, and costs it nothing.
/// Each change is all or nothing; one that throws takes back only itself. Where the commit fails
/// (disk full, another writer) all changes of the batch are taken back and each caller is told.
/// Used from the executor's thread alone.
class StoreWriter {
 public:
  StoreWriter(const asio::any_io_executor& executor, Store store, std::size_t most_per_batch = 64);
  StoreWriter(const StoreWriter&) = delete;
  /// Waits for the batch that is being written.
  ~StoreWriter();

  /// Runs `change(Store&)` and resumes with its result when that is on disk. Throws SqliteError,
  /// and what `change` throws. Cancelling the waiter does not take back the change.
  /// `change` must not refer to what may go before it has run.
  template <class Change>
  auto write(Change&& change) {
    using Result = std::invoke_result_t<std::decay_t<Change>&, Store&>;
    auto step = std::make_shared<Step<std::decay_t<Change>, Result>>(executor_,
                                                                     std::forward<Change>(change));
    enqueue(step);
    return result_of<Result>(std::static_pointer_cast<StepWith<Result>>(step));
  }

  /// Called after each commit with the events that it brought, in order.
  void on_events(std::function<void(std::vector<EventRow>)> listener);
  StoreWriterStats stats() const;

 private:
  struct AnyStep {
    explicit AnyStep(const asio::any_io_executor& executor) : settled(executor) {}
    virtual ~AnyStep() = default;
    virtual void run(Store& store) = 0;
    std::exception_ptr failure;
    bool done = false;
    Signal settled;
  };
  template <class Result>
  struct StepWith : AnyStep {
    using AnyStep::AnyStep;
    std::optional<Result> result;
  };
  template <class Change, class Result>
  struct Step final : StepWith<Result> {
    Step(const asio::any_io_executor& executor, Change wanted)
        : StepWith<Result>(executor), change(std::move(wanted)) {}
    void run(Store& store) override { this->result.emplace(change(store)); }
    Change change;
  };

  void enqueue(std::shared_ptr<AnyStep> step);
  static Task<void> settle(std::shared_ptr<AnyStep> step);
  template <class Result>
  static Task<Result> result_of(std::shared_ptr<StepWith<Result>> step) {
    co_await settle(step);
    co_return std::move(*step->result);
  }

  struct Parts;
  asio::any_io_executor executor_;
  std::shared_ptr<Parts> parts_;
};

}  // namespace luolab
