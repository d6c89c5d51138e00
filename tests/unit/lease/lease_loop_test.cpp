// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/lease_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/lease/lease_setting.h"
#include "worker/lease/unknown_instance.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;

class LeaseLoopTest : public testing::Test {
 protected:
  TempDir dir_{fs::temp_directory_path()};
  LeaseSetting worker_{dir_.path()};
};

TEST_F(LeaseLoopTest, AGrantedAttemptIsMadeAndItsReportTaken) {
  const auto attempt = worker_.lab().submit({}, 41);
  worker_.start();
  ASSERT_TRUE(worker_.tells("delivered 1"));
  ASSERT_NE(worker_.report_of(attempt), nullptr);
  EXPECT_EQ(worker_.report_of(attempt)->verdict, Verdict::PASS);
  EXPECT_THAT(worker_.spool->finished(), IsEmpty());
  EXPECT_EQ(worker_.lab().attempts.at(attempt).console, "Linux version 7.3\n");
  EXPECT_TRUE(worker_.runner.settled.contains(attempt));
}

TEST_F(LeaseLoopTest, TheReportSaysNotWhereFilesLieOnTheWorker) {
  const auto attempt = worker_.lab().submit({}, 41);
  worker_.start();
  ASSERT_TRUE(worker_.tells("delivered 1"));
  ASSERT_EQ(worker_.report_of(attempt)->artifacts.size(), 1U);
  EXPECT_EQ(worker_.report_of(attempt)->artifacts[0].path, "");
}

TEST_F(LeaseLoopTest, NoMoreIsLeasedThanThereAreSlots) {
  worker_.options.self.slots = 2;
  worker_.runner.hold = true;
  for (int job = 1; job <= 3; ++job) worker_.lab().submit({}, job);
  worker_.start();
  ASSERT_TRUE(worker_.tells("started 2"));
  worker_.pass(std::chrono::minutes{5});
  EXPECT_EQ(worker_.runner.began.size(), 2U);
  worker_.runner.let_go();
  EXPECT_TRUE(worker_.tells("delivered 3"));
}

TEST_F(LeaseLoopTest, AParkedLeaseIsGrantedWhenWorkComes) {
  worker_.start();
  worker_.pass(std::chrono::minutes{2});
  EXPECT_GE(worker_.controller.count("lease"), 3);
  worker_.lab().submit({}, 1);
  worker_.controller.wake();
  EXPECT_TRUE(worker_.tells("delivered 1"));
}

TEST_F(LeaseLoopTest, HeartbeatsNameEveryAttemptWithItsActivity) {
  worker_.runner.hold = true;
  worker_.lab().submit({}, 1);
  worker_.start();
  ASSERT_TRUE(worker_.tells("started 1"));
  worker_.pass(std::chrono::seconds{35});
  EXPECT_GE(worker_.controller.heartbeats.size(), 4U);
  ASSERT_EQ(worker_.controller.heartbeats.back().attempts.size(), 1U);
  EXPECT_EQ(worker_.controller.heartbeats.back().attempts[0].attempt, 1);
  EXPECT_EQ(worker_.controller.heartbeats.back().attempts[0].activity, "hop 1");
}

TEST_F(LeaseLoopTest, ACanceledAttemptIsEndedAndReportedAsMiss) {
  worker_.runner.hold = true;
  worker_.lab().submit({}, 1);
  worker_.start();
  ASSERT_TRUE(worker_.tells("started 1"));
  worker_.lab().attempts.at(1).cancel = true;
  ASSERT_TRUE(worker_.tells("delivered 1"));
  EXPECT_THAT(worker_.runner.cut_off, ElementsAre(1));
  EXPECT_EQ(worker_.report_of(1)->verdict, Verdict::MISS);
  EXPECT_EQ(worker_.report_of(1)->reason, "canceled");
}

TEST_F(LeaseLoopTest, AStaleAttemptIsEndedAndForgotten) {
  worker_.runner.hold = true;
  worker_.lab().submit({}, 1);
  worker_.start();
  ASSERT_TRUE(worker_.tells("started 1"));
  worker_.lab().attempts.at(1).stale = true;
  ASSERT_TRUE(worker_.tells("refused 1"));
  EXPECT_THAT(worker_.runner.cut_off, ElementsAre(1));
  EXPECT_EQ(worker_.controller.count("report"), 0);
  EXPECT_FALSE(fs::exists(dir_.path() / "spool/1"));
}

TEST_F(LeaseLoopTest, TheSlotOfAStaleAttemptIsFreeAgain) {
  worker_.runner.hold = true;
  worker_.lab().submit({}, 1);
  worker_.start();
  ASSERT_TRUE(worker_.tells("started 1"));
  worker_.lab().requeue(1);
  ASSERT_TRUE(worker_.tells("started 2"));
  worker_.runner.let_go();
  EXPECT_TRUE(worker_.tells("delivered 2"));
}

TEST_F(LeaseLoopTest, AnAttemptRunsOnAndIsDeliveredAfterAnOutageLongerThanTheLease) {
  worker_.runner.hold = true;
  worker_.lab().submit({}, 1);
  worker_.start();
  ASSERT_TRUE(worker_.tells("started 1"));
  worker_.controller.away = true;
  worker_.pass(std::chrono::minutes{10});
  worker_.runner.let_go();
  ASSERT_TRUE(worker_.tells("ended 1"));
  worker_.pass(std::chrono::minutes{10});
  EXPECT_THAT(worker_.spool->finished(), ElementsAre(1));
  worker_.controller.away = false;
  ASSERT_TRUE(worker_.tells("delivered 1"));
  EXPECT_EQ(worker_.report_of(1)->verdict, Verdict::PASS);
}

TEST_F(LeaseLoopTest, AnAttemptIsOursUntilTheLeaseRunsOutUnrenewedOrIsTakenAway) {
  worker_.runner.hold = true;
  worker_.lab().submit({}, 1);
  worker_.lab().submit({}, 2);
  worker_.options.self.slots = 2;
  worker_.start();
  ASSERT_TRUE(worker_.tells("started 2"));
  worker_.pass(std::chrono::minutes{10});
  EXPECT_TRUE(worker_.runner.ours.at(1)());
  worker_.controller.away = true;
  worker_.pass(std::chrono::minutes{10});
  EXPECT_FALSE(worker_.runner.ours.at(1)());
  worker_.controller.away = false;
  worker_.pass(std::chrono::minutes{2});
  EXPECT_TRUE(worker_.runner.ours.at(1)());
  worker_.lab().attempts.at(1).stale = true;
  ASSERT_TRUE(worker_.tells("refused 1"));
  EXPECT_FALSE(worker_.runner.ours.at(1)());
  EXPECT_TRUE(worker_.runner.ours.at(2)());
}

TEST_F(LeaseLoopTest, WhileTheControllerIsAwayItIsNotPestered) {
  worker_.controller.away = true;
  worker_.start();
  worker_.pass(std::chrono::minutes{10});
  EXPECT_THAT(worker_.told.pauses, Each(Ge(std::chrono::seconds{1})));
  EXPECT_THAT(worker_.told.pauses, Each(Le(std::chrono::seconds{30})));
  EXPECT_EQ(worker_.controller.count("lease"), 0) << "a worker says hello first";
  EXPECT_LE(worker_.controller.calls.size(), 130U);
  EXPECT_GE(worker_.controller.calls.size(), 20U);
}

TEST_F(LeaseLoopTest, AReportWhoseAnswerGotLostCountsOnce) {
  worker_.lab().submit({}, 1);
  worker_.controller.losses["report"] = 2;
  worker_.start();
  ASSERT_TRUE(worker_.tells("delivered 1"));
  EXPECT_EQ(worker_.controller.count("report"), 3);
  EXPECT_EQ(worker_.lab().attempts.at(1).reports_counted, 1);
}

TEST_F(LeaseLoopTest, AGrantThatGotLostIsGivenAgain) {
  worker_.lab().submit({}, 1);
  worker_.controller.losses["lease"] = 1;
  worker_.start();
  ASSERT_TRUE(worker_.tells("delivered 1"));
  EXPECT_EQ(worker_.lab().attempts.size(), 1U);
}

TEST_F(LeaseLoopTest, AWorkerThatIsNotKnownAnyMoreSaysHelloAgain) {
  worker_.runner.hold = true;
  worker_.lab().submit({}, 1);
  worker_.start();
  ASSERT_TRUE(worker_.tells("started 1"));
  worker_.lab().instances.clear();
  ASSERT_TRUE(worker_.reaches([&] { return worker_.controller.hellos.size() == 2; }));
  EXPECT_THAT(worker_.controller.hellos[1].attempts, ElementsAre(1));
  worker_.runner.let_go();
  EXPECT_TRUE(worker_.tells("delivered 1"));
}

TEST_F(LeaseLoopTest, AControllerThatWasStartedAgainIsAskedForWorkRightAfterTheHello) {
  worker_.controller.refuse["lease"] = unknown_instance_error("who?");
  const auto began = worker_.clock.now();
  worker_.start();
  ASSERT_TRUE(worker_.reaches([&] { return worker_.controller.count("lease") >= 2; }));
  EXPECT_EQ(worker_.clock.now(), began) << "no time had to pass until it was asked again";
}

TEST_F(LeaseLoopTest, AControllerThatForgetsAtOnceIsNotGreetedInABusyLoop) {
  worker_.controller.refuse["lease"] = unknown_instance_error("who?");
  worker_.start();
  worker_.pass(std::chrono::minutes{1});
  EXPECT_LE(worker_.controller.count("hello"), 61);
}

TEST_F(LeaseLoopTest, ANewBuildIsToldToTheController) {
  worker_.lab().submit({}, 1);
  worker_.start();
  worker_.runner.known_builds = {"k1"};
  ASSERT_TRUE(worker_.reaches([&] {
    return !worker_.controller.hellos.empty() &&
           worker_.controller.hellos.back().builds == std::vector<std::string>{"k1"};
  }));
}

TEST_F(LeaseLoopTest, AMachineThatGoesOfflineAndComesBackIsToldToTheController) {
  worker_.options.self.targets = {"rack1", "rack2"};
  worker_.start();
  worker_.pass(std::chrono::seconds{1});
  EXPECT_THAT(worker_.controller.hellos.back().targets, ElementsAre("rack1", "rack2"));
  worker_.runner.offline_machines = {{"rack1", "no answer"}};
  worker_.look_again();
  worker_.pass(std::chrono::seconds{1});
  EXPECT_THAT(worker_.controller.hellos.back().targets, ElementsAre("rack2"));
  EXPECT_THAT(worker_.controller.hellos.back().offline,
              ElementsAre(OfflineTarget{"rack1", "no answer"}));
  worker_.runner.offline_machines.clear();
  worker_.look_again();
  worker_.pass(std::chrono::seconds{1});
  EXPECT_THAT(worker_.controller.hellos.back().targets, ElementsAre("rack1", "rack2"));
  EXPECT_THAT(worker_.controller.hellos.back().offline, IsEmpty());
}

TEST_F(LeaseLoopTest, ADrainedWorkerFinishesWhatRunsAndTakesNothingNew) {
  worker_.options.self.slots = 2;
  worker_.runner.hold = true;
  worker_.lab().submit({}, 1);
  worker_.start();
  ASSERT_TRUE(worker_.tells("started 1"));
  worker_.lab().drain = true;
  ASSERT_TRUE(worker_.tells("draining"));
  worker_.pass(std::chrono::minutes{1});
  const int leases = worker_.controller.count("lease");
  worker_.runner.let_go();
  ASSERT_TRUE(worker_.tells("delivered 1"));
  worker_.pass(std::chrono::minutes{5});
  EXPECT_EQ(worker_.controller.count("lease"), leases);
  worker_.lab().drain = false;
  worker_.lab().submit({}, 2);
  EXPECT_TRUE(worker_.tells("delivered 2"));
}

TEST_F(LeaseLoopTest, AStoppedWorkerReportsWhatRan) {
  worker_.runner.hold = true;
  worker_.lab().submit({}, 1);
  worker_.start();
  ASSERT_TRUE(worker_.tells("started 1"));
  worker_.stop();
  ASSERT_TRUE(worker_.over());
  ASSERT_NE(worker_.report_of(1), nullptr);
  EXPECT_EQ(worker_.report_of(1)->verdict, Verdict::MISS);
  EXPECT_THAT(worker_.report_of(1)->reason, HasSubstr("stopped"));
}

TEST_F(LeaseLoopTest, AWorkerThatIsStoppedInAnOutageLeavesItsResultsToTheNext) {
  worker_.lab().submit({}, 1);
  worker_.start();
  worker_.controller.losses["report"] = 1'000;
  worker_.controller.refuse["put_artifact"] = lab_error("no room");
  ASSERT_TRUE(worker_.tells("away report"));
  worker_.controller.away = true;
  worker_.stop();
  ASSERT_TRUE(worker_.over());
  worker_.spool.reset();

  LeaseSetting next(dir_.path(), "i2");
  next.lab() = worker_.lab();
  next.start();
  ASSERT_TRUE(next.tells("delivered 1"));
  EXPECT_THAT(next.controller.hellos.at(0).attempts, ElementsAre(1));
  EXPECT_EQ(next.report_of(1)->verdict, Verdict::PASS);
}

TEST_F(LeaseLoopTest, AWorkerThatIsRefusedEndsAndKeepsItsResults) {
  worker_.controller.refuse["report"] = scenario_error("403: the token was revoked");
  worker_.lab().submit({}, 1);
  worker_.start();
  ASSERT_TRUE(worker_.reaches([&] { return worker_.over(); }));
  ASSERT_FALSE(*worker_.result());
  EXPECT_THAT(worker_.result()->error().what, HasSubstr("revoked"));
  EXPECT_THAT(worker_.spool->finished(), ElementsAre(1));
}

TEST_F(LeaseLoopTest, WithOnceItEndsWhenItsOneAttemptIsDelivered) {
  worker_.options.once = true;
  worker_.options.self.slots = 4;
  worker_.lab().submit({}, 1);
  worker_.lab().submit({}, 2);
  worker_.controller.losses["report"] = 1;
  worker_.start();
  ASSERT_TRUE(worker_.reaches([&] { return worker_.over(); }));
  ASSERT_TRUE(worker_.result()->value());
  EXPECT_EQ(worker_.result()->value()->verdict, Verdict::PASS);
  EXPECT_THAT(worker_.runner.began, ElementsAre(1));
  EXPECT_EQ(worker_.lab().queue.size(), 1U);
}

TEST_F(LeaseLoopTest, AnAttemptThatThrowsIsTheLabsFault) {
  worker_.runner.throws = "no descriptors are left";
  worker_.lab().submit({}, 1);
  worker_.start();
  ASSERT_TRUE(worker_.tells("delivered 1"));
  EXPECT_EQ(worker_.report_of(1)->verdict, Verdict::MISS);
  EXPECT_EQ(worker_.report_of(1)->reason, "no descriptors are left");
}

TEST_F(LeaseLoopTest, AReportThatIsNeverTakenIsSetAsideAndBlocksNoOther) {
  worker_.lab().submit({}, 1);
  worker_.controller.refuse["report"] = bug_error("422: not a report");
  worker_.start();
  ASSERT_TRUE(worker_.tells("set aside 1"));
  EXPECT_TRUE(fs::exists(dir_.path() / "spool/rejected/1/report.json"));
  worker_.controller.refuse.clear();
  worker_.lab().submit({}, 2);
  worker_.controller.wake();
  EXPECT_TRUE(worker_.tells("delivered 2"));
}

TEST_F(LeaseLoopTest, ResultsAreDeliveredOldestFirst) {
  worker_.options.self.slots = 3;
  worker_.controller.refuse["report"] = lab_error("503");
  for (int job = 1; job <= 3; ++job) worker_.lab().submit({}, job);
  worker_.start();
  ASSERT_TRUE(worker_.tells("ended 3"));
  worker_.controller.refuse.clear();
  ASSERT_TRUE(worker_.tells("delivered 3"));
  std::vector<std::string> delivered;
  for (const std::string& word : worker_.told.words) {
    if (word.starts_with("delivered")) delivered.push_back(word);
  }
  EXPECT_THAT(delivered, ElementsAre("delivered 1", "delivered 2", "delivered 3"));
}

}  // namespace
}  // namespace luolab
