// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace luolab::bench {

using Clock = std::chrono::steady_clock;

/// Times that were measured, in milliseconds.
class Latencies {
 public:
  void add(Clock::duration took) {
    milliseconds_.push_back(std::chrono::duration<float, std::milli>(took).count());
  }
  void clear() { milliseconds_.clear(); }
  std::size_t count() const { return milliseconds_.size(); }
  /// {"n","p50","p90","p99","max"}; zeros where there is none.
  boost::json::object json() const;

 private:
  std::vector<float> milliseconds_;
};

/// What a simulated fleet saw. `reset` is called when the warm-up is over. One thread.
struct Figures {
  Clock::time_point since = Clock::now();
  std::uint64_t grants = 0;
  std::uint64_t completions = 0;  ///< reports that were acknowledged
  std::uint64_t empty = 0;        ///< lease requests that were answered with nothing
  std::uint64_t stale = 0;        ///< reports that were refused
  std::uint64_t twice = 0;        ///< jobs with two acknowledged reports
  std::uint64_t heartbeats = 0;
  std::uint64_t late_heartbeats = 0;  ///< unanswered until the next was due
  std::uint64_t lost_heartbeats = 0;  ///< not answered with 200
  std::uint64_t hellos = 0;
  std::uint64_t runs = 0;                       ///< acknowledged submissions
  std::map<std::string, std::uint64_t> errors;  ///< "report 503" -> how often
  std::vector<std::uint32_t> per_second;        ///< completions
  Latencies lease;   ///< a lease request that was answered with a grant, while jobs waited
  Latencies report;  ///< from sending a report until it was acknowledged
  Latencies heartbeat;
  Latencies submit;          ///< a submission, until it was acknowledged
  Latencies dispatch;        ///< a single job: acknowledged to the submitter -> at a worker
  Latencies dispatch_whole;  ///< a single job: begun to be submitted -> at a worker

  void completed();
  void reset();
  boost::json::object json() const;
};

}  // namespace luolab::bench
