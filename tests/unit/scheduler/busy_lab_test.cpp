// SPDX-License-Identifier: Apache-2.0
// What must hold in a lab that always has more to do than it can.
#include "tests/unit/scheduler/busy_lab.h"

#include <algorithm>
#include <random>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/scheduler/lab.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using Random = std::mt19937_64;

bool one_in(Random& random, std::uint64_t n) { return random() % n == 0; }

std::chrono::seconds between(Random& random, std::chrono::seconds least,
                             std::chrono::seconds most) {
  const auto span = static_cast<std::uint64_t>((most - least).count()) + 1;
  return least + std::chrono::seconds{random() % span};
}

// A stream of urgent jobs of several sizes that never stops, and streams of later jobs of those
// that wait: nobody else's job may be left behind, however much it needs.
class Flood {
 public:
  static constexpr auto kAgeing = 10s;
  static constexpr auto kLongest = 120s;
  static constexpr int kVictims = 16;

  explicit Flood(std::uint64_t seed) : random_(seed), lab_({.ageing = kAgeing}) {
    connect();
    for (int i = 0; i < kVictims; ++i) victims_.push_back(victim());
    start_ = lab_.now();
  }

  /// Steps until the last victim is placed, or so long after that would have to have been.
  std::size_t run() {
    // One after another, each may have to age above the urgent ones, and to wait until a worker is
    // empty.
    const auto enough = kVictims * (101 * kAgeing + 2 * kLongest);
    while (left() > 0 && lab_.now() - start_ < enough) {
      pour();
      lab_.step();
    }
    return left();
  }
  std::chrono::nanoseconds took() const { return lab_.now() - start_; }

 private:
  void connect() {
    const std::size_t count = 3 + random_() % 4;
    for (std::size_t i = 0; i < count; ++i) {
      WorkerOffer offer = worker(fmt::format("w{}", i), 1 + static_cast<unsigned>(random_() % 5));
      offer.hello.memory_bytes = (1 + random_() % 8) * kGiB;
      offer.hello.cpus = one_in(random_, 2) ? 2 : 8;
      offer.hello.kvm = one_in(random_, 2);
      if (one_in(random_, 3)) offer.hello.tags = {"numa"};
      if (one_in(random_, 3)) offer.hello.targets = {"rack1"};
      fleet_.push_back(offer);
      lab_.connect(offer);
    }
  }

  ReadyJob next_job(const std::string& submitter, int priority) {
    ReadyJob it = job(next_++, submitter, priority);
    it.queued = lab_.now();
    return it;
  }

  /// It may take all that one worker has.
  JobId victim() {
    const WorkerHello& hello = fleet_[random_() % fleet_.size()].hello;
    ReadyJob it = next_job(fmt::format("s{}", random_() % 3), static_cast<int>(random_() % 3) * 30);
    it.needs.memory_bytes = (1 + random_() % (hello.memory_bytes / kGiB)) * kGiB;
    if (one_in(random_, 2)) it.needs.memory_bytes = hello.memory_bytes;
    it.needs.cpus = one_in(random_, 2) ? hello.cpus : 1;
    it.needs.kvm = hello.kvm && one_in(random_, 2);
    if (one_in(random_, 2)) it.needs.tags = hello.tags;
    if (!hello.targets.empty() && one_in(random_, 2)) it.needs.target = hello.targets.front();
    if (one_in(random_, 3)) it.avoid = {fleet_[random_() % fleet_.size()].name};
    if (one_in(random_, 6)) it.only = hello.name;
    if (one_in(random_, 3)) it.needs.builds = {fmt::format("k{}", random_() % 3)};
    lab_.submit(it, between(random_, 10s, kLongest));
    return it.id;
  }

  void pour() {
    for (const std::string name : {"urgent", "s0", "s1", "s2"}) {
      while (lab_.waiting(name) < 30) {
        const int priority = name == "urgent" ? 100 : static_cast<int>(random_() % 3) * 30;
        ReadyJob it = next_job(name, priority);
        it.needs.memory_bytes = (one_in(random_, 4) ? 2 : 1) * kGiB;
        lab_.submit(it, between(random_, 10s, kLongest));
      }
    }
  }

  std::size_t left() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(victims_, [this](JobId job) { return lab_.waits(job); }));
  }

  Random random_;
  BusyLab lab_;
  std::vector<WorkerOffer> fleet_;
  std::vector<JobId> victims_;
  Instant start_;
  std::int64_t next_ = 1;
};

TEST(AnyBusyLab, StarvesNoJobUnderAStreamOfUrgentOnes) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Flood flood(seed);
    try {
      ASSERT_EQ(flood.run(), 0U) << "seed " << seed << ": so many jobs starve";
    } catch (const std::exception& broken) {
      FAIL() << "seed " << seed << ": " << broken.what();
    }
  }
}

/// Submitters with jobs of different lengths, of equal needs and priority, that always have some
/// waiting; some begin with an old backlog. Returns the most slot-time of one by the least.
double unevenness(std::uint64_t seed) {
  Random random(seed);
  const auto ageing = std::vector{5min, 10min, 60min}[random() % 3];
  BusyLab lab({.ageing = ageing});
  const std::uint64_t submitters = 2 + random() % 4;
  // Each can have two jobs at a time at least: turns come sooner than `ageing`.
  const std::uint64_t workers = 2 + random() % 3;
  const auto slots = static_cast<std::uint32_t>(2 * submitters / workers + 1 + random() % 3);
  for (std::uint64_t i = 0; i < workers; ++i) lab.connect(worker(fmt::format("w{}", i), slots));
  std::vector<std::chrono::seconds> lengths;
  std::vector<Instant> since;
  for (std::uint64_t i = 0; i < submitters; ++i) {
    lengths.push_back(between(random, 1min, 10min));
    since.push_back(lab.now() - (one_in(random, 2) ? between(random, 0s, 72h) : 0s));
  }
  const Instant start = lab.now();
  std::int64_t next = 1;
  while (lab.now() - start < 24h) {
    for (std::uint64_t i = 0; i < submitters; ++i) {
      const std::string name = fmt::format("s{}", i);
      const std::size_t wanted = since[i] < start && lab.now() == start ? 2000 : 40;
      while (lab.waiting(name) < wanted) {
        ReadyJob it = job(next++, name);
        it.queued = lab.now() == start ? since[i] : lab.now();
        lab.submit(it, between(random, lengths[i] / 2, lengths[i] * 3 / 2));
      }
    }
    lab.step();
  }
  std::vector<double> used;
  for (std::uint64_t i = 0; i < submitters; ++i)
    used.push_back(lab.used(fmt::format("s{}", i)).count());
  return std::ranges::max(used) / std::ranges::min(used);
}

TEST(AnyBusyLab, GivesThoseWhoAlwaysHaveWorkTheSameSlotTimeWithinATenth) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    ASSERT_LT(unevenness(seed), 1.1) << "seed " << seed;
  }
}

}  // namespace
}  // namespace luolab
