// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/fleet/fleet.h"

#include <stdexcept>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "core/async/task_group.h"
#include "core/protocol/json.h"
#include "core/protocol/lease.h"
#include "tests/bench/fleet/connection.h"
#include "tests/bench/fleet/feed.h"
#include "tests/bench/fleet/probe.h"
#include "tests/bench/fleet/submitter.h"
#include "tests/bench/fleet/worker.h"

namespace luolab::bench {
namespace {

constexpr std::chrono::milliseconds kGlance{50};

Task<void> wait_until_greeted(const Fleet& fleet) {
  while (fleet.greeted < fleet.options.workers) co_await breathe(kGlance);
}

/// Until the controller says that nothing waits and nothing runs.
Task<void> wait_until_idle(Fleet& fleet) {
  FleetConnection connection(co_await asio::this_coro::executor, fleet.options);
  for (;;) {
    co_await breathe(kGlance);
    if (fleet.submitting) continue;
    try {
      const Reply reply = co_await connection.exchange("GET", "/api/v1/status", "", "");
      if (reply.status != 200) continue;
      const auto status = boost::json::parse(reply.body);
      if (status.at("waiting").as_int64() == 0 && status.at("running").as_int64() == 0) co_return;
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted) throw;
    }
  }
}

Task<void> measure(Fleet& fleet) {
  const FleetOptions& options = fleet.options;
  if (options.probes > 0) {
    co_await probe(fleet);
  } else if (options.measured.count() > 0) {
    co_await breathe(std::chrono::duration_cast<std::chrono::milliseconds>(options.warm_up));
    fleet.figures.reset();
    co_await breathe(std::chrono::duration_cast<std::chrono::milliseconds>(options.measured));
  } else if (options.runs > 0) {
    co_await wait_until_idle(fleet);
  } else {
    co_await breathe(std::chrono::hours{24 * 365});
  }
}

/// What is measured, from when all workers are there; then everybody is sent home.
Task<void> measure_all(Fleet& fleet, TaskGroup& group) {
  co_await wait_until_greeted(fleet);
  fleet.submitting = fleet.options.runs > 0;
  if (fleet.submitting) group.spawn(submit_runs(fleet));
  if (fleet.options.feed > 0) group.spawn(feed(fleet));
  fleet.figures.reset();
  co_await measure(fleet);
  group.cancel();
}

}  // namespace

Task<void> breathe(std::chrono::milliseconds pause) {
  asio::steady_timer timer(co_await asio::this_coro::executor, pause);
  co_await timer.async_wait(asio::use_awaitable);
}

Task<void> learn_builds(Fleet& fleet) {
  FleetConnection connection(co_await asio::this_coro::executor, fleet.options);
  const Reply reply =
      co_await connection.exchange("POST", "/api/v1/runs?dry_run=true", fleet.options.scenario,
                                   "Content-Type: application/yaml\r\n");
  if (reply.status != 200)
    throw std::runtime_error(fmt::format("dry run: {} {}", reply.status, reply.body));
  const auto answer = boost::json::parse(reply.body);
  const auto job = from_json<Job>(boost::json::serialize(answer.at("jobs").at(0)));
  if (!job) throw std::runtime_error(job.error().what);
  fleet.builds = needs_of(*job).builds;
}

Task<void> run_fleet(Fleet& fleet) {
  const auto executor = co_await asio::this_coro::executor;
  if (!fleet.options.scenario.empty()) co_await learn_builds(fleet);
  std::vector<std::unique_ptr<SimulatedWorker>> workers;
  TaskGroup group(executor);
  for (std::uint32_t i = 0; i < fleet.options.workers; ++i) {
    workers.push_back(std::make_unique<SimulatedWorker>(executor, fleet, i));
    group.spawn(workers.back()->work());
    group.spawn(workers.back()->beat());
  }
  group.spawn(measure_all(fleet, group));  // a worker that breaks ends this as well
  try {
    co_await group.join();
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) throw;
  }
}

}  // namespace luolab::bench
