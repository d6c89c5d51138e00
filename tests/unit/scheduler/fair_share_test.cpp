// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/scheduler/scheduler.h"
#include "controller/scheduler/usage.h"
#include "tests/unit/scheduler/lab.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(FairShare, SlotsThatAreFreeAtOnceAreShared) {
  Scheduler scheduler;
  for (std::int64_t id = 1; id <= 10; ++id) scheduler.add(job(id, "alice"));
  for (std::int64_t id = 11; id <= 20; ++id) scheduler.add(job(id, "bob"));
  connect(scheduler, worker("w1", 4));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))),
              ElementsAre("j1 on w1", "j11 on w1", "j2 on w1", "j12 on w1"));
}

TEST(FairShare, WhoUsedLeastLatelyComesFirst) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  scheduler.add(job(1, "alice"));
  scheduler.schedule(at(0s));
  end(scheduler, 1, "w1", at(30min));
  scheduler.add(job(2, "alice"));
  scheduler.add(job(3, "bob"));
  EXPECT_THAT(texts(scheduler.schedule(at(30min))), ElementsAre("j3 on w1"));
}

TEST(FairShare, PriorityComesBeforeIt) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  scheduler.add(job(1, "alice"));
  scheduler.schedule(at(0s));
  end(scheduler, 1, "w1", at(30min));
  scheduler.add(job(2, "alice", 51));
  scheduler.add(job(3, "bob"));
  EXPECT_THAT(texts(scheduler.schedule(at(30min))), ElementsAre("j2 on w1"));
}

TEST(FairShare, LongJobsOfOneAndShortJobsOfAnotherGetTheSameTime) {
  Scheduler scheduler({.ageing = 0ns});
  connect(scheduler, worker("w1", 4));
  std::int64_t next = 1;
  std::map<std::int64_t, std::pair<std::string, Instant>> running;
  std::map<std::string, double> used;
  const auto submit = [&](const std::string& name) { scheduler.add(job(next++, name)); };
  std::map<std::int64_t, std::string> owner;
  for (int i = 0; i < 8; ++i) {
    owner[next] = "long";
    submit("long");
    owner[next] = "short";
    submit("short");
  }
  for (Instant now = at(0s); now < at(40h); now += 1min) {
    for (auto it = running.begin(); it != running.end();) {
      if (it->second.second > now) {
        ++it;
        continue;
      }
      scheduler.ended({it->first}, now);
      owner[next] = it->second.first;
      submit(it->second.first);
      it = running.erase(it);
    }
    scheduler.set_demand("w1", 4);
    for (const Placement& placement : scheduler.schedule(now)) {
      const std::string name = owner[placement.job.value];
      const auto lasts = name == "long" ? 30min : 2min;
      running[placement.job.value] = {name, now + lasts};
      used[name] += std::chrono::duration<double>(lasts).count();
    }
  }
  EXPECT_NEAR(used["long"] / used["short"], 1, 0.1);
}

TEST(FairShare, ASubmitterHasNoMoreJobsThanItsLimit) {
  Scheduler scheduler({.per_submitter = 2});
  for (std::int64_t id = 1; id <= 5; ++id) scheduler.add(job(id, "alice", 90));
  scheduler.add(job(6, "bob", 0));
  connect(scheduler, worker("w1", 8));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w1", "j2 on w1", "j6 on w1"));
  scheduler.ended({2}, at(2s));
  EXPECT_THAT(texts(scheduler.schedule(at(2s))), ElementsAre("j3 on w1"));
  EXPECT_THAT(scheduler.schedule(at(3s)), IsEmpty());
}

TEST(Usage, CountsASlotSecondForEachSecondOfAJob) {
  Usage usage(10000h);
  usage.start(at(0s));
  usage.start(at(10s));
  EXPECT_NEAR(usage.at(at(20s)), 30, 0.1);
  usage.end(at(20s));
  EXPECT_NEAR(usage.at(at(30s)), 40, 0.1);
  EXPECT_EQ(usage.running(), 1U);
}

TEST(Usage, ForgetsHalfInAHalfLife) {
  Usage usage(1h);
  usage.start(at(0s));
  usage.end(at(100s));
  const double used = usage.at(at(100s));
  EXPECT_NEAR(usage.at(at(100s) + 1h), used / 2, 1e-6);
  EXPECT_NEAR(usage.at(at(100s) + 2h), used / 4, 1e-6);
}

TEST(Usage, DoesNotDependOnWhenItIsLookedAt) {
  Usage once(1h);
  Usage often(1h);
  once.start(at(0s));
  often.start(at(0s));
  for (int i = 1; i < 100; ++i) {
    often.start(at(i * 1min));
    often.undo(at(i * 1min), at(i * 1min));
  }
  EXPECT_NEAR(once.at(at(100min)), often.at(at(100min)), 1e-6);
}

TEST(Usage, AnUndoneJobLeavesNothing) {
  Usage usage(1h);
  usage.start(at(0s));
  usage.undo(at(0s), at(20min));
  EXPECT_NEAR(usage.at(at(20min)), 0, 1e-6);
  EXPECT_EQ(usage.running(), 0U);
}

TEST(Usage, StandsStillWhenTimeGoesBackwards) {
  Usage usage(1h);
  usage.start(at(10min));
  usage.end(at(20min));
  const double used = usage.at(at(20min));
  usage.start(at(5min));
  usage.end(at(6min));
  EXPECT_NEAR(usage.at(at(20min)), used, 1e-6);
}

}  // namespace
}  // namespace luolab
