// SPDX-License-Identifier: Apache-2.0
#include "db/store_writer.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <utility>

namespace luolab {

GroupWriter::GroupWriter(Store store, std::size_t most_per_batch)
    : store_(std::move(store)), most_(most_per_batch), thread_([this] { work(); }) {}

GroupWriter::~GroupWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void GroupWriter::post(Step step, Done done) {
  {
    const std::lock_guard lock(mutex_);
    entries_.push_back({std::move(step), std::move(done)});
  }
  changed_.notify_one();
}

void GroupWriter::run(const Step& step) {
  std::promise<void> promise;
  post(step, [&promise](std::exception_ptr error) {
    if (error) {
      promise.set_exception(error);
    } else {
      promise.set_value();
    }
  });
  promise.get_future().get();
}

std::size_t GroupWriter::waiting() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void GroupWriter::work() {
  for (auto entries = next(); !entries.empty(); entries = next()) commit(entries);
}

/// What waits, as soon as something does. Empty: it is over.
std::vector<GroupWriter::Entry> GroupWriter::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !entries_.empty(); });
  const auto count = static_cast<std::ptrdiff_t>(std::min(most_, entries_.size()));
  std::vector<Entry> taken(std::make_move_iterator(entries_.begin()),
                           std::make_move_iterator(entries_.begin() + count));
  entries_.erase(entries_.begin(), entries_.begin() + count);
  return taken;
}

void GroupWriter::commit(std::vector<Entry>& entries) {
  std::vector<std::function<void()>> steps;
  steps.reserve(entries.size());
  for (Entry& entry : entries) steps.emplace_back([this, &entry] { entry.step(store_); });
  std::vector<std::exception_ptr> outcomes;
  try {
    outcomes = store_.batch(steps);
  } catch (...) {
    outcomes.assign(entries.size(), std::current_exception());
  }
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i].done(outcomes[i]);
}

}  // namespace luolab
