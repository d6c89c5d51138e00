// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/api/event_reader.h"

#include <sstream>

#include <fmt/format.h>

namespace luolab {
namespace {

/// The lines of an event among those of the chunks that carry it.
StreamedEvent event_of(const std::string& text) {
  StreamedEvent event;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("id: ")) event.id = line.substr(4);
    if (line.starts_with("event: ")) event.kind = line.substr(7);
    if (line.starts_with("data: ")) event.data = line.substr(6);
  }
  return event;
}

}  // namespace

EventReader::EventReader(ExchangeLog& log, std::uint16_t port, std::string target,
                         std::string fields)
    : log_(log), target_(std::move(target)), socket_(port) {
  socket_.send(fmt::format(
      "GET {} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{}Connection: "
      "close\r\n\r\n",
      target_, fields));
  head_ = socket_.read_until("\r\n\r\n");
}

EventReader::~EventReader() {
  const int status = head_.size() > 12 ? std::stoi(status_of(head_)) : 0;
  constexpr std::string_view kType = "Content-Type: ";
  const auto at = head_.find(kType);
  const std::string rest = at == std::string::npos ? "" : head_.substr(at + kType.size());
  log_.add({"GET", target_, {}, "", status, rest.substr(0, rest.find('\r')), came_});
}

std::optional<StreamedEvent> EventReader::next() {
  for (;;) {
    const std::string text = socket_.read_until("\n\n");
    came_ += text;
    if (!text.ends_with("\n\n")) return {};
    StreamedEvent event = event_of(text);
    if (!event.kind.empty()) return event;
  }
}

std::optional<StreamedEvent> EventReader::next(const std::string& kind) {
  for (auto event = next(); event; event = next()) {
    if (event->kind == kind) return event;
  }
  return {};
}

std::vector<std::string> EventReader::ids_until(const std::string& id) {
  std::vector<std::string> ids;
  for (auto event = next(); event; event = next()) {
    ids.push_back(event->id);
    if (event->id == id) break;
  }
  return ids;
}

}  // namespace luolab
