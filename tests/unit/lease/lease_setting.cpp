// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/lease/lease_setting.h"

#include <algorithm>
#include <fstream>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

namespace luolab {

namespace fs = std::filesystem;

void FakeRunner::let_go() {
  hold = false;
  changed_.wake();
}

fs::path FakeRunner::console_of(std::int64_t attempt) const {
  return folder_ / fmt::format("console-{}", attempt);
}

void FakeRunner::print(std::int64_t attempt, std::string_view words) {
  std::ofstream(console_of(attempt), std::ios::app) << words;
}

Task<AttemptReport> FakeRunner::run(const LeaseGrant& grant, AttemptTies ties) {
  ours[grant.attempt] = ties.ours;
  began.insert(grant.attempt);
  fs::create_directories(folder_);
  const fs::path console = console_of(grant.attempt);
  write_scratch_file(console, "Linux version 7.3\n");
  ties.on_console(console);
  ties.on_activity("hop 1");
  if (on_step) on_step();
  if (!throws.empty()) throw std::runtime_error(throws);
  try {
    while (hold) co_await changed_.wait();
  } catch (const boost::system::system_error&) {
    cut_off.insert(grant.attempt);
    throw;
  }
  AttemptReport report;
  report.verdict = Verdict::PASS;
  report.reason = "every check held";
  report.artifacts.push_back(ties.keep(console, "console.log"));
  if (on_step) on_step();
  fs::remove(console);
  ended.insert(grant.attempt);
  co_return report;
}

Task<bool> FakeRunner::settle(std::int64_t attempt) {
  settled.insert(attempt);
  if (on_step) on_step();
  co_return true;
}

bool Told::has(const std::string& word) const {
  return std::ranges::find(words, word) != words.end();
}

void Told::away(std::string_view call, const Error&, std::chrono::nanoseconds pause) {
  words.push_back(fmt::format("away {}", call));
  pauses.push_back(pause);
}

void Told::started(const LeaseGrant& grant) {
  words.push_back(fmt::format("started {}", grant.attempt));
}

void Told::asked_to_end(std::int64_t attempt, EndReason) {
  words.push_back(fmt::format("asked to end {}", attempt));
}

void Told::ended(const LeaseGrant& grant, const AttemptReport&) {
  words.push_back(fmt::format("ended {}", grant.attempt));
}

void Told::delivered(std::int64_t attempt, std::int64_t, Delivery delivery) {
  words.push_back(
      fmt::format("{} {}", delivery == Delivery::taken ? "delivered" : "refused", attempt));
}

void Told::set_aside(std::int64_t attempt, const Error&) {
  words.push_back(fmt::format("set aside {}", attempt));
}

LeaseSetting::LeaseSetting(fs::path folder, std::string instance)
    : runner(io.get_executor(), folder / ("scratch-" + instance)), folder_(std::move(folder)) {
  options.self.name = "w1";
  options.self.instance = std::move(instance);
}

LeaseSetting::~LeaseSetting() {
  if (loop_ && !over_) stop();
}

void LeaseSetting::start() {
  spool.emplace(Spool::open(folder_ / "spool").value());
  loop_ = std::make_unique<LeaseLoop>(
      io.get_executor(), LeaseLoopParts{controller, *spool, runner, clock, told}, options);
  asio::co_spawn(io, loop_->run(),
                 [this](std::exception_ptr failure, Result<std::optional<AttemptReport>> result) {
                   failure_ = failure;
                   if (!failure) result_.emplace(std::move(result));
                   over_ = true;
                 });
}

bool LeaseSetting::reaches(const std::function<bool()>& condition, std::chrono::nanoseconds limit) {
  const auto end = clock.now() + limit;
  for (;;) {
    io.restart();
    io.poll();
    if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
    if (condition()) return true;
    if (clock.now() >= end || !clock.advance()) return false;
  }
}

bool LeaseSetting::tells(const std::string& word) {
  return reaches([&] { return told.has(word); });
}

void LeaseSetting::pass(std::chrono::nanoseconds time) {
  const auto end = clock.now() + time;
  reaches([&] { return clock.now() >= end; }, time);
}

void LeaseSetting::stop() {
  loop_->stop();
  reaches([this] { return over_; });
}

const AttemptReport* LeaseSetting::report_of(std::int64_t attempt) const {
  const auto found = controller.lab.attempts.find(attempt);
  if (found == controller.lab.attempts.end() || !found->second.report) return nullptr;
  return &*found->second.report;
}

}  // namespace luolab
