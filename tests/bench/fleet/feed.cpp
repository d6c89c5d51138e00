// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/fleet/feed.h"

#include <fmt/format.h>

#include "tests/bench/fleet/connection.h"

namespace luolab::bench {
namespace {

Task<void> submit_one(Fleet& fleet, FleetConnection& connection) {
  const std::uint32_t jobs = fleet.options.feed_jobs;
  const std::string target = fmt::format("/api/v1/runs?repeat={}", jobs);
  const auto start = Clock::now();
  const Reply reply = co_await connection.exchange("POST", target, fleet.options.scenario,
                                                   "Content-Type: application/yaml\r\n");
  fleet.figures.submit.add(Clock::now() - start);
  if (reply.status != 201) {
    ++fleet.figures.errors[fmt::format("submit {}", reply.status)];
    co_await breathe(std::chrono::milliseconds{200});
    co_return;
  }
  ++fleet.figures.runs;
  fleet.submitted += jobs;
}

}  // namespace

Task<void> feed(Fleet& fleet) {
  FleetConnection connection(co_await asio::this_coro::executor, fleet.options);
  for (;;) {
    if (fleet.waiting() < static_cast<std::int64_t>(fleet.options.feed))
      co_await submit_one(fleet, connection);
    else
      co_await breathe(std::chrono::milliseconds{5});
  }
}

}  // namespace luolab::bench
