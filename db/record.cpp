// SPDX-License-Identifier: Apache-2.0
#include "db/record.h"

#include <charconv>

#include <boost/describe/enum_to_string.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace luolab {
namespace {

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 1) return {};
  return value;
}

}  // namespace

std::string id_text(RunId id) { return fmt::format("{}", id.value); }

std::string id_text(JobId id) { return fmt::format("j{}", id.value); }

std::optional<RunId> parse_run_id(std::string_view text) {
  if (text.starts_with('r')) text.remove_prefix(1);
  const auto number = parse_number(text);
  return number ? std::optional(RunId{*number}) : std::nullopt;
}

std::optional<JobId> parse_job_id(std::string_view text) {
  if (!text.starts_with('j')) return {};
  const auto number = parse_number(text.substr(1));
  return number ? std::optional(JobId{*number}) : std::nullopt;
}

std::string time_text(TimePoint time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(seconds.time_since_epoch().count()));
}

std::string_view state_name(RunState state) {
  return boost::describe::enum_to_string(state, "running");
}

std::string_view state_name(JobState state) {
  return boost::describe::enum_to_string(state, "queued");
}

}  // namespace luolab
