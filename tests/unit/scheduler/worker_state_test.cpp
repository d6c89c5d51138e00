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

WorkerOffer in_state(WorkerOffer it, WorkerState state) {
  it.state = state;
  return it;
}

ReadyJob avoiding(std::int64_t id, std::set<std::string> workers) {
  ReadyJob it = job(id);
  it.avoid = std::move(workers);
  return it;
}

ReadyJob only_on(std::int64_t id, std::string worker) {
  ReadyJob it = job(id);
  it.only = std::move(worker);
  return it;
}

TEST(AnAvoidedWorker, IsNotTakenWhileAnotherFitsEvenIfThatIsBusy) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  connect(scheduler, worker("w2"));
  scheduler.add(only_on(1, "w2"));
  ASSERT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w2"));
  scheduler.add(avoiding(2, {"w1"}));
  EXPECT_THAT(scheduler.schedule(at(2s)), IsEmpty());
  end(scheduler, 1, "w2", at(3s));
  EXPECT_THAT(texts(scheduler.schedule(at(3s))), ElementsAre("j2 on w2"));
}

TEST(AnAvoidedWorker, IsTakenWhereNoOtherCouldEverFit) {
  for (const WorkerState state : {WorkerState::draining, WorkerState::quarantined}) {
    Scheduler scheduler;
    connect(scheduler, worker("w1"));
    connect(scheduler, in_state(worker("w2"), state));
    WorkerOffer small = worker("w3");
    small.hello.memory_bytes = kGiB / 2;
    connect(scheduler, small);
    scheduler.add(avoiding(1, {"w1"}));
    EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w1"));
  }
}

TEST(AnAvoidedWorker, IsTakenWhereItAloneReachesTheTarget) {
  Scheduler scheduler;
  WorkerOffer offer = worker("w1");
  offer.hello.targets = {"rack1"};
  connect(scheduler, offer);
  connect(scheduler, worker("w2"));
  ReadyJob it = avoiding(1, {"w1"});
  it.needs.target = "rack1";
  scheduler.add(it);
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w1"));
}

TEST(AnAvoidedWorker, IsNotTakenForItsBuildsEither) {
  Scheduler scheduler;
  WorkerOffer offer = worker("w1");
  offer.hello.builds = {"a"};
  connect(scheduler, offer);
  connect(scheduler, worker("w2"));
  connect(scheduler, worker("w3"));
  ReadyJob it = avoiding(1, {"w1"});
  it.needs.builds = {"a"};
  scheduler.add(it);
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j1 on w2 builds a"));
}

TEST(AJobForOneWorker, GoesThereAndNowhereElse) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  scheduler.add(only_on(1, "w2"));
  EXPECT_THAT(scheduler.schedule(at(1s)), IsEmpty());
  connect(scheduler, worker("w2"));
  EXPECT_THAT(texts(scheduler.schedule(at(2s))), ElementsAre("j1 on w2"));
}

TEST(AQuarantinedWorker, TakesOnlyJobsThatNameIt) {
  Scheduler scheduler;
  connect(scheduler, in_state(worker("w1", 4), WorkerState::quarantined));
  scheduler.add(job(1));
  scheduler.add(only_on(2, "w1"));
  EXPECT_THAT(texts(scheduler.schedule(at(1s))), ElementsAre("j2 on w1"));
  connect(scheduler, worker("w1", 4));
  EXPECT_THAT(texts(scheduler.schedule(at(2s))), ElementsAre("j1 on w1"));
}

TEST(ADrainingWorker, TakesNothingAtAll) {
  Scheduler scheduler;
  connect(scheduler, in_state(worker("w1", 4), WorkerState::draining));
  scheduler.add(job(1));
  scheduler.add(only_on(2, "w1"));
  EXPECT_THAT(scheduler.schedule(at(1s)), IsEmpty());
}

TEST(AWorkerThatIsGone, TakesNothingAndItsJobsStay) {
  Scheduler scheduler;
  connect(scheduler, worker("w1", 2));
  scheduler.add(job(1));
  ASSERT_THAT(scheduler.schedule(at(1s)), SizeIs(1));
  scheduler.remove_worker("w1");
  scheduler.remove_worker("w1");
  scheduler.add(job(2));
  EXPECT_THAT(scheduler.schedule(at(2s)), IsEmpty());
  EXPECT_EQ(scheduler.running(), 1U);
  scheduler.set_demand("w1", 2);  // no worker of that name asks
  EXPECT_THAT(scheduler.schedule(at(3s)), IsEmpty());

  connect(scheduler, worker("w1", 2));  // back, while its job still runs
  scheduler.add(job(3));
  EXPECT_THAT(texts(scheduler.schedule(at(4s))), ElementsAre("j2 on w1"));
  scheduler.ended({1}, at(5s));
  EXPECT_THAT(texts(scheduler.schedule(at(5s))), ElementsAre("j3 on w1"));
}

TEST(AWorkerThatComesAgain, HasItsNewProperties) {
  Scheduler scheduler;
  connect(scheduler, worker("w1", 2));
  scheduler.add(job(1));
  ASSERT_THAT(scheduler.schedule(at(1s)), SizeIs(1));
  connect(scheduler, worker("w1", 1));
  scheduler.add(job(2));
  EXPECT_THAT(scheduler.schedule(at(2s)), IsEmpty());
  WorkerOffer tagged = worker("w1", 3);
  tagged.hello.tags = {"numa"};
  ReadyJob picky = job(3, "alice", 90);
  picky.needs.tags = {"numa"};
  scheduler.add(picky);
  connect(scheduler, tagged);
  EXPECT_THAT(texts(scheduler.schedule(at(3s))), ElementsAre("j3 on w1", "j2 on w1"));
}

TEST(Expiry, IsWhenAJobsPatienceEnds) {
  Scheduler scheduler;
  EXPECT_FALSE(scheduler.next_expiry());
  ReadyJob patient = job(1);
  scheduler.add(patient);
  EXPECT_FALSE(scheduler.next_expiry());
  ReadyJob hasty = job(2);
  hasty.queued = at(0s);
  hasty.queue_timeout = 1min;
  scheduler.add(hasty);
  ASSERT_TRUE(scheduler.next_expiry());
  EXPECT_EQ(*scheduler.next_expiry(), at(1min));
  EXPECT_THAT(scheduler.expire(at(1min) - 1ns), IsEmpty());
  EXPECT_THAT(scheduler.expire(*scheduler.next_expiry()), ElementsAre(JobId{2}));
  EXPECT_FALSE(scheduler.next_expiry());
  EXPECT_EQ(scheduler.waiting(), 1U);
}

TEST(Expiry, DoesNotConcernWhatRuns) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  ReadyJob hasty = job(1);
  hasty.queue_timeout = 1min;
  scheduler.add(hasty);
  const auto placements = scheduler.schedule(at(1s));
  ASSERT_THAT(placements, SizeIs(1));
  EXPECT_FALSE(scheduler.next_expiry());
  EXPECT_THAT(scheduler.expire(at(2min)), IsEmpty());
  scheduler.undo(placements[0], at(2min));
  EXPECT_THAT(scheduler.expire(at(2min)), ElementsAre(JobId{1}));
}

}  // namespace
}  // namespace luolab
