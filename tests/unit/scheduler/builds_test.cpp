// SPDX-License-Identifier: Apache-2.0
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

ReadyJob building(std::int64_t id, std::vector<std::string> keys) {
  ReadyJob it = job(id);
  it.needs.builds = std::move(keys);
  return it;
}

WorkerOffer having(std::string name, std::uint32_t slots, std::vector<std::string> keys) {
  WorkerOffer it = worker(std::move(name), slots);
  it.hello.builds = std::move(keys);
  return it;
}

TEST(Builds, OneWorkerMakesABuildAndTheOthersWait) {
  Scheduler scheduler;
  connect(scheduler, worker("w1", 2));
  connect(scheduler, worker("w2", 2));
  for (std::int64_t id = 1; id <= 3; ++id) scheduler.add(building(id, {"a"}));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w1 builds a"));
  EXPECT_THAT(scheduler.schedule(at(2s)), IsEmpty());
  scheduler.build_ready("a");
  EXPECT_THAT(texts(scheduler.schedule(at(3s))), ElementsAre("j2 on w2", "j3 on w2"));
}

TEST(Builds, WhatWaitsForABuildHoldsNobodyElseUp) {
  Scheduler scheduler;
  connect(scheduler, worker("w1", 3));
  scheduler.add(building(1, {"a"}));
  scheduler.add(building(2, {"a"}));
  scheduler.add(building(3, {"b"}));
  scheduler.add(job(4));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))),
              ElementsAre("j1 on w1 builds a", "j3 on w1 builds b", "j4 on w1"));
}

TEST(Builds, AJobRunsWhereABuildIsWhileAnotherMakesIt) {
  Scheduler scheduler;
  connect(scheduler, having("w1", 1, {"a"}));
  scheduler.add(job(1, "alice", 90));
  ASSERT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w1"));
  connect(scheduler, worker("w2", 2));
  scheduler.add(building(2, {"a"}));
  scheduler.add(building(3, {"a"}));
  EXPECT_THAT(texts(scheduler.schedule(at(2s))), ElementsAre("j2 on w2 builds a"));
  end(scheduler, 1, "w1", at(3s));
  EXPECT_THAT(texts(scheduler.schedule(at(3s))), ElementsAre("j3 on w1"));
}

TEST(Builds, TheWorkerThatHasThemAllComesFirst) {
  Scheduler scheduler;
  connect(scheduler, worker("w1", 8));
  connect(scheduler, having("w2", 1, {"a"}));
  connect(scheduler, having("w3", 1, {"b", "a"}));
  for (std::int64_t id = 1; id <= 3; ++id) scheduler.add(building(id, {"a", "b"}));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w3", "j2 on w2 builds b"));
  scheduler.build_ready("b");
  EXPECT_THAT(texts(scheduler.schedule(at(2s))), ElementsAre("j3 on w1 builds a"));
}

TEST(Builds, AmongFewFreeWorkersTheOneThatHasMostIsTaken) {
  Scheduler scheduler;
  for (const char* name : {"x1", "x2", "x3"}) {
    scheduler.set_worker(having(name, 1, {"a", "b", "c"}));  // they ask for nothing
  }
  connect(scheduler, having("w1", 1, {"a"}));
  connect(scheduler, having("w2", 1, {"a", "b"}));
  for (std::int64_t id = 1; id <= 2; ++id) scheduler.add(building(id, {"a", "b", "c"}));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w2 builds c"));
}

TEST(Builds, AFailedBuildIsTriedByAnother) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  connect(scheduler, worker("w2"));
  scheduler.add(building(1, {"a"}));
  scheduler.add(building(2, {"a"}));
  ASSERT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w1 builds a"));
  scheduler.build_failed("a", "w2");
  EXPECT_THAT(scheduler.schedule(at(2s)), IsEmpty());  // w2 does not build it
  scheduler.build_failed("a", "w1");
  EXPECT_THAT(texts(scheduler.schedule(at(3s))), ElementsAre("j2 on w2 builds a"));
}

TEST(Builds, AJobThatEndsWithoutItsBuildGivesItUp) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  connect(scheduler, worker("w2"));
  scheduler.add(building(1, {"a"}));
  scheduler.add(building(2, {"a"}));
  ASSERT_THAT(scheduler.schedule(at(1s)), SizeIs(1));
  scheduler.ended({1}, at(2s));
  EXPECT_THAT(texts(scheduler.schedule(at(2s))), ElementsAre("j2 on w2 builds a"));
}

TEST(Builds, TheEndOfAnEarlierJobDoesNotGiveUpALaterBuild) {
  Scheduler scheduler;
  connect(scheduler, worker("w1", 2));
  scheduler.add(building(1, {"a"}));
  scheduler.add(building(2, {"a"}));
  scheduler.add(building(3, {"a"}));
  ASSERT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w1 builds a"));
  scheduler.build_failed("a", "w1");
  ASSERT_THAT(texts(scheduler.schedule(at(2s))), ElementsAre("j2 on w1 builds a"));
  scheduler.ended({1}, at(3s));
  scheduler.set_demand("w1", 1);
  EXPECT_THAT(scheduler.schedule(at(3s)), IsEmpty());
}

TEST(Builds, AWorkerThatGoesGivesUpItsBuilds) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  scheduler.add(building(1, {"a"}));
  scheduler.add(building(2, {"a"}));
  ASSERT_THAT(scheduler.schedule(at(1s)), SizeIs(1));
  connect(scheduler, worker("w2"));
  scheduler.remove_worker("w1");
  EXPECT_THAT(texts(scheduler.schedule(at(2s))), ElementsAre("j2 on w2 builds a"));
}

TEST(Builds, AWorkerThatStartedAgainGivesUpItsBuilds) {
  Scheduler scheduler;
  WorkerOffer offer = worker("w1");
  connect(scheduler, offer);
  scheduler.add(building(1, {"a"}));
  scheduler.add(building(2, {"a"}));
  ASSERT_THAT(scheduler.schedule(at(1s)), SizeIs(1));
  connect(scheduler, worker("w2"));
  scheduler.set_worker(offer);
  EXPECT_THAT(scheduler.schedule(at(2s)), IsEmpty());
  offer.hello.instance = "second";
  scheduler.set_worker(offer);
  EXPECT_THAT(texts(scheduler.schedule(at(3s))), ElementsAre("j2 on w2 builds a"));
}

TEST(Builds, WhatAWorkerHasIsKnownFromItsHelloAndFromWhatItMade) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  scheduler.set_worker(worker("w2"));
  scheduler.build_on_worker("a", "w2");
  scheduler.build_on_worker("a", "nobody");
  scheduler.set_demand("w2", 1);
  scheduler.add(building(1, {"a"}));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w2"));
  end(scheduler, 1, "w2", at(2s));
  scheduler.set_worker(worker("w2"));  // says that it has nothing now
  scheduler.add(building(2, {"a"}));
  EXPECT_THAT(texts(scheduler.schedule(at(3s))), ElementsAre("j2 on w1 builds a"));
}

TEST(Builds, AWorkerKeepsWhatItFetched) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  connect(scheduler, worker("w2"));
  scheduler.build_ready("a");
  scheduler.set_demand("w1", 0);
  scheduler.add(building(1, {"a"}));
  ASSERT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w2"));
  end(scheduler, 1, "w2", at(2s));
  scheduler.set_demand("w1", 1);
  scheduler.add(building(2, {"a"}));
  EXPECT_THAT(texts(scheduler.schedule(at(3s))), ElementsAre("j2 on w2"));
}

}  // namespace
}  // namespace luolab
