// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/integration/api/exchange_log.h"
#include "tests/integration/http/http_lab.h"

namespace luolab {

struct StreamedEvent {
  std::string id;
  std::string kind;
  std::string data;
};

/// Follows an event stream over a socket of its own. What came is recorded when it goes. Blocks.
class EventReader {
 public:
  /// `fields` are lines with their ends. Returns when the head of the answer is there.
  EventReader(ExchangeLog& log, std::uint16_t port, std::string target, std::string fields = {});
  ~EventReader();

  const std::string& head() const { return head_; }
  /// The next event, passing over comments; nothing where the stream has ended.
  std::optional<StreamedEvent> next();
  /// The next one of a kind.
  std::optional<StreamedEvent> next(const std::string& kind);
  /// Ids up to and with the event of this id.
  std::vector<std::string> ids_until(const std::string& id);

 private:
  ExchangeLog& log_;
  std::string target_;
  RawClient socket_;
  std::string head_;
  std::string came_;
};

}  // namespace luolab
