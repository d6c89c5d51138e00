// SPDX-License-Identifier: Apache-2.0
#include "worker/run/time_line.h"

#include <algorithm>

namespace luolab {

std::chrono::nanoseconds TimeLine::between(std::uint64_t start_tsc, std::uint64_t end_tsc) const {
  if (tsc_hz_ == 0) return {};
  const auto ticks = static_cast<double>(static_cast<std::int64_t>(end_tsc - start_tsc));
  return std::chrono::nanoseconds{
      static_cast<std::int64_t>(ticks * 1e9 / static_cast<double>(tsc_hz_))};
}

void TimeLine::add_stamped(std::string name, std::int32_t hop, std::string subject,
                           std::uint64_t start_tsc, std::uint64_t end_tsc, WorkerTime seen_start,
                           WorkerTime seen_end) {
  phases_.push_back({std::move(name), hop, std::move(subject), start_tsc, end_tsc,
                     seen_start - zero_, seen_end - zero_, between(start_tsc, end_tsc)});
}

void TimeLine::add_seen(std::string name, std::int32_t hop, WorkerTime start, WorkerTime end) {
  phases_.push_back({std::move(name), hop, {}, {}, {}, start - zero_, end - zero_, end - start});
}

void TimeLine::add_totals(std::int32_t hop) {
  std::vector<Phase> totals;
  for (const Phase& part : phases_) {
    if (part.hop != hop || part.subject.empty()) continue;
    const auto same = [&](const Phase& phase) { return phase.name == part.name; };
    auto total = std::ranges::find_if(totals, same);
    if (total == totals.end()) {
      totals.push_back(part);
      totals.back().subject.clear();
      continue;
    }
    total->end = std::max(total->end, part.end);
    total->end_tsc = part.end_tsc;
    total->duration += part.duration;
  }
  phases_.insert(phases_.end(), totals.begin(), totals.end());
}

std::optional<std::chrono::nanoseconds> TimeLine::total(std::string_view name,
                                                        std::int32_t hop) const {
  for (const Phase& phase : phases_) {
    if (phase.name == name && phase.hop == hop && phase.subject.empty()) return phase.duration;
  }
  return {};
}

}  // namespace luolab
