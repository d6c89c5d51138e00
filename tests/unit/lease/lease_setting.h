// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "core/base/file.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_controller.h"
#include "worker/lease/lease_loop.h"

namespace luolab {

/// Attempts that print a console and end with PASS at once, or when they are let go.
class FakeRunner final : public AttemptRunner {
 public:
  FakeRunner(const asio::any_io_executor& executor, std::filesystem::path folder)
      : changed_(executor), folder_(std::move(folder)) {}

  bool hold = false;   ///< attempts run until `let_go`
  std::string throws;  ///< not empty: what they throw
  std::set<std::int64_t> began, ended, cut_off, settled;
  std::vector<std::string> known_builds;
  std::vector<OfflineTarget> offline_machines;
  std::map<std::int64_t, std::function<bool()>> ours;  ///< of each attempt that began
  std::function<void()> on_step;  ///< whenever something that lasts has changed

  void let_go();
  void print(std::int64_t attempt, std::string_view words);
  Task<AttemptReport> run(const LeaseGrant& grant, AttemptTies ties) override;
  Task<bool> settle(std::int64_t attempt) override;
  std::vector<std::string> builds() const override { return known_builds; }
  std::vector<OfflineTarget> offline() const override { return offline_machines; }

 private:
  std::filesystem::path console_of(std::int64_t attempt) const;
  Signal changed_;
  std::filesystem::path folder_;
};

/// Everything that a loop tells, in order: "started 1", "delivered 1", ...
class Told final : public LeaseObserver {
 public:
  std::vector<std::string> words;
  std::vector<std::chrono::nanoseconds> pauses;
  bool has(const std::string& word) const;

  void connected(const WorkerWelcome&) override { words.push_back("connected"); }
  void away(std::string_view call, const Error&, std::chrono::nanoseconds pause) override;
  void draining(bool drain) override { words.push_back(drain ? "draining" : "not draining"); }
  void started(const LeaseGrant& grant) override;
  void asked_to_end(std::int64_t attempt, EndReason reason) override;
  void ended(const LeaseGrant& grant, const AttemptReport& report) override;
  void delivered(std::int64_t attempt, std::int64_t job_id, Delivery delivery) override;
  void set_aside(std::int64_t attempt, const Error& error) override;
};

/// One worker process against a fake controller, in made-up time.
class LeaseSetting {
 public:
  explicit LeaseSetting(std::filesystem::path folder, std::string instance = "i1");
  ~LeaseSetting();

  asio::io_context io;
  FakeClock clock;
  FakeController controller{io.get_executor(), clock};
  FakeRunner runner;
  Told told;
  LeaseLoopOptions options;
  std::optional<Spool> spool;

  /// The worker's start: opens its spool.
  void start();
  /// Lets things happen, and time pass, until `condition`. False where it does not come within so
  /// much of the made-up time, or nothing is left to wait for.
  bool reaches(const std::function<bool()>& condition,
               std::chrono::nanoseconds limit = std::chrono::hours{1});
  /// The same, for a word that the loop tells.
  bool tells(const std::string& word);
  /// Lets so much of the made-up time pass.
  void pass(std::chrono::nanoseconds time);
  void stop();
  void look_again() { loop_->look_again(); }

  bool over() const { return over_; }
  const std::optional<Result<std::optional<AttemptReport>>>& result() const { return result_; }
  FakeLab& lab() { return controller.lab; }
  const AttemptReport* report_of(std::int64_t attempt) const;

 private:
  std::filesystem::path folder_;
  std::unique_ptr<LeaseLoop> loop_;
  bool over_ = false;
  std::exception_ptr failure_;
  std::optional<Result<std::optional<AttemptReport>>> result_;
};

}  // namespace luolab
