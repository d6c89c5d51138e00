// SPDX-License-Identifier: Apache-2.0
#include "worker/run/echo_log.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/quantity.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;

constexpr auto kShortestGap = 10ms;  // shorter ones are the machine's scheduling
constexpr auto kTolerance = 50ms;

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

void blame_lab(AttemptReport& report, std::int32_t hop, const std::string& detail) {
  report.checks.push_back({hop, "echo.agreement", {}, Verdict::ERROR, detail});
  if (report.verdict != Verdict::PASS) return;
  report.verdict = Verdict::ERROR;
  report.reason = detail;
}

void measure(AttemptReport& report, std::int32_t hop, const char* name,
             std::chrono::nanoseconds value, const char* detail) {
  report.measurements.push_back({hop, name, seconds(value), "s", detail});
}

/// What the guest says that it took to be ready to answer; 0 where it says nothing.
std::chrono::nanoseconds set_up_time(const AttemptReport& report, std::int32_t hop) {
  for (const Measurement& measured : report.measurements) {
    if (measured.hop == hop && measured.name == kEchoSetUp) {
      return std::chrono::nanoseconds{static_cast<std::int64_t>(measured.value * 1e9)};
    }
  }
  return {};
}

void compare(AttemptReport& report, const Phase& blackout, std::chrono::nanoseconds start,
             std::chrono::nanoseconds end) {
  const auto gap = end - start;
  const auto before = blackout.start - start;
  const auto after = end - blackout.end;
  const auto set_up = set_up_time(report, blackout.hop);
  const auto difference = gap - blackout.duration - set_up;
  const bool agree = difference < kTolerance && difference > -kTolerance;
  measure(report, blackout.hop, "echo.gap", gap,
          "from the last answer before the update to the first one after it, seen from outside");
  measure(report, blackout.hop, "echo.before", before,
          "from the last answer to the last user instruction of the outgoing kernel");
  measure(report, blackout.hop, "echo.after", after,
          "from the agent's first instruction in the incoming kernel to the first answer");
  report.checks.push_back(
      {blackout.hop,
       "echo.agreement",
       {},
       agree ? Verdict::PASS : Verdict::DONE,
       fmt::format(
           "the service was away for {}, the guest's blackout is {} and its network was set "
           "up in {}; {:.0f} ms of the gap lie before the blackout, {:.0f} ms after it{}",
           format_duration(gap), format_duration(blackout.duration), format_duration(set_up),
           seconds(before) * 1e3, seconds(after) * 1e3,
           agree ? "" : ": they DIFFER by more than 50 ms")});
}

}  // namespace

void EchoLog::add_reply(Time at) {
  if (replies_++ > 0 && at - last_ >= kShortestGap) gaps_.push_back({last_, at});
  last_ = at;
}

std::optional<EchoLog::Gap> EchoLog::longest_gap(Time start, Time end) const {
  if (replies_ == 0 || last_ < end) return {};
  std::optional<Gap> longest;
  for (const Gap& gap : gaps_) {
    if (gap.end < start || gap.start > end) continue;
    if (!longest || gap.end - gap.start > longest->end - longest->start) longest = gap;
  }
  return longest;
}

void add_echo(AttemptReport& report, const EchoLog& log, EchoLog::Time power_on) {
  if (log.replies() == 0) {
    blame_lab(report, -1,
              fmt::format("none of {} echo requests was answered: the kernel needs a network "
                          "(fragment services or network)",
                          log.requests()));
    return;
  }
  for (const Phase& phase : report.phases) {
    if (phase.name != "blackout" || !phase.subject.empty()) continue;
    if (const auto gap = log.longest_gap(power_on + phase.start, power_on + phase.end)) {
      compare(report, phase, gap->start - power_on, gap->end - power_on);
    } else {
      blame_lab(report, phase.hop, "no echo request was answered after the update");
    }
  }
}

}  // namespace luolab
