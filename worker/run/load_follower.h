// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/protocol/report.h"
#include "worker/run/agent_message.h"
#include "worker/run/load_oracle.h"
#include "worker/run/run_plan.h"

namespace luolab {

/// Follows all loads of a job: what they have done so far, what the memfds that they write must
/// hold, and whether anything went wrong in them. Pure; one thread. The plan must outlive it.
class LoadFollower {
 public:
  explicit LoadFollower(const RunPlan& plan);

  /// How far a load is, as the running agent says.
  void take_ack(const AgentAck& ack);
  /// The last figures of a load that was stopped.
  void take_stopped(const std::string& load, const boost::json::object& figures);

  bool writes(const MemfdPlan& memfd) const { return oracles_.contains(memfd.title); }
  /// Of a memfd that is written: what it must hold, page by page. nullptr: it is not written.
  const LoadOracle* oracle_of(const MemfdPlan& memfd) const;
  /// The answer to load.journal. What is wrong, in words; empty: nothing.
  std::string take_journals(const MemfdPlan& memfd, const boost::json::object& result);
  /// The memfd with what it must hold now: of one that is written, what its writers left.
  MemfdPlan expectation(const MemfdPlan& memfd) const;
  /// "3 writers left 51234 steps, 2 pages in the middle of one": of one that is written.
  std::string progress(const MemfdPlan& memfd) const;
  /// The answer to load.records: what is wrong with these pages, in words.
  std::string describe(const MemfdPlan& memfd, const boost::json::object& result) const;

  /// What the loads did up to a hop's kexec: a measurement each, and a check of each that found
  /// something wrong. Begins anew for the next hop.
  void close_hop(std::int32_t hop, std::vector<Measurement>& measurements,
                 std::vector<Check>& checks);

 private:
  const LoadPlan* find_load(const std::string& name) const;

  const RunPlan& plan_;
  std::map<std::string, LoadOracle> oracles_;          // by the memfd's title
  std::map<std::string, AgentAck> last_acks_;          // by the load's name, of this hop
  std::map<std::string, std::uint64_t> steps_before_;  // of writers, by the load's name
};

}  // namespace luolab
