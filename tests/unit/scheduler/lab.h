// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "controller/scheduler/scheduler.h"

namespace luolab {

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

/// So long after the lab's first instant.
inline Instant at(std::chrono::nanoseconds after) {
  return Instant{std::chrono::hours{1000}} + after;
}

inline ReadyJob job(std::int64_t id, std::string submitter = "alice", int priority = 50) {
  ReadyJob it;
  it.id = {id};
  it.submitter = std::move(submitter);
  it.priority = priority;
  it.needs.memory_bytes = kGiB;
  it.queued = at(std::chrono::milliseconds{id});
  return it;
}

/// Ready, with room for a GiB in each slot.
inline WorkerOffer worker(std::string name, std::uint32_t slots = 1) {
  WorkerOffer it;
  it.name = std::move(name);
  it.hello.name = it.name;
  it.hello.instance = "first";
  it.hello.slots = slots;
  it.hello.memory_bytes = slots * kGiB;
  it.hello.cpus = 4;
  return it;
}

/// A worker that is connected and asks for as many jobs as it has slots.
inline void connect(Scheduler& scheduler, const WorkerOffer& it) {
  scheduler.set_worker(it);
  scheduler.set_demand(it.name, it.hello.slots);
}

/// "j1 on w1", "j2 on w1 builds a,b".
inline std::string text(const Placement& placement) {
  std::string it = id_text(placement.job) + " on " + placement.worker;
  for (std::size_t i = 0; i < placement.to_build.size(); ++i) {
    it += (i == 0 ? " builds " : ",") + placement.to_build[i];
  }
  return it;
}

inline std::vector<std::string> texts(const std::vector<Placement>& placements) {
  std::vector<std::string> list;
  for (const Placement& placement : placements) list.push_back(text(placement));
  return list;
}

/// A running job ends, and its worker asks for another one.
inline void end(Scheduler& scheduler, std::int64_t id, const std::string& worker, Instant now) {
  scheduler.ended({id}, now);
  scheduler.set_demand(worker, 1);
}

}  // namespace luolab
