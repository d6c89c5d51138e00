// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/fleet/worker.h"

#include <charconv>
#include <random>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "core/protocol/json.h"
#include "core/protocol/lease.h"
#include "core/protocol/report.h"

namespace luolab::bench {
namespace {

constexpr std::chrono::milliseconds kPause{100};
constexpr std::chrono::seconds kPark{30};

std::mt19937_64& chance() {
  static std::mt19937_64 generator{std::random_device{}()};
  return generator;
}

/// A report as a small job makes it: one hop, eight phases, six checks.
std::string report_json(const std::string& worker) {
  using std::chrono::milliseconds;
  AttemptReport report{.verdict = Verdict::PASS, .worker = worker, .accel = "tcg"};
  report.wall = milliseconds{2345};
  report.bytes_verified = 1 << 20;
  report.hops.push_back({.index = 0,
                         .outgoing_build = std::string(64, 'a'),
                         .incoming_build = std::string(64, 'a'),
                         .outgoing_boot_id = "6c0f1b1e-2f3b-4a7e-9d8c-000000000001",
                         .incoming_boot_id = "6c0f1b1e-2f3b-4a7e-9d8c-000000000002",
                         .incoming_release = "7.3.4",
                         .incoming_build_id = std::string(40, 'b')});
  std::int32_t at = 0;
  for (const char* name :
       {"boot", "fill", "preserve", "kexec", "blackout", "retrieve", "verify", "finish"}) {
    Phase phase{.name = name, .hop = at < 2 ? -1 : 0, .start = milliseconds{100 * at}};
    phase.end = phase.start + milliseconds{90};
    phase.duration = milliseconds{90};
    report.phases.push_back(phase);
    ++at;
  }
  for (const char* name : {"continuity.nonce", "continuity.boot_id", "continuity.build_id",
                           "continuity.banners", "console", "content"})
    report.checks.push_back({.hop = 0, .name = name, .subject = "s/m", .verdict = Verdict::PASS});
  report.checksums.push_back({.hop = 0,
                              .memfd = "s/m",
                              .length_bytes = 1 << 20,
                              .algorithm = "xxh3-128",
                              .expected = std::string(32, 'c'),
                              .actual = std::string(32, 'c')});
  report.measurements.push_back({.name = "tsc.frequency", .value = 2.1e9, .unit = "Hz"});
  return boost::json::serialize(to_json(report));
}

std::int64_t member(std::string_view json, std::string_view name) {
  const std::string label = fmt::format("\"{}\":", name);
  const auto at = json.find(label);
  std::int64_t value = 0;
  if (at != std::string_view::npos)
    std::from_chars(json.data() + at + label.size(), json.data() + json.size(), value);
  return value;
}

}  // namespace

SimulatedWorker::SimulatedWorker(const asio::any_io_executor& executor, Fleet& fleet,
                                 std::uint32_t number)
    : fleet_(fleet),
      number_(number),
      name_(fmt::format("{}-{}", fleet.options.name, number)),
      instance_(fmt::format("{:016x}", chance()())),
      address_("/api/v1/workers/" + name_),
      report_(report_json(name_)),
      lane_(executor, fleet.options),
      signs_(executor, fleet.options),
      welcomed_(executor) {}

std::string SimulatedWorker::hello_json() const {
  WorkerHello hello{.name = name_, .instance = instance_, .version = "simulated", .slots = 1};
  hello.memory_bytes = std::uint64_t{64} << 30;
  hello.cpus = 4;
  hello.builds = fleet_.builds;
  if (held_) hello.attempts.push_back(held_->attempt);
  return boost::json::serialize(to_json(hello));
}

/// Once at a time, whichever of the two loops finds out first.
Task<void> SimulatedWorker::greet() {
  if (greeting_) {
    co_await welcomed_.wait();
    co_return;
  }
  greeting_ = true;
  struct Ended {
    SimulatedWorker& worker;
    ~Ended() {
      worker.greeting_ = false;
      worker.welcomed_.wake();
    }
  } ended{*this};
  const std::string body = hello_json();
  const Reply reply = co_await signs_.exchange("PUT", address_, body);
  if (reply.status != 200) {
    ++fleet_.figures.errors[fmt::format("hello {}", reply.status)];
    co_await breathe(kPause);
    co_return;
  }
  ++fleet_.figures.hellos;
  if (!greeted_once_) ++fleet_.greeted;
  greeted_once_ = known_ = true;
  const auto welcome = from_json<WorkerWelcome>(reply.body).value();
  heartbeat_ = welcome.heartbeat;
  if (fleet_.options.heartbeat.count() > 0)
    heartbeat_ = std::chrono::duration_cast<std::chrono::nanoseconds>(fleet_.options.heartbeat);
  for (const std::int64_t stale : welcome.stale) {
    if (held_ && held_->attempt == stale) {
      fleet_.journal.write(fmt::format("stale {} {}", held_->attempt, held_->job));
      ++fleet_.figures.stale;
      held_.reset();
    }
  }
}

Task<void> SimulatedWorker::work() {
  co_await breathe(std::chrono::milliseconds{number_ / 2});  // not all at the same instant
  for (;;) {
    bool failed = false;
    try {
      co_await step();
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted) throw;
      ++fleet_.figures.errors["lane: " + error.code().message()];
      failed = true;
    }
    if (failed) co_await breathe(kPause);
  }
}

Task<void> SimulatedWorker::step() {
  if (!known_) co_return co_await greet();
  if (!held_) co_return co_await ask();
  if (const auto left = held_->ends - Clock::now(); left.count() > 0)
    co_return co_await breathe(std::chrono::ceil<std::chrono::milliseconds>(left));
  co_await deliver();
}

Task<void> SimulatedWorker::ask() {
  const std::string target = address_ + "/lease";
  const std::string body = fmt::format(R"({{"instance":"{}","wait":{},"held":[]}})", instance_,
                                       std::chrono::nanoseconds{kPark}.count());
  const bool had_to_wait = fleet_.waiting() <= 0;
  const auto start = Clock::now();
  const Reply reply = co_await lane_.exchange("POST", target, body);
  if (reply.status == 204) {
    ++fleet_.figures.empty;
    co_return;
  }
  if (reply.status == 409) known_ = false;
  if (reply.status != 200) {
    ++fleet_.figures.errors[fmt::format("lease {}", reply.status)];
    co_return co_await breathe(kPause);
  }
  const std::string_view head = std::string_view(reply.body).substr(0, 200);
  const auto job_time = std::chrono::duration_cast<Clock::duration>(fleet_.options.job);
  held_ = Held{member(head, "attempt"), member(head, "job_id"), member(head, "run"),
               Clock::now() + job_time};
  ++fleet_.figures.grants;
  ++fleet_.taken;
  if (!had_to_wait) fleet_.figures.lease.add(Clock::now() - start);
  fleet_.journal.write(fmt::format("grant {} {}", held_->attempt, held_->job));
  fleet_.on_grant(held_->run);
}

Task<void> SimulatedWorker::deliver() {
  const Held held = *held_;
  const std::string target = fmt::format("/api/v1/attempts/{}/report", held.attempt);
  const auto start = Clock::now();
  const Reply reply = co_await lane_.exchange("PUT", target, report_);
  if (reply.status != 204 && reply.status != 409) {
    ++fleet_.figures.errors[fmt::format("report {}", reply.status)];
    co_return co_await breathe(kPause);
  }
  held_.reset();
  const bool taken = reply.status == 204;
  fleet_.journal.write(fmt::format("{} {} {}", taken ? "done" : "stale", held.attempt, held.job));
  if (!taken) {
    ++fleet_.figures.stale;
    co_return;
  }
  fleet_.figures.report.add(Clock::now() - start);
  fleet_.figures.completed();
  if (!fleet_.done.insert(held.job).second) ++fleet_.figures.twice;
}

Task<void> SimulatedWorker::beat() {
  std::uniform_real_distribution<double> part(0, 1);
  while (!greeted_once_) co_await welcomed_.wait();  // it says how often
  Clock::time_point due = Clock::now();
  double share = part(chance());  // the first at a random instant, so that a fleet's spread
  for (;;) {
    due += std::chrono::duration_cast<Clock::duration>(heartbeat_ * std::exchange(share, 1.0));
    due = std::max(due, Clock::now());
    asio::steady_timer timer(co_await asio::this_coro::executor, due);
    co_await timer.async_wait(asio::use_awaitable);
    if (known_ && !greeting_) co_await beat_in_time(due);
  }
}

Task<void> SimulatedWorker::beat_in_time(Clock::time_point due) {
  try {
    co_await beat_once();
    const auto took = Clock::now() - due;
    fleet_.figures.heartbeat.add(took);
    if (took > heartbeat_) ++fleet_.figures.late_heartbeats;
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    ++fleet_.figures.lost_heartbeats;
    ++fleet_.figures.errors["heartbeat: " + error.code().message()];
  }
}

Task<void> SimulatedWorker::beat_once() {
  Heartbeat heartbeat{.instance = instance_};
  if (held_) heartbeat.attempts.push_back({held_->attempt, "simulated"});
  const std::string target = address_ + "/heartbeat";
  const std::string body = boost::json::serialize(to_json(heartbeat));
  const Reply reply = co_await signs_.exchange("POST", target, body);
  ++fleet_.figures.heartbeats;
  if (reply.status == 200) co_return;
  ++fleet_.figures.lost_heartbeats;
  ++fleet_.figures.errors[fmt::format("heartbeat {}", reply.status)];
  if (reply.status == 409) known_ = false;
}

}  // namespace luolab::bench
