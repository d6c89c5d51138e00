// SPDX-License-Identifier: Apache-2.0
#include "cli/fleet_report.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "controller/results/safe_text.h"

namespace luolab {
namespace {

std::string_view state_name(MachineState state) {
  switch (state) {
    case MachineState::unchanged:
      return "unchanged";
    case MachineState::changed:
      return "changed";
    case MachineState::would_change:
      return "would change";
    case MachineState::waiting:
      return "waiting";
    case MachineState::failed:
      return "failed";
    case MachineState::interrupted:
      return "interrupted";
  }
  return "failed";
}

/// "changed: program, unit; unchanged: user, agent"
std::string steps_text(const MachineOutcome& outcome) {
  std::vector<std::pair<std::string, std::string>> groups;
  for (const auto& [step, what] : outcome.steps) {
    auto group = std::ranges::find(groups, what, &std::pair<std::string, std::string>::first);
    if (group == groups.end()) {
      groups.emplace_back(what, step);
    } else {
      group->second += ", " + step;
    }
  }
  std::ranges::stable_sort(groups, {},
                           [](const auto& group) { return group.first == "unchanged"; });
  std::string text;
  for (const auto& [what, steps] : groups)
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", what, steps);
  return text;
}

std::string order_name(FleetOrder order) {
  return order == FleetOrder::add ? "add" : order == FleetOrder::upgrade ? "upgrade" : "remove";
}

std::string row(std::string_view machine, std::string_view worker, std::string_view state,
                std::string_view what) {
  std::string line = fmt::format("{:<28} {:<18} {:<12} {}", machine, worker, state, what);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

/// What a machine says may hold anything: each line is made fit to print, the later ones stand
/// below the first.
std::string block(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string line = printable_block(text.substr(0, end));
    lines += lines.empty() ? line : "\n    " + line;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

std::string fleet_table(const std::vector<FleetEntry>& entries) {
  std::string table = row("MACHINE", "WORKER", "STATE", "WHAT");
  for (const auto& [machine, outcome] : entries) {
    std::string what = steps_text(outcome);
    if (!outcome.what.empty()) what += (what.empty() ? "" : "\n") + outcome.what;
    table += row(machine, one_line(outcome.worker), state_name(outcome.state), block(what));
  }
  return table;
}

boost::json::object fleet_json(FleetOrder order, bool dry_run,
                               const std::vector<FleetEntry>& entries) {
  boost::json::array machines;
  for (const auto& [machine, outcome] : entries) {
    boost::json::array steps;
    for (const auto& [step, what] : outcome.steps)
      steps.push_back(boost::json::object{{"step", step}, {"state", what}});
    machines.push_back(boost::json::object{{"machine", machine},
                                           {"worker", valid_utf8(outcome.worker)},
                                           {"state", state_name(outcome.state)},
                                           {"steps", std::move(steps)},
                                           {"reason", valid_utf8(outcome.what)}});
  }
  return {{"schema", "luolab.fleet-work/v1"},
          {"order", order_name(order)},
          {"dry_run", dry_run},
          {"machines", std::move(machines)}};
}

bool all_well(const std::vector<FleetEntry>& entries) {
  return std::ranges::all_of(entries, [](const FleetEntry& entry) {
    return entry.outcome.state == MachineState::unchanged ||
           entry.outcome.state == MachineState::changed ||
           entry.outcome.state == MachineState::would_change;
  });
}

void FleetProgress::doing(const std::string& machine, std::string_view what) {
  const auto running =
      std::ranges::find(running_, machine, &std::pair<std::string, std::string>::first);
  if (running != running_.end()) {
    running->second = what;
  } else {
    running_.emplace_back(machine, what);
    if (!terminal_) std::cerr << fmt::format("{}: begun\n", machine);
  }
  draw();
}

void FleetProgress::ended(const std::string& machine, const MachineOutcome& outcome) {
  erase();
  std::erase_if(running_, [&](const auto& running) { return running.first == machine; });
  std::cerr << fmt::format("{}: {}\n", machine, state_name(outcome.state));
  draw();
}

void FleetProgress::erase() {
  if (drawn_ > 0) std::cerr << fmt::format("\x1b[{}A\x1b[J", drawn_) << std::flush;
  drawn_ = 0;
}

void FleetProgress::draw() {
  if (!terminal_) return;
  erase();
  for (const auto& [machine, what] : running_) std::cerr << fmt::format("{}: {}\n", machine, what);
  std::cerr << std::flush;
  drawn_ = running_.size();
}

}  // namespace luolab
