// SPDX-License-Identifier: Apache-2.0
#include "cli/run_progress.h"

#include <algorithm>
#include <cctype>
#include <iostream>

#include <fmt/format.h>

#include "controller/results/job_facts.h"
#include "core/base/quantity.h"

namespace luolab {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRedraw{50};
constexpr std::chrono::seconds kRepeatInPipe{15};

/// An activity without its figures: lines in a pipe come when the stage changes, not the count.
std::string stage_of(std::string_view activity) {
  std::string stage;
  for (const char c : activity) {
    if (!std::isdigit(static_cast<unsigned char>(c))) stage += c;
  }
  return stage.substr(0, stage.find(" of about"));
}

bool went_well(Verdict verdict) {
  return verdict == Verdict::PASS || verdict == Verdict::DONE || verdict == Verdict::XFAIL;
}

std::string cut(std::string text, int width) {
  const auto columns = static_cast<std::size_t>(std::max(20, width - 1));
  if (text.size() > columns) text = text.substr(0, columns - 3) + "...";
  return text;
}

}  // namespace

RunProgress::RunProgress(std::size_t jobs, bool terminal, TerminalStyle style,
                         ProgressDetail detail)
    : jobs_(jobs), terminal_(terminal), style_(style), detail_(detail) {}

RunProgress::~RunProgress() { erase(); }

void RunProgress::job_started(JobId job, const Job& what) {
  running_[job] = {job_title(what), "starting",
                   detail_ == ProgressDetail::all ? Clock::time_point() : Clock::now()};
  if (terminal_) draw();
}

void RunProgress::job_activity(JobId job, std::string_view activity) {
  Line& line = running_[job];
  const bool same_stage = stage_of(line.activity) == stage_of(activity);
  line.activity = activity;
  const auto now = Clock::now();
  if (terminal_) {
    if (!same_stage || now - drawn_at_ > kRedraw) draw();
    return;
  }
  if ((same_stage || detail_ == ProgressDetail::troubles) && now - line.said < kRepeatInPipe)
    return;
  line.said = now;
  std::cerr << line.title << ": " << activity << '\n';
}

void RunProgress::job_ended(JobId job, const AttemptReport& report) {
  erase();
  ++ended_;
  if (!running_.contains(job)) {
    say_spared(report);
    if (terminal_) draw();
    return;
  }
  if (detail_ == ProgressDetail::all || !went_well(report.verdict))
    std::cerr << ended_line(running_[job], report) << std::endl;
  running_.erase(job);
  if (terminal_) draw();
}

/// Many jobs at once have the same reason: it is said once.
void RunProgress::say_spared(const AttemptReport& report) {
  if (report.reason == spared_) return;
  spared_ = report.reason;
  std::cerr << fmt::format("[{}/{}] jobs that had not begun will not: {}", ended_, jobs_, spared_)
            << std::endl;
}

std::string RunProgress::ended_line(const Line& line, const AttemptReport& report) const {
  std::string text = fmt::format(
      "[{}/{}] {} {}", ended_, jobs_,
      paint(fmt::format("{:5}", verdict_name(report.verdict)), report.verdict, style_), line.title);
  if (const Phase* blackout = worst_blackout(report)) {
    text += ", blackout " + format_duration(blackout->duration);
  }
  return text + ", took " + format_duration(report.wall);
}

void RunProgress::erase() {
  for (; drawn_lines_ > 0; --drawn_lines_) std::cerr << "\x1b[1A\x1b[2K";
  std::cerr.flush();
}

void RunProgress::draw() {
  std::string frame;
  for (; drawn_lines_ > 0; --drawn_lines_) frame += "\x1b[1A\x1b[2K";
  for (const auto& [job, line] : running_) {
    frame += cut("  " + line.title + ": " + line.activity, style_.width) + "\n";
    ++drawn_lines_;
  }
  std::cerr << frame << std::flush;
  drawn_at_ = Clock::now();
}

}  // namespace luolab
