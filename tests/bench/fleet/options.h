// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace luolab::bench {

using Seconds = std::chrono::duration<double>;

/// What a simulated fleet is and does.
struct FleetOptions {
  std::string address = "127.0.0.1";  ///< of the controller; plain HTTP
  std::uint16_t port = 7480;
  std::string token;         ///< empty: none is sent
  std::string name = "sim";  ///< workers are NAME-0, NAME-1, ...
  std::uint32_t workers = 10;
  Seconds job{0};        ///< how long an attempt takes
  Seconds heartbeat{0};  ///< 0: as often as the controller asks for
  std::string scenario;  ///< YAML text that is submitted

  Seconds warm_up{5};             ///< before figures count
  Seconds measured{0};            ///< figures count so long; 0: until what was submitted has ended
  std::uint32_t feed = 0;         ///< keep so many jobs waiting; 0: none
  std::uint32_t feed_jobs = 500;  ///< jobs of one submission that feeds
  std::uint32_t probes = 0;       ///< submit so many single jobs, one after the other

  std::uint32_t runs = 0;  ///< submit so many runs, each until it is acknowledged
  std::uint32_t run_jobs = 10;
  Seconds pace{0};  ///< between two submissions

  std::string journal;  ///< file of what was acknowledged; empty: none
};

}  // namespace luolab::bench
