// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/scheduling/fleet.h"

#include <array>

namespace luolab::simulation {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
constexpr std::size_t kReachesAMachine = 100;  ///< one in so many
constexpr std::size_t kMachinesWanted = 20;

}  // namespace

std::string worker_name(std::size_t worker) { return "w" + std::to_string(worker); }

std::size_t worker_number(const std::string& name) { return std::stoul(name.substr(1)); }

std::vector<WorkerOffer> make_fleet(const Options& options, Random& random) {
  constexpr std::array<std::uint32_t, 4> kSlots{2, 4, 4, 8};
  constexpr std::array<std::uint32_t, 3> kCpus{16, 32, 64};
  const auto one_in = [&random](unsigned n) { return random() % n == 0; };
  std::vector<WorkerOffer> fleet(options.workers);
  for (std::size_t i = 0; i < fleet.size(); ++i) {
    WorkerHello& hello = fleet[i].hello;
    fleet[i].name = hello.name = worker_name(i);
    hello.instance = "1";
    hello.slots = kSlots[random() % kSlots.size()];
    hello.memory_bytes = hello.slots * 2 * kGiB + 8 * kGiB - random() % 1024 * kMiB;
    hello.cpus = kCpus[random() % kCpus.size()];
    hello.kvm = !one_in(3);
    if (one_in(8) || i == 0) hello.tags.push_back("numa");
    if (i == 0) hello.kvm = true;
    if (one_in(20)) hello.tags.push_back("rack-" + std::to_string(i));
    if (i % kReachesAMachine == 0) hello.targets.push_back("machine-" + std::to_string(i));
  }
  return fleet;
}

std::vector<JobKind> make_kinds(const std::vector<WorkerOffer>& fleet) {
  std::vector<JobKind> kinds;
  for (const std::uint64_t gib : {1, 2, 4, 8}) {
    for (const bool kvm : {false, true}) {
      for (const bool numa : {false, true}) {
        JobKind kind;
        kind.needs.memory_bytes = gib * kGiB;
        kind.needs.cpus = gib > 2 ? 4 : 1;
        kind.needs.kvm = kvm;
        if (numa) kind.needs.tags = {"numa"};
        kind.weight = (gib > 2 ? 0.15 : 1) * (kvm ? 0.5 : 1) * (numa ? 0.05 : 1);
        kinds.push_back(kind);
      }
    }
  }
  std::size_t machines = 0;
  for (const WorkerOffer& worker : fleet) {
    if (worker.hello.targets.empty() || ++machines > kMachinesWanted) continue;
    JobKind kind;
    kind.needs.memory_bytes = kGiB;
    kind.needs.target = worker.hello.targets.front();
    kind.weight = 0.000'02;
    kinds.push_back(kind);
  }
  return kinds;
}

}  // namespace luolab::simulation
