// SPDX-License-Identifier: Apache-2.0
#include "worker/run/load_follower.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "worker/run/load_answer.h"

namespace luolab {
namespace {

/// Loads whose findings speak against the kernel: memory, data or a session was not what it must
/// be. The others fail where the machine is too small.
bool blames_kernel(LoadKind kind) {
  return kind == LoadKind::memory_reader || kind == LoadKind::cpu || kind == LoadKind::io ||
         kind == LoadKind::sessions;
}

}  // namespace

LoadFollower::LoadFollower(const RunPlan& plan) : plan_(plan) {
  for (const LoadPlan& load : plan.loads) {
    if (!load.journal) continue;
    const MemfdPlan& memfd = plan.memfds[*load.memfd];
    oracles_.emplace(memfd.title, LoadOracle(load.shape, memfd.key, memfd.layout));
  }
}

const LoadPlan* LoadFollower::find_load(const std::string& name) const {
  const auto load = std::ranges::find(plan_.loads, name, &LoadPlan::name);
  return load == plan_.loads.end() ? nullptr : &*load;
}

void LoadFollower::take_ack(const AgentAck& ack) {
  const LoadPlan* const load = find_load(ack.load);
  if (load == nullptr) return;
  if (load->journal) oracles_.at(plan_.memfds[*load->memfd].title).acknowledge(ack.done);
  last_acks_[ack.load] = ack;
}

void LoadFollower::take_stopped(const std::string& load, const boost::json::object& figures) {
  take_ack(read_ack(load, figures));
}

const LoadOracle* LoadFollower::oracle_of(const MemfdPlan& memfd) const {
  const auto oracle = oracles_.find(memfd.title);
  return oracle == oracles_.end() ? nullptr : &oracle->second;
}

std::string LoadFollower::take_journals(const MemfdPlan& memfd, const boost::json::object& result) {
  return oracles_.at(memfd.title).take_journals(read_journals(result));
}

MemfdPlan LoadFollower::expectation(const MemfdPlan& memfd) const {
  static const HashKind kFastest = fastest_hash(measure_hashes());
  MemfdPlan now = memfd;
  if (const auto oracle = oracles_.find(memfd.title); oracle != oracles_.end()) {
    now.expected = oracle->second.expected(plan_.job.range_bytes, kFastest, memfd.spec.sha256);
  }
  return now;
}

std::string LoadFollower::progress(const MemfdPlan& memfd) const {
  const LoadOracle& oracle = oracles_.at(memfd.title);
  return fmt::format("as {} writer{} left it after {} steps, {} page{} in the middle of one",
                     oracle.shape().writers, oracle.shape().writers == 1 ? "" : "s", oracle.steps(),
                     oracle.torn_pages(), oracle.torn_pages() == 1 ? "" : "s");
}

std::string LoadFollower::describe(const MemfdPlan& memfd,
                                   const boost::json::object& result) const {
  return oracles_.at(memfd.title).describe(read_records(result));
}

void LoadFollower::close_hop(std::int32_t hop, std::vector<Measurement>& measurements,
                             std::vector<Check>& checks) {
  for (const auto& [name, ack] : last_acks_) {
    const LoadPlan& load = *find_load(name);
    const std::uint64_t steps =
        load.journal ? std::accumulate(ack.done.begin(), ack.done.end(), std::uint64_t{0})
                     : ack.count;
    const std::uint64_t before = load.journal ? std::exchange(steps_before_[name], steps) : 0;
    measurements.push_back({hop, "load." + name, static_cast<double>(steps - before), "1",
                            "steps that the worker was told of before the kexec"});
    if (ack.bad == 0) continue;
    checks.push_back({hop, "load", name,
                      blames_kernel(load.spec.kind) ? Verdict::FAIL : Verdict::ERROR,
                      fmt::format("{} of {} steps went wrong; the first: {}", ack.bad, ack.count,
                                  ack.first_bad)});
  }
  last_acks_.clear();
}

}  // namespace luolab
