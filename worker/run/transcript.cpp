// SPDX-License-Identifier: Apache-2.0
#include "worker/run/transcript.h"

#include <algorithm>

namespace luolab {

void Transcript::add(TargetEvent event, std::optional<std::string> sent) {
  entries_.push_back({std::move(event), std::move(sent)});
}

void Transcript::add_last(TargetEvent event) {
  add(std::move(event), std::nullopt);
  last_ = entries_.size();
}

void Transcript::set_due(std::string sent) {
  if (last_ > 0) entries_[last_ - 1].sent = std::move(sent);
  last_ = 0;
}

void Transcript::drop_console_line(std::uint64_t offset_bytes) {
  std::erase_if(entries_, [&](const Entry& entry) {
    return entry.event.kind == TargetEvent::Kind::console_line &&
           entry.event.console_offset == offset_bytes;
  });
  const auto is_agent = [](const Entry& entry) {
    return entry.event.kind == TargetEvent::Kind::agent_line;
  };
  const auto last = std::ranges::find_if(entries_.rbegin(), entries_.rend(), is_agent);
  if (last_ > 0) last_ = static_cast<std::size_t>(entries_.rend() - last);
}

Transcript Transcript::shifted_to(Time now) const {
  Transcript shifted = *this;
  if (last_ == 0) return shifted;
  const auto shift = now - entries_[last_ - 1].event.at;
  shifted.power_on_ += shift;
  // What the console said after the last request was due is not later than now.
  for (Entry& entry : shifted.entries_) entry.event.at = std::min(entry.event.at + shift, now);
  return shifted;
}

bool Transcript::replay(RunMachine& machine, std::optional<std::string>& due) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (machine.finished()) return false;
    std::optional<std::string> line = machine.on_event(entries_[i].event);
    if (i + 1 == last_) {
      due = std::move(line);
    } else if (line != entries_[i].sent) {
      return false;
    }
  }
  return due.has_value() && !machine.finished();
}

}  // namespace luolab
