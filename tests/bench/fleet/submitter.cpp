// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/fleet/submitter.h"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "tests/bench/fleet/connection.h"

namespace luolab::bench {
namespace {

/// Whether it was acknowledged.
Task<bool> submit_once(Fleet& fleet, FleetConnection& connection, std::uint32_t number) {
  const FleetOptions& options = fleet.options;
  const std::string target =
      fmt::format("/api/v1/runs?repeat={}&title={}-{}", options.run_jobs, options.name, number);
  const std::string fields = fmt::format(
      "Content-Type: application/yaml\r\nIdempotency-Key: {}-{}\r\n", options.name, number);
  const Reply reply = co_await connection.exchange("POST", target, options.scenario, fields);
  if (reply.status != 201 && reply.status != 200) {
    ++fleet.figures.errors[fmt::format("submit {}", reply.status)];
    co_return false;
  }
  const auto answer = boost::json::parse(reply.body);
  const std::string_view run = answer.at("run").as_string();
  const std::string line = fmt::format("run {} {}", run, options.run_jobs);
  fleet.journal.write(line);
  co_return true;
}

Task<void> submit_until_acknowledged(Fleet& fleet, FleetConnection& connection,
                                     std::uint32_t number) {
  const auto start = Clock::now();
  for (;;) {
    try {
      if (co_await submit_once(fleet, connection, number)) break;
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted) throw;
      ++fleet.figures.errors["submit: " + error.code().message()];
    }
    co_await breathe(std::chrono::milliseconds{100});
  }
  fleet.figures.submit.add(Clock::now() - start);
  ++fleet.figures.runs;
  fleet.submitted += fleet.options.run_jobs;
}

}  // namespace

Task<void> submit_runs(Fleet& fleet) {
  FleetConnection connection(co_await asio::this_coro::executor, fleet.options);
  const auto pace = std::chrono::duration_cast<std::chrono::milliseconds>(fleet.options.pace);
  for (std::uint32_t i = 0; i < fleet.options.runs; ++i) {
    co_await submit_until_acknowledged(fleet, connection, i);
    if (pace.count() > 0) co_await breathe(pace);
  }
  fleet.submitting = false;
}

}  // namespace luolab::bench
