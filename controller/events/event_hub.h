// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/async/signal.h"
#include "db/record.h"

namespace luolab {

/// Tells those who follow the store that there are new events, and holds the latest ones so that
/// followers who keep up need not read the store. Followers take events at their own pace: nobody
/// is waited for, and nothing is kept for anybody. One thread.
class EventHub {
 public:
  /// `newest`: the last event of the store so far.
  EventHub(const asio::any_io_executor& executor, std::int64_t newest)
      : newest_(newest), oldest_held_(newest + 1), changed_(executor) {}

  /// Committed events, in order, none left out.
  void publish(std::vector<EventRow> events);
  std::int64_t newest() const { return newest_; }
  /// Up to `limit` events after `after`, oldest first; nothing where they are no longer held, and
  /// the store is to be asked.
  std::optional<std::vector<EventRow>> held(std::int64_t after, std::size_t limit) const;
  /// Returns when there is something newer than `after`.
  Task<void> wait_after(std::int64_t after);

 private:
  static constexpr std::size_t kHeld = 4096;
  std::int64_t newest_;
  std::int64_t oldest_held_;
  std::deque<EventRow> latest_;
  Signal changed_;
};

}  // namespace luolab
