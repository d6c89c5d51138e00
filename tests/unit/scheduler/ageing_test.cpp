// SPDX-License-Identifier: Apache-2.0
// Which waiting counts as priority.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/scheduler/scheduler.h"
#include "tests/unit/scheduler/lab.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

ReadyJob since(ReadyJob job, std::chrono::nanoseconds after) {
  job.queued = at(after);
  return job;
}

TEST(Ageing, AnOldBacklogThatIsServedIsNotAheadOfWhatIsNew) {
  Scheduler scheduler({.ageing = 10min});
  for (std::int64_t id = 1; id <= 9; ++id) scheduler.add(job(id, "alice"));
  connect(scheduler, worker("w1"));
  ASSERT_THAT(texts(scheduler.schedule(at(10h))), ElementsAre("j1 on w1"));
  scheduler.add(since(job(10, "bob"), 10h));
  end(scheduler, 1, "w1", at(10h + 5min));
  EXPECT_THAT(texts(scheduler.schedule(at(10h + 5min))), ElementsAre("j10 on w1"));
}

TEST(Ageing, BeginsWhenTheEarlierJobsHaveEnded) {
  Scheduler scheduler({.ageing = 10min});
  connect(scheduler, worker("w1"));
  scheduler.add(job(1, "alice"));
  scheduler.add(job(2, "alice"));
  ASSERT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w1"));
  scheduler.ended({1}, at(60min));
  scheduler.set_demand("w1", 1);
  scheduler.add(since(job(3, "bob", 52), 85min));
  // At 89 minutes j2 is at 52, too, but Alice used more; at 90 it is at 53.
  EXPECT_THAT(scheduler.upcoming(1, at(89min)), ElementsAre(JobId{3}));
  EXPECT_THAT(texts(scheduler.schedule(at(90min))), ElementsAre("j2 on w1"));
}

TEST(Ageing, EachPriorityOfASubmitterAgesByItself) {
  Scheduler scheduler({.ageing = 10min});
  connect(scheduler, worker("w1"));
  scheduler.add(job(1, "alice", 50));
  std::int64_t next = 2;
  std::vector<std::string> order;
  for (int i = 0; i < 12; ++i) {
    scheduler.add(since(job(next++, "alice", 60), i * 10min));
    const auto placements = scheduler.schedule(at(i * 10min + 1s));
    ASSERT_EQ(placements.size(), 1U);
    order.push_back(text(placements[0]));
    end(scheduler, placements[0].job.value, "w1", at(i * 10min + 9min));
  }
  // Among equals the oldest comes first: after 100 minutes, j1.
  EXPECT_EQ(order[9], "j11 on w1");
  EXPECT_EQ(order[10], "j1 on w1");
  EXPECT_EQ(order[11], "j12 on w1");
}

TEST(Ageing, LaterJobsOfTheSameSubmitterDoNotMakeAJobYoung) {
  Scheduler scheduler({.ageing = 10min});
  WorkerOffer with_kvm = worker("w2");
  with_kvm.hello.kvm = true;
  connect(scheduler, worker("w1"));
  ReadyJob special = job(1, "alice");
  special.needs.kvm = true;
  scheduler.add(special);
  scheduler.add(job(2, "alice"));
  ASSERT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j2 on w1"));
  ReadyJob other = since(job(3, "bob", 52), 30min);
  other.needs.kvm = true;
  scheduler.add(other);
  connect(scheduler, with_kvm);
  EXPECT_THAT(texts(scheduler.schedule(at(30min + 1ms))), ElementsAre("j1 on w2"));
}

TEST(Ageing, APlacementThatIsUndoneTakesNoAge) {
  Scheduler scheduler({.ageing = 10min});
  connect(scheduler, worker("w1", 2));
  for (std::int64_t id = 1; id <= 3; ++id) scheduler.add(job(id, "alice"));
  const auto placements = scheduler.schedule(at(30min));
  ASSERT_THAT(texts(placements), ElementsAre("j1 on w1", "j2 on w1"));
  for (const Placement& placement : placements) scheduler.undo(placement, at(30min));
  scheduler.add(since(job(4, "bob", 52), 30min));
  EXPECT_THAT(texts(scheduler.schedule(at(30min + 1s))), ElementsAre("j1 on w1", "j4 on w1"));
}

TEST(Ageing, WhatWasAdoptedCountsAsServed) {
  Scheduler scheduler({.ageing = 10min});
  scheduler.adopt(job(1, "alice"), "w1", at(10h));
  scheduler.add(job(2, "alice"));
  scheduler.add(since(job(3, "bob", 51), 10h));
  connect(scheduler, worker("w1", 2));
  EXPECT_THAT(texts(scheduler.schedule(at(10h))), ElementsAre("j3 on w1"));
}

// The worked example of docs/scheduling.md.
TEST(Ageing, TheExampleOfTheManualIsTrue) {
  Scheduler scheduler;
  WorkerOffer w1 = worker("w1");
  w1.hello.builds = {"linux-7.3"};
  connect(scheduler, w1);
  const auto needing = [](ReadyJob job, const std::string& build) {
    job.needs.builds = {build};
    return job;
  };
  scheduler.add(needing(since(job(9, "alice"), 0h), "linux-7.3"));
  ASSERT_THAT(texts(scheduler.schedule(at(9h))), ElementsAre("j9 on w1"));
  scheduler.ended({9}, at(9h + 55min));
  scheduler.add(needing(since(job(1, "alice", 30), 6h), "linux-7.3"));
  scheduler.add(needing(since(job(2, "alice"), 1h), "linux-7.3"));
  scheduler.add(needing(since(job(3, "bob"), 9h + 59min), "linux-7.3 + x"));
  scheduler.add(needing(since(job(4, "bob"), 10h), "linux-7.3 + x"));
  scheduler.set_demand("w1", 1);
  connect(scheduler, worker("w2"));
  EXPECT_THAT(texts(scheduler.schedule(at(10h))),
              ElementsAre("j1 on w1", "j3 on w2 builds linux-7.3 + x"));
  end(scheduler, 1, "w1", at(10h + 1min));
  EXPECT_EQ(scheduler.upcoming(1, at(10h + 1min)), std::vector<JobId>{{4}});
  EXPECT_THAT(texts(scheduler.schedule(at(10h + 1min))), ElementsAre("j2 on w1"));
  scheduler.build_on_worker("linux-7.3 + x", "w2");
  end(scheduler, 3, "w2", at(10h + 2min));
  EXPECT_THAT(texts(scheduler.schedule(at(10h + 2min))), ElementsAre("j4 on w2"));
}

TEST(Ageing, GoesOnForOneThatIsNotServed) {
  Scheduler scheduler({.ageing = 10min});
  connect(scheduler, worker("w1"));
  scheduler.add(job(1, "alice", 0));
  scheduler.add(job(2, "alice", 0));
  std::int64_t next = 3;
  std::vector<std::int64_t> alices;
  for (Instant now = at(0s); now < at(120h) && alices.size() < 2; now += 5min) {
    for (int i = 0; i < 2; ++i) scheduler.add(since(job(next++, "bob", 100), now - at(0s)));
    for (const Placement& placement : scheduler.schedule(now)) {
      if (placement.job.value <= 2) alices.push_back((now - at(0s)) / 1min);
      end(scheduler, placement.job.value, "w1", now);
    }
  }
  // A hundred times ten minutes of waiting, and from the end of the first a hundred again.
  EXPECT_THAT(alices, ElementsAre(::testing::AllOf(::testing::Ge(1000), ::testing::Le(1015)),
                                  ::testing::AllOf(::testing::Ge(2000), ::testing::Le(2030))));
}

TEST(Ageing, RetriesThatAvoidABusyFleetHoldNobodyUp) {
  Scheduler scheduler({.ageing = 10min});
  connect(scheduler, worker("w1"));
  WorkerOffer busy = worker("w2");
  scheduler.set_worker(busy);
  for (std::int64_t id = 1; id <= 3; ++id) {
    ReadyJob again = job(id, "alice");
    again.avoid = {"w1"};
    scheduler.add(again);
  }
  scheduler.add(job(4, "alice"));
  EXPECT_THAT(texts(scheduler.schedule(at(1h))), ElementsAre("j4 on w1"));
  EXPECT_THAT(scheduler.schedule(at(1h)), IsEmpty());
  scheduler.set_demand("w2", 1);
  EXPECT_THAT(texts(scheduler.schedule(at(1h))), ElementsAre("j1 on w2"));
}

}  // namespace
}  // namespace luolab
