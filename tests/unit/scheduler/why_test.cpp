// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/scheduler/scheduler.h"
#include "tests/unit/scheduler/lab.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::SizeIs;

std::string why(const Scheduler& scheduler, std::int64_t id, Instant now = at(1min)) {
  const WhyWaiting it = scheduler.why({id}, now);
  return it.code + ": " + it.text;
}

TEST(Why, AJobThatDoesNotWait) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  scheduler.add(job(1));
  scheduler.schedule(at(1s));
  EXPECT_EQ(why(scheduler, 1), "not-waiting: j1 runs on worker w1");
  EXPECT_EQ(why(scheduler, 2), "not-waiting: j2 does not wait");
}

TEST(Why, NoWorkerIsThere) {
  Scheduler scheduler;
  scheduler.add(job(1));
  EXPECT_EQ(why(scheduler, 1), "no-worker-fits: no worker is connected");
}

TEST(Why, NoWorkerHasWhatItNeeds) {
  Scheduler scheduler;
  for (const char* name : {"w1", "w2", "w3"}) connect(scheduler, worker(name));
  ReadyJob tagged = job(1);
  tagged.needs.tags = {"numa"};
  scheduler.add(tagged);
  EXPECT_EQ(why(scheduler, 1),
            "no-worker-fits: no worker fits: it needs tag numa; 3 workers are connected, none has "
            "it");
  ReadyJob big = job(2);
  big.needs.memory_bytes = 64 * kGiB;
  big.needs.kvm = true;
  big.needs.target = "rack1";
  scheduler.add(big);
  EXPECT_EQ(why(scheduler, 2),
            "no-worker-fits: no worker fits: it needs 64 GiB of memory, kvm and target rack1; 3 "
            "workers are connected, none has any of it");
}

TEST(Why, TheMachineItNamesIsOffline) {
  Scheduler scheduler;
  WorkerOffer near = worker("w1");
  near.hello.offline = {{"rack1", "no answer for 20 s"}};
  connect(scheduler, near);
  ReadyJob it = job(1);
  it.needs.target = "rack1";
  scheduler.add(it);
  EXPECT_EQ(why(scheduler, 1),
            "target-offline: target rack1 is offline, says worker w1: no answer for 20 s");
}

TEST(Why, NoWorkerHasAllThatItNeeds) {
  Scheduler scheduler;
  WorkerOffer tagged = worker("w1");
  tagged.hello.tags = {"numa"};
  WorkerOffer fast = worker("w2");
  fast.hello.kvm = true;
  connect(scheduler, tagged);
  connect(scheduler, fast);
  ReadyJob it = job(1);
  it.needs.kvm = true;
  it.needs.tags = {"numa"};
  scheduler.add(it);
  EXPECT_EQ(why(scheduler, 1),
            "no-worker-fits: no worker fits: it needs architecture x86_64, 1 GiB of memory, 1 "
            "cpu, kvm and tag numa; 2 workers are connected, none has all of it");
}

TEST(Why, TheWorkersThatFitTakeNothing) {
  Scheduler scheduler;
  WorkerOffer draining = worker("w1");
  draining.state = WorkerState::draining;
  WorkerOffer quarantined = worker("w2");
  quarantined.state = WorkerState::quarantined;
  connect(scheduler, draining);
  connect(scheduler, quarantined);
  scheduler.add(job(1));
  EXPECT_EQ(why(scheduler, 1),
            "no-worker-fits: the workers that fit take nothing now: w1 is draining and w2 is "
            "quarantined");
}

TEST(Why, TheOneWorkerIsAway) {
  Scheduler scheduler;
  ReadyJob it = job(1);
  it.only = "w2";
  scheduler.add(it);
  EXPECT_EQ(why(scheduler, 1),
            "worker-away: the only worker that may take it (w2) is not connected");
  WorkerOffer draining = worker("w2");
  draining.state = WorkerState::draining;
  connect(scheduler, draining);
  EXPECT_EQ(why(scheduler, 1), "worker-away: the only worker that may take it (w2) is draining");
}

TEST(Why, TheTargetIsInUse) {
  Scheduler scheduler;
  WorkerOffer offer = worker("w1", 2);
  offer.hello.targets = {"rack1"};
  connect(scheduler, offer);
  for (const std::int64_t id : {12, 13}) {
    ReadyJob it = job(id);
    it.needs.target = "rack1";
    scheduler.add(it);
  }
  ASSERT_THAT(scheduler.schedule(at(1s)), SizeIs(1));
  EXPECT_EQ(why(scheduler, 13), "target-busy: target rack1 is in use by j12");
}

TEST(Why, TheSubmitterIsAtTheLimit) {
  Scheduler scheduler({.per_submitter = 2});
  connect(scheduler, worker("w1", 4));
  for (std::int64_t id = 1; id <= 3; ++id) scheduler.add(job(id));
  ASSERT_THAT(scheduler.schedule(at(1s)), SizeIs(2));
  EXPECT_EQ(why(scheduler, 3),
            "submitter-limit: alice already runs 2 jobs, the limit of one submitter is 2");
}

TEST(Why, ABuildIsBeingMade) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  connect(scheduler, worker("w2"));
  for (std::int64_t id = 1; id <= 2; ++id) {
    ReadyJob it = job(id);
    it.needs.builds = {"0123456789abcdef"};
    scheduler.add(it);
  }
  ASSERT_THAT(scheduler.schedule(at(1s)), SizeIs(1));
  EXPECT_EQ(why(scheduler, 2), "build: waits for the build of 0123456789ab by worker w1");
  scheduler.name_build("0123456789abcdef", "linux-7.3 + x");
  EXPECT_EQ(why(scheduler, 2), "build: waits for the build of linux-7.3 + x by worker w1");
}

TEST(Why, OthersAreAheadOfIt) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  WorkerOffer other = worker("w2");
  other.hello.arch = "arm64";
  connect(scheduler, other);
  for (std::int64_t id = 1; id <= 3; ++id) scheduler.add(job(id));
  ReadyJob elsewhere = job(4, "alice", 100);
  elsewhere.needs.arch = "arm64";
  elsewhere.needs.cpus = 99;
  scheduler.add(elsewhere);
  EXPECT_EQ(why(scheduler, 3), "workers-busy: 2 jobs are ahead of it on the 1 worker that fits");
  EXPECT_EQ(why(scheduler, 1), "next: it is next on the 1 worker that fits");
  ASSERT_THAT(texts(scheduler.schedule(at(0s))), ElementsAre("j1 on w1"));
  scheduler.ended({1}, at(20min));
  EXPECT_EQ(why(scheduler, 3, at(20min)),
            "workers-busy: 1 job is ahead of it on the 1 worker that fits; about 40 minutes");
}

TEST(Why, OtherSubmittersTakeTurns) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  connect(scheduler, worker("w2"));
  for (std::int64_t id = 1; id <= 500; ++id) scheduler.add(job(id, "alice"));
  scheduler.add(job(501, "bob"));
  scheduler.add(job(502, "bob"));
  EXPECT_EQ(why(scheduler, 502), "workers-busy: 2 jobs are ahead of it on the 2 workers that fit");
}

TEST(Why, CountingEndsSomewhere) {
  Scheduler scheduler;
  connect(scheduler, worker("w1"));
  for (std::int64_t id = 1; id <= 10'002; ++id) scheduler.add(job(id));
  EXPECT_EQ(why(scheduler, 10'002),
            "workers-busy: more than 10000 jobs are ahead of it on the 1 worker that fits");
}

TEST(Upcoming, IsTheOrderOfPlacing) {
  Scheduler scheduler({.per_submitter = 1});
  connect(scheduler, worker("w1"));
  scheduler.add(job(1, "carol", 90));
  scheduler.add(job(2, "carol", 90));
  ASSERT_THAT(scheduler.schedule(at(1s)), SizeIs(1));
  for (std::int64_t id = 3; id <= 5; ++id) scheduler.add(job(id, "alice"));
  for (std::int64_t id = 6; id <= 7; ++id) scheduler.add(job(id, "bob"));
  scheduler.add(job(8, "bob", 70));
  EXPECT_THAT(scheduler.upcoming(9, at(2s)),
              ElementsAre(JobId{8}, JobId{3}, JobId{4}, JobId{6}, JobId{5}, JobId{7}));
  EXPECT_THAT(scheduler.upcoming(2, at(2s)), ElementsAre(JobId{8}, JobId{3}));
}

}  // namespace
}  // namespace luolab
