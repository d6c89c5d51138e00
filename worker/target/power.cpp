// SPDX-License-Identifier: Apache-2.0
#include "worker/target/power.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "core/async/process.h"

namespace luolab {
namespace {

constexpr std::chrono::seconds kLimit{60};

/// Whether `text` has `word` as a word of its own, in whatever case.
bool says(std::string_view text, std::string_view word) {
  std::string found;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const int c = i < text.size() ? static_cast<unsigned char>(text[i]) : ' ';
    if (std::isalnum(c) != 0) {
      found += static_cast<char>(std::tolower(c));
      continue;
    }
    if (found == word) return true;
    found.clear();
  }
  return false;
}

}  // namespace

bool Power::can_cycle() const {
  return !commands_.cycle.empty() || (!commands_.on.empty() && !commands_.off.empty());
}

Task<Result<std::string>> Power::run(std::string command) {
  if (!may_()) co_return lab_error("the machine is not this attempt's any more");
  ProcessSpec spec{.program = "/bin/sh"};
  spec.arguments = {"-c", command};
  Task<Result<ProcessOutput>> running = run_process(std::move(spec));
  auto ended = co_await within(kLimit, std::move(running));
  if (!ended)
    co_return lab_error(fmt::format("`{}` did not end within {} s", command, kLimit.count()));
  if (!*ended) co_return ended->error();
  const ProcessOutput& output = **ended;
  if (output.exit_code == 0) co_return output.output;
  co_return lab_error(fmt::format("`{}` ended with {}: {}", command, output.exit_code,
                                  output.output.substr(0, output.output.find('\n'))));
}

Task<PowerState> Power::state() {
  if (commands_.status.empty()) co_return PowerState::unknown;
  std::string command = commands_.status;
  const auto said = co_await run(std::move(command));
  if (!said) co_return PowerState::unknown;
  const bool on = says(*said, "on"), off = says(*said, "off");
  if (on == off) co_return PowerState::unknown;
  co_return on ? PowerState::on : PowerState::off;
}

Task<Result<void>> Power::off() {
  if (commands_.off.empty()) co_return lab_error("power.off is not given");
  std::string command = commands_.off;
  const auto done = co_await run(std::move(command));
  if (!done) co_return done.error();
  co_return Result<void>();
}

Task<Result<void>> Power::cycle() {
  if (!can_cycle()) co_return lab_error("neither power.cycle nor power.on and power.off are given");
  if (!commands_.cycle.empty()) {
    std::string command = commands_.cycle;
    const auto done = co_await run(std::move(command));
    if (!done) co_return done.error();
    co_return Result<void>();
  }
  const auto went_off = co_await off();
  if (!went_off) co_return went_off.error();
  std::string command = commands_.on;
  const auto done = co_await run(std::move(command));
  if (!done) co_return done.error();
  co_return Result<void>();
}

}  // namespace luolab
