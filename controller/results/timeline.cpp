// SPDX-License-Identifier: Apache-2.0
#include "controller/results/timeline.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "controller/results/job_facts.h"
#include "controller/results/safe_text.h"
#include "controller/results/text_layout.h"
#include "core/base/quantity.h"

namespace luolab {
namespace {

constexpr std::size_t kMostSubjects = 6;
constexpr std::size_t kWidestLabel = 32;
constexpr std::size_t kNarrowestBars = 20;
constexpr std::size_t kDurationWidth = 12;

using Phases = std::vector<const Phase*>;

/// One chart: phases in order of their start, and how many were left out.
struct Chart {
  Phases phases;
  std::size_t left_out = 0;
};

/// The phases that stand for a whole step, and the longest of the others.
Chart choose(const Phases& all) {
  Phases subjects;
  Chart chart;
  for (const Phase* phase : all)
    (phase->subject.empty() ? chart.phases : subjects).push_back(phase);
  std::stable_sort(subjects.begin(), subjects.end(),
                   [](const Phase* a, const Phase* b) { return a->duration > b->duration; });
  const std::size_t drawn = std::min(subjects.size(), kMostSubjects);
  chart.phases.insert(chart.phases.end(), subjects.begin(),
                      subjects.begin() + static_cast<std::ptrdiff_t>(drawn));
  chart.left_out = subjects.size() - drawn;
  std::stable_sort(chart.phases.begin(), chart.phases.end(),
                   [](const Phase* a, const Phase* b) { return a->start < b->start; });
  return chart;
}

std::string label_of(const Phase& phase) {
  const std::string label =
      phase.subject.empty() ? phase.name : fmt::format("{} {}", phase.name, phase.subject);
  return shorten(one_line(label), kWidestLabel);
}

/// Maps the chart's stretch of time to columns.
class Scale {
 public:
  Scale(const Phases& phases, std::size_t columns) : columns_(columns) {
    start_ = phases.front()->start;
    end_ = start_;
    for (const Phase* phase : phases) {
      start_ = std::min(start_, phase->start);
      end_ = std::max(end_, phase->end);
    }
  }

  /// At least one column, so that nothing that happened is invisible.
  std::string bar(const Phase& phase) const {
    const std::size_t first = std::min(column(phase.start), columns_ - 1);
    const std::size_t last = std::clamp(column(phase.end), first + 1, columns_);
    return std::string(first, ' ') + std::string(last - first, '#') +
           std::string(columns_ - last, ' ');
  }
  std::chrono::nanoseconds length() const { return end_ - start_; }

 private:
  std::size_t column(std::chrono::nanoseconds time) const {
    if (end_ == start_ || time <= start_) return 0;
    const double share = std::chrono::duration<double>(time - start_) / (end_ - start_);
    return static_cast<std::size_t>(share * static_cast<double>(columns_) + 0.5);
  }

  std::size_t columns_;
  std::chrono::nanoseconds start_{};
  std::chrono::nanoseconds end_{};
};

std::string draw(std::int32_t hop, const Chart& chart, const TerminalStyle& style) {
  std::size_t label_width = 0;
  for (const Phase* phase : chart.phases) {
    label_width = std::max(label_width, text_width(label_of(*phase)));
  }
  const auto width = static_cast<std::size_t>(std::max(style.width, 1));
  const std::size_t taken = 2 + label_width + 4 + kDurationWidth;
  const Scale scale(chart.phases, std::max(kNarrowestBars, width - std::min(width, taken)));
  std::string text = fmt::format("{} ({} on the worker's clock)\n", hop_title(hop),
                                 format_duration(scale.length()));
  for (const Phase* phase : chart.phases) {
    text += fmt::format("  {} |{}| {:>{}}\n", pad(label_of(*phase), label_width), scale.bar(*phase),
                        format_duration(phase->duration), kDurationWidth - 1);
  }
  if (chart.left_out > 0) text += fmt::format("  and {} shorter ones\n", chart.left_out);
  return text;
}

}  // namespace

std::string timeline(const JobRecord& job, const TerminalStyle& style) {
  std::map<std::int32_t, Phases> hops;
  if (job.report) {
    for (const Phase& phase : job.report->phases) hops[phase.hop].push_back(&phase);
  }
  std::string text;
  for (const auto& [hop, phases] : hops) text += draw(hop, choose(phases), style);
  return text;
}

}  // namespace luolab
