// SPDX-License-Identifier: Apache-2.0
// One rule of docs/scheduling.md after the other: order and room.
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/scheduler/scheduler.h"
#include "tests/unit/scheduler/lab.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST(Placing, AJobRunsWhereThereIsRoom) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  scheduler.add(job(1));
  EXPECT_EQ(scheduler.waiting(), 1U);
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w1"));
  EXPECT_EQ(scheduler.waiting(), 0U);
  EXPECT_EQ(scheduler.running(), 1U);
  EXPECT_THAT(scheduler.schedule(at(2s)), IsEmpty());
}

TEST(Placing, AJobIsKnownOnce) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  scheduler.add(job(1));
  EXPECT_THROW(scheduler.add(job(1)), std::logic_error);
  scheduler.schedule(at(1s));
  EXPECT_THROW(scheduler.add(job(1)), std::logic_error);
  scheduler.ended({1}, at(2s));
  scheduler.add(job(1));
  EXPECT_EQ(scheduler.waiting(), 1U);
}

TEST(Placing, TheHigherPriorityComesFirst) {
  Scheduler scheduler;
  connect(scheduler, worker("w1", 2));
  scheduler.add(job(1, "alice", 10));
  scheduler.add(job(2, "alice", 90));
  scheduler.add(job(3, "bob", 50));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j2 on w1", "j3 on w1"));
}

TEST(Placing, WaitingCountsAsPriority) {
  Scheduler scheduler({.ageing = 10min});
  scheduler.add(job(1, "alice", 50));
  ReadyJob later = job(2, "bob", 52);
  later.queued = at(21min);
  scheduler.add(later);
  connect(scheduler, worker("w1"));
  EXPECT_THAT(texts(scheduler.schedule(at(30min + 1ms))), ElementsAre("j1 on w1"));
}

TEST(Placing, AgeingGoesOnAboveTheHighestPriority) {
  Scheduler scheduler({.ageing = 10min});
  scheduler.add(job(1, "alice", 0));
  ReadyJob urgent = job(2, "bob", 100);
  urgent.queued = at(1010min);
  scheduler.add(urgent);
  connect(scheduler, worker("w1"));
  EXPECT_THAT(texts(scheduler.schedule(at(1011min))), ElementsAre("j1 on w1"));
}

TEST(Placing, WithoutAgeingPriorityAloneCounts) {
  Scheduler scheduler({.ageing = 0ns});
  scheduler.add(job(1, "alice", 0));
  ReadyJob urgent = job(2, "bob", 1);
  urgent.queued = at(10000min);
  scheduler.add(urgent);
  connect(scheduler, worker("w1"));
  EXPECT_THAT(texts(scheduler.schedule(at(10001min))), ElementsAre("j2 on w1"));
}

TEST(Placing, AmongEqualsTheOldestOfOneSubmitterComesFirst) {
  Scheduler scheduler;
  for (const std::int64_t id : {3, 1, 2}) scheduler.add(job(id));
  connect(scheduler, worker("w1", 3));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w1", "j2 on w1", "j3 on w1"));
}

TEST(Placing, AWorkerGetsNoMoreThanItAsksFor) {
  Scheduler scheduler;
  scheduler.set_worker(worker("w1", 4));
  for (std::int64_t id = 1; id <= 4; ++id) scheduler.add(job(id));
  EXPECT_THAT(scheduler.schedule(at(1s)), IsEmpty());
  scheduler.set_demand("w1", 2);
  EXPECT_THAT(scheduler.schedule(at(2s)), SizeIs(2));
  EXPECT_THAT(scheduler.schedule(at(3s)), IsEmpty());
}

TEST(Placing, AWorkerGetsNoMoreThanItHasSlots) {
  Scheduler scheduler;
  scheduler.set_worker(worker("w1", 2));
  scheduler.set_demand("w1", 9);
  for (std::int64_t id = 1; id <= 4; ++id) scheduler.add(job(id));
  EXPECT_THAT(scheduler.schedule(at(1s)), SizeIs(2));
  scheduler.ended({1}, at(2s));
  EXPECT_THAT(scheduler.schedule(at(2s)), SizeIs(1));
}

TEST(Placing, MachinesOfAWorkerShareItsMemory) {
  Scheduler scheduler;
  WorkerOffer offer = worker("w1", 4);
  offer.hello.memory_bytes = 3 * kGiB;
  connect(scheduler, offer);
  ReadyJob big = job(1);
  big.needs.memory_bytes = 2 * kGiB;
  scheduler.add(big);
  scheduler.add(job(2));
  scheduler.add(job(3));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w1", "j2 on w1"));
  scheduler.ended({1}, at(2s));
  EXPECT_THAT(texts(scheduler.schedule(at(2s))), ElementsAre("j3 on w1"));
}

TEST(Placing, TheWorkerWithMostFreeMemoryIsTaken) {
  Scheduler scheduler;
  connect(scheduler, worker("w1", 2));
  connect(scheduler, worker("w2", 2));
  for (std::int64_t id = 1; id <= 4; ++id) scheduler.add(job(id));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))),
              ElementsAre("j1 on w1", "j2 on w2", "j3 on w1", "j4 on w2"));
}

TEST(Placing, APlainWorkerIsTakenBeforeASpecialOne) {
  Scheduler scheduler;
  WorkerOffer special = worker("special", 8);
  special.hello.tags = {"numa"};
  connect(scheduler, special);
  connect(scheduler, worker("plain"));
  ReadyJob tagged = job(1);
  tagged.needs.tags = {"numa"};
  scheduler.add(tagged);
  scheduler.add(job(2));
  scheduler.add(job(3));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))),
              ElementsAre("j1 on special", "j2 on plain", "j3 on special"));
}

struct Misfit {
  const char* what;
  void (*need)(Needs&);
};
class AWorkerThatLacks : public ::testing::TestWithParam<Misfit> {};

TEST_P(AWorkerThatLacks, IsNotTaken) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  ReadyJob picky = job(1);
  GetParam().need(picky.needs);
  scheduler.add(picky);
  scheduler.add(job(2, "alice", 0));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j2 on w1"));
  scheduler.ended({2}, at(2s));

  WorkerOffer able = worker("able");
  able.hello.memory_bytes = 2 * kGiB;
  able.hello.cpus = 8;
  able.hello.arch = picky.needs.arch;
  able.hello.kvm = true;
  able.hello.tags = {"zoned", "numa"};
  able.hello.targets = {"rack1"};
  connect(scheduler, able);
  EXPECT_THAT(texts(scheduler.schedule(at(3s))), ElementsAre("j1 on able"));
}

INSTANTIATE_TEST_SUITE_P(Each, AWorkerThatLacks,
                         ::testing::Values(Misfit{"memory",
                                                  [](Needs& n) { n.memory_bytes = 2 * kGiB; }},
                                           Misfit{"cpus", [](Needs& n) { n.cpus = 5; }},
                                           Misfit{"arch", [](Needs& n) { n.arch = "arm64"; }},
                                           Misfit{"kvm", [](Needs& n) { n.kvm = true; }},
                                           Misfit{"tags",
                                                  [](Needs& n) {
                                                    n.tags = {"zoned", "numa"};
                                                  }},
                                           Misfit{"target", [](Needs& n) { n.target = "rack1"; }}),
                         [](const auto& param) { return std::string(param.param.what); });

TEST(Placing, ATargetIsUsedByOneJobAtATimeInTheWholeFleet) {
  Scheduler scheduler;
  for (const char* name : {"w1", "w2"}) {
    WorkerOffer offer = worker(name, 2);
    offer.hello.targets = {"rack1"};
    connect(scheduler, offer);
  }
  for (std::int64_t id = 1; id <= 2; ++id) {
    ReadyJob it = job(id);
    it.needs.target = "rack1";
    scheduler.add(it);
  }
  EXPECT_THAT(scheduler.schedule(at(1s)), SizeIs(1));
  EXPECT_THAT(scheduler.schedule(at(2s)), IsEmpty());
  scheduler.ended({1}, at(3s));
  EXPECT_THAT(scheduler.schedule(at(3s)), SizeIs(1));
}

TEST(Placing, ABigJobThatWaitedLongIsNotPassedByForEver) {
  Scheduler scheduler({.ageing = 10min});
  connect(scheduler, worker("w1", 2));
  scheduler.add(job(1));
  scheduler.add(job(2));
  ASSERT_THAT(scheduler.schedule(at(1s)), SizeIs(2));
  ReadyJob big = job(3);
  big.needs.memory_bytes = 2 * kGiB;
  scheduler.add(big);
  scheduler.add(job(4));
  scheduler.add(job(5));

  end(scheduler, 1, "w1", at(5min));
  EXPECT_THAT(texts(scheduler.schedule(at(5min))), ElementsAre("j4 on w1"));  // it is young
  end(scheduler, 2, "w1", at(11min));
  EXPECT_THAT(texts(scheduler.schedule(at(11min))), IsEmpty());  // w1 is emptied for it
  EXPECT_EQ(scheduler.why({3}, at(11min)).text,
            "it is next; worker w1 is kept free until there is room for it");
  scheduler.ended({4}, at(12min));
  scheduler.set_demand("w1", 2);
  EXPECT_THAT(texts(scheduler.schedule(at(12min))), ElementsAre("j3 on w1"));
}

TEST(Placing, ARemovedJobIsNotPlaced) {
  Scheduler scheduler;
  scheduler.add(job(1));
  EXPECT_TRUE(scheduler.remove({1}));
  EXPECT_FALSE(scheduler.remove({1}));
  connect(scheduler, worker("w1"));
  EXPECT_THAT(scheduler.schedule(at(1s)), IsEmpty());
  scheduler.add(job(2));
  scheduler.schedule(at(1s));
  EXPECT_FALSE(scheduler.remove({2}));
  EXPECT_EQ(scheduler.running(), 1U);
}

TEST(Placing, AnUndonePlacementIsAsIfItHadNotBeen) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  ReadyJob first = job(1);
  first.needs.builds = {"a"};
  scheduler.add(first);
  scheduler.add(job(2));
  const auto placements = scheduler.schedule(at(1s));
  ASSERT_THAT(texts(placements), ElementsAre("j1 on w1 builds a"));
  scheduler.undo(placements[0], at(1s));
  EXPECT_EQ(scheduler.waiting(), 2U);
  EXPECT_EQ(scheduler.running(), 0U);
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w1 builds a"));
}

TEST(Placing, AnAdoptedJobTakesItsPlace) {
  Scheduler scheduler;
  ReadyJob running = job(1);
  running.needs.target = "rack1";
  scheduler.adopt(running, "w1", at(0s));
  EXPECT_EQ(scheduler.running(), 1U);
  WorkerOffer offer = worker("w1", 2);
  offer.hello.targets = {"rack1"};
  connect(scheduler, offer);
  ReadyJob next = job(2);
  next.needs.target = "rack1";
  scheduler.add(next);
  scheduler.add(job(3));
  scheduler.add(job(4));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j3 on w1"));
  scheduler.ended({1}, at(2s));
  EXPECT_THAT(texts(scheduler.schedule(at(2s))), ElementsAre("j2 on w1"));
}

TEST(Placing, AWaitingJobThatIsAdoptedWaitsNoMore) {
  Scheduler scheduler;
  scheduler.add(job(1));
  scheduler.adopt(job(1), "w1", at(0s));
  EXPECT_EQ(scheduler.waiting(), 0U);
  connect(scheduler, worker("w2"));
  EXPECT_THAT(scheduler.schedule(at(1s)), IsEmpty());
}

TEST(Placing, TheEndOfAnUnknownJobChangesNothing) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  scheduler.ended({7}, at(0s));
  scheduler.add(job(1));
  scheduler.ended({1}, at(0s));
  EXPECT_EQ(scheduler.waiting(), 1U);
  EXPECT_THAT(scheduler.schedule(at(1s)), SizeIs(1));
}

}  // namespace
}  // namespace luolab
