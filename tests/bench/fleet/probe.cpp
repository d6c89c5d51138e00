// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/fleet/probe.h"

#include <stdexcept>

#include <fmt/format.h>

#include "core/async/signal.h"
#include "tests/bench/fleet/connection.h"

namespace luolab::bench {

Task<void> probe(Fleet& fleet) {
  const auto executor = co_await asio::this_coro::executor;
  FleetConnection connection(executor, fleet.options);
  Clock::time_point granted;
  bool has = false;
  Signal came(executor);
  fleet.on_grant = [&](std::int64_t) {
    granted = Clock::now();
    has = true;
    came.wake();
  };
  co_await breathe(std::chrono::duration_cast<std::chrono::milliseconds>(fleet.options.warm_up));
  for (std::uint32_t i = 0; i < fleet.options.probes; ++i) {
    has = false;
    const std::uint64_t completions = fleet.figures.completions;
    const auto begun = Clock::now();
    const Reply reply = co_await connection.exchange("POST", "/api/v1/runs", fleet.options.scenario,
                                                     "Content-Type: application/yaml\r\n");
    const auto acknowledged = Clock::now();
    if (reply.status != 201)
      throw std::runtime_error(fmt::format("submission: {} {}", reply.status, reply.body));
    while (!has) co_await came.wait();
    fleet.figures.submit.add(acknowledged - begun);
    fleet.figures.dispatch.add(granted - acknowledged);
    fleet.figures.dispatch_whole.add(granted - begun);
    while (fleet.figures.completions == completions) co_await breathe(std::chrono::milliseconds{2});
    co_await breathe(std::chrono::milliseconds{20});
  }
  fleet.on_grant = [](std::int64_t) {};
}

}  // namespace luolab::bench
