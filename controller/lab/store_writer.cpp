// SPDX-License-Identifier: Apache-2.0
#include "controller/lab/store_writer.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <iterator>
#include <limits>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "db/log_fold.h"

namespace luolab {
namespace {

/// Between two folds of the log. Much longer, and one fold keeps the disk from the commits for as
/// long as a second; much shorter, and pages that change often are written over and over.
constexpr std::chrono::seconds kFoldPause{1};

}  // namespace

/// Shared with the batch that is being written, so that what it posts finds something.
struct StoreWriter::Parts : std::enable_shared_from_this<StoreWriter::Parts> {
  using Batch = std::vector<std::shared_ptr<AnyStep>>;

  Parts(asio::any_io_executor of, Store opened, std::size_t most_steps)
      : executor(std::move(of)),
        store(std::move(opened)),
        log(store.file()),
        told(store.last_event()),
        most(most_steps) {}

  void start_batch() {
    writing = true;
    auto batch = std::make_shared<Batch>(next_batch());
    const auto began = std::chrono::steady_clock::now();
    asio::post(thread, [self = shared_from_this(), batch, began] {
      std::vector<EventRow> events = self->write(*batch);
      asio::post(self->executor, [self, batch, began, events = std::move(events)]() mutable {
        self->stats.last_batch = std::chrono::steady_clock::now() - began;
        self->settle(*batch, std::move(events));
      });
    });
  }

  /// What waited longest. After a batch that failed as a whole everything: where another process
  /// holds the store, each try costs its patience, and nobody is to wait for several.
  Batch next_batch() {
    const std::size_t count = failed ? waiting.size() : std::min(most, waiting.size());
    const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(count);
    Batch batch(std::make_move_iterator(waiting.begin()), std::make_move_iterator(end));
    waiting.erase(waiting.begin(), end);
    return batch;
  }

  /// In the writer's thread.
  std::vector<EventRow> write(Batch& batch) {
    try {
      write_steps(batch);
      failed = false;
    } catch (...) {
      failed = true;
      for (const auto& step : batch) step->failure = std::current_exception();
      return {};
    }
    try {
      return new_events();
    } catch (const SqliteError&) {
      return {};  // the next batch brings them along
    }
  }

  void write_steps(Batch& batch) {
    std::vector<std::function<void()>> steps;
    for (const auto& step : batch) steps.emplace_back([this, &step] { step->run(store); });
    std::vector<std::exception_ptr> failures = store.batch(steps);
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i]->failure = failures[i];
  }

  std::vector<EventRow> new_events() {
    std::vector<EventRow> events = store.events(told, std::numeric_limits<std::int32_t>::max());
    if (!events.empty()) told = events.back().seq;
    return events;
  }

  /// In the executor's thread.
  void settle(Batch& batch, std::vector<EventRow> events) {
    ++stats.batches;
    stats.steps += batch.size();
    writing = false;
    if (!waiting.empty()) start_batch();
    fold_where_due();
    if (listener && !events.empty()) listener(std::move(events));
    for (const auto& step : batch) {
      step->done = true;
      step->settled.wake();
    }
  }

  /// A fold that fails is the writer's affair: it folds itself when the log is long.
  void fold_where_due() {
    const auto now = std::chrono::steady_clock::now();
    if (now < next_fold || folding.exchange(true)) return;
    next_fold = now + kFoldPause;
    asio::post(fold_thread, [self = shared_from_this()] {
      try {
        self->log.fold();
      } catch (const SqliteError&) {
      }
      self->folding = false;
    });
  }

  asio::any_io_executor executor;
  Store store;
  LogFold log;        ///< the fold thread's
  std::int64_t told;  ///< the last event that listeners know
  std::function<void(std::vector<EventRow>)> listener;
  std::size_t most;  ///< steps of a batch
  std::deque<std::shared_ptr<AnyStep>> waiting;
  bool writing = false;
  bool failed = false;  ///< the last batch, as a whole; the writer's thread's while `writing`
  StoreWriterStats stats;
  std::chrono::steady_clock::time_point next_fold{};
  std::atomic<bool> folding = false;
  asio::thread_pool fold_thread{1};
  asio::thread_pool thread{1};
};

StoreWriter::StoreWriter(const asio::any_io_executor& executor, Store store,
                         std::size_t most_per_batch)
    : executor_(executor),
      parts_(std::make_shared<Parts>(executor, std::move(store), most_per_batch)) {}

StoreWriter::~StoreWriter() {
  parts_->thread.join();
  parts_->fold_thread.join();
}

void StoreWriter::on_events(std::function<void(std::vector<EventRow>)> listener) {
  parts_->listener = std::move(listener);
}

StoreWriterStats StoreWriter::stats() const { return parts_->stats; }

void StoreWriter::enqueue(std::shared_ptr<AnyStep> step) {
  parts_->waiting.push_back(std::move(step));
  if (!parts_->writing) parts_->start_batch();
}

Task<void> StoreWriter::settle(std::shared_ptr<AnyStep> step) {
  while (!step->done) co_await step->settled.wait();
  if (step->failure) std::rethrow_exception(step->failure);
}

}  // namespace luolab
