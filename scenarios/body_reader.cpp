// SPDX-License-Identifier: Apache-2.0
#include "scenarios/body_reader.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include "core/base/quantity.h"
#include "scenarios/contract_reader.h"
#include "scenarios/kernels_reader.h"
#include "scenarios/load_reader.h"
#include "scenarios/map_reader.h"
#include "scenarios/memfd_reader.h"
#include "scenarios/session_reader.h"
#include "scenarios/step_reader.h"
#include "scenarios/target_reader.h"

namespace luolab {
namespace {

/// Phases that a limit can be set for; docs/phases.md says where each begins and ends.
constexpr std::array<std::string_view, 9> kPhases{"preserve",    "load",      "shutdown-to-entry",
                                                  "kernel-boot", "userspace", "retrieve",
                                                  "verify",      "finish",    "blackout"};
/// More ranges than this make a report nobody can read and a store that nobody can carry.
constexpr std::uint64_t kMostRanges = 65'536;

FitSpec read_fit(const Field& field) {
  const MapReader map(field, {"over", "phases"});
  FitSpec fit;
  fit.over = map.required("over").word().value_or("");
  for (const Field& phase : map.required("phases").items()) {
    if (const auto index = phase.choice("phase", kPhases)) fit.phases.emplace_back(kPhases[*index]);
  }
  return fit;
}

/// A phase that is named twice is compared once.
std::vector<std::string> read_latency(const Field& field) {
  std::vector<std::string> phases;
  for (const Field& item : field.items()) {
    const auto index = item.choice("phase", kPhases);
    if (!index) continue;
    const std::string phase(kPhases[*index]);
    if (std::ranges::find(phases, phase) == phases.end()) phases.push_back(phase);
  }
  return phases;
}

std::vector<std::string_view> check_keys() {
  std::vector<std::string_view> keys{"console", "untainted", "content"};
  keys.insert(keys.end(), kPhases.begin(), kPhases.end());
  return keys;
}

CheckSpec read_checks(const Field& field) {
  constexpr std::array<std::string_view, 1> kContent{"identical"};
  const MapReader map(field, check_keys());
  CheckSpec checks;
  checks.console =
      map["console"].enumerator<ConsoleCheck>("console check").value_or(checks.console);
  checks.untainted = map["untainted"].boolean().value_or(checks.untainted);
  map["content"].choice("content check", kContent);
  for (const std::string_view phase : kPhases) {
    const MapReader limit(map[phase], {"max"});
    if (const auto longest = limit.required("max").duration()) {
      checks.phase_max.emplace(phase, *longest);
    }
  }
  return checks;
}

Timeouts read_timeouts(const Field& field) {
  const MapReader map(field, {"queue", "build", "boot", "hop", "silence"});
  Timeouts timeouts;
  timeouts.queue = map["queue"].duration().value_or(timeouts.queue);
  timeouts.build = map["build"].duration().value_or(timeouts.build);
  timeouts.boot = map["boot"].duration().value_or(timeouts.boot);
  timeouts.hop = map["hop"].duration().value_or(timeouts.hop);
  timeouts.silence = map["silence"].duration().value_or(timeouts.silence);
  return timeouts;
}

std::uint64_t read_range(const Field& field) {
  const std::uint64_t otherwise = Job{}.range_bytes;
  const auto range = field.size_bytes();
  if (!range) return otherwise;
  if (*range > 0 && *range % kPageBytes == 0) return *range;
  field.report(
      fmt::format("{} is no multiple of the page, {} bytes", format_size(*range), kPageBytes));
  return otherwise;
}

Fork read_fork(const Field& field) {
  constexpr std::array<std::string_view, 3> kForks{"auto", "never", "after-kexec"};
  constexpr std::array<Fork, 3> kMeaning{Fork::auto_, Fork::never, Fork::after_kexec};
  const auto index = field.choice("fork", kForks);
  return index ? kMeaning[*index] : Fork::auto_;
}

std::uint64_t saturating_add(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  return a > most - b ? most : a + b;
}

/// Memory that preserving takes: whole pages, and holes are allocated too.
std::uint64_t preserved_bytes(const std::vector<SessionSpec>& sessions) {
  std::uint64_t sum = 0;
  for (const SessionSpec& session : sessions) {
    for (const MemfdSpec& memfd : session.memfds) {
      const std::uint64_t pages =
          memfd.size_bytes / kPageBytes + (memfd.size_bytes % kPageBytes != 0);
      sum = saturating_add(sum, pages * kPageBytes);
    }
  }
  return sum;
}

std::uint64_t count_ranges(const ScenarioBody& body) {
  std::uint64_t count = 0;
  for (const SessionSpec& session : body.sessions) {
    for (const MemfdSpec& memfd : session.memfds) {
      count = saturating_add(count, memfd.size_bytes / body.range_bytes + 1);
    }
  }
  return count;
}

void check_memory(const ScenarioBody& body, const Field& sessions) {
  const std::uint64_t preserved = preserved_bytes(body.sessions);
  const std::uint64_t room = body.target.memory_bytes - kKernelMemoryBytes;
  if (preserved <= room) return;
  sessions.report(
      fmt::format("{} of memfds do not fit: of target.memory {}, {} are the kernels', which "
                  "leaves {} (raise target.memory, or preserve less)",
                  format_size_rounded(preserved), format_size(body.target.memory_bytes),
                  format_size(kKernelMemoryBytes), format_size(room)));
}

void check_ranges(const ScenarioBody& body, const Field& range) {
  if (const std::uint64_t count = count_ranges(body); count > kMostRanges) {
    range.report(fmt::format("{} checksums of {} each; {} are the most (choose a larger range)",
                             count, format_size(body.range_bytes), kMostRanges));
  }
}

bool has_steps(const MapReader& map) { return map["before"] || map["after"]; }

void read_steps_of(const MapReader& map, ScenarioBody& body) {
  const std::size_t hops = std::max<std::size_t>(body.hops.size(), 1);
  body.before = read_steps(map["before"], hops);
  body.after = read_steps(map["after"], hops);
  check_steps(body.before, body.after, body.sessions, body.load, map["before"], map["after"]);
  body.known_issues = read_known_issues(map["known_issues"]);
  body.faults = read_faults(map["faults"], hops);
}

}  // namespace

std::vector<std::string_view> document_keys() {
  return {"apiVersion", "name",   "summary", "kernels",      "target",  "sessions",
          "checks",     "matrix", "repeat",  "timeouts",     "range",   "promise",
          "broken",     "source", "before",  "known_issues", "after",   "faults",
          "fork",       "load",   "quiesce", "fit",          "latency", "rollout"};
}

ScenarioBody read_body(const YamlNode& document, Problems& problems) {
  const Field root(&document, "", problems);
  const MapReader map(root, document_keys());
  const std::size_t before_target = problems.size();
  TargetSpec target = read_target(map["target"], bool(map["rollout"]));
  const bool memory_is_known = problems.size() == before_target;
  KernelRefs kernels = read_kernels(map.required("kernels"));
  ScenarioBody body{
      .summary = map["summary"].text().value_or(""),
      .outgoing = std::move(kernels.outgoing),
      .hops = std::move(kernels.hops),
      .target = std::move(target),
      .sessions = read_sessions(has_steps(map) ? map["sessions"] : map.required("sessions")),
      .load = {},
      .quiesce = map["quiesce"].boolean().value_or(false),
      .checks = read_checks(map["checks"]),
      .timeouts = read_timeouts(map["timeouts"]),
      .range_bytes = read_range(map["range"]),
      .promises = read_promises(map["promise"]),
      .broken = map["broken"].text().value_or(""),
      .source = map["source"].text().value_or(""),
      .fork = read_fork(map["fork"]),
      .fit = read_fit(map["fit"]),
      .latency = read_latency(map["latency"])};
  body.load = read_load(map["load"], body.sessions);
  read_steps_of(map, body);
  if (map["sessions"] && memory_is_known) check_memory(body, map["sessions"]);
  if (map["range"]) check_ranges(body, map["range"]);
  return body;
}

}  // namespace luolab
