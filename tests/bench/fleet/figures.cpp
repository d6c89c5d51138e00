// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/fleet/figures.h"

#include <algorithm>

#include <boost/json/value_from.hpp>

namespace luolab::bench {

boost::json::object Latencies::json() const {
  std::vector<float> sorted = milliseconds_;
  std::ranges::sort(sorted);
  const auto at = [&](double part) {
    if (sorted.empty()) return 0.0F;
    const auto place = static_cast<std::size_t>(part * static_cast<double>(sorted.size()));
    return sorted[std::min(place, sorted.size() - 1)];
  };
  return {
      {"n", sorted.size()}, {"p50", at(0.5)}, {"p90", at(0.9)}, {"p99", at(0.99)}, {"max", at(1)}};
}

void Figures::completed() {
  ++completions;
  const auto second = static_cast<std::size_t>((Clock::now() - since) / std::chrono::seconds{1});
  if (per_second.size() <= second) per_second.resize(second + 1);
  ++per_second[second];
}

void Figures::reset() { *this = Figures{}; }

boost::json::object Figures::json() const {
  const double seconds = std::chrono::duration<double>(Clock::now() - since).count();
  boost::json::object json;
  json["seconds"] = seconds;
  json["completions"] = completions;
  json["completions_per_second"] = static_cast<double>(completions) / seconds;
  json["grants"] = grants;
  json["empty_leases"] = empty;
  json["stale_reports"] = stale;
  json["jobs_done_twice"] = twice;
  json["hellos"] = hellos;
  json["runs"] = runs;
  json["heartbeats"] = heartbeats;
  json["late_heartbeats"] = late_heartbeats;
  json["lost_heartbeats"] = lost_heartbeats;
  json["errors"] = boost::json::value_from(errors);
  json["lease_ms"] = lease.json();
  json["report_ms"] = report.json();
  json["heartbeat_ms"] = heartbeat.json();
  json["submit_ms"] = submit.json();
  json["dispatch_ms"] = dispatch.json();
  json["dispatch_whole_ms"] = dispatch_whole.json();
  json["per_second"] = boost::json::value_from(per_second);
  return json;
}

}  // namespace luolab::bench
