// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "db/migrations.h"
#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// A finished attempt; kernels are named by their releases, and a build is its release.
struct Tried {
  Verdict verdict = Verdict::PASS;
  std::vector<std::string> kernels = {"7.2", "7.3"};
  std::vector<std::uint32_t> hops = {1};
  std::string scenario = "small";
  std::string worker = "w1";
  std::uint64_t size = 64;  ///< preserved at each hop
  std::chrono::nanoseconds blackout = 1s;
  std::uint32_t repetition = 0;
  std::size_t built = 9;  ///< so many of the kernels, at most
};

class TrendTest : public ServiceStore {
 protected:
  JobId add(const Tried& tried) {
    Job job = sample_job(tried.repetition);
    job.scenario = tried.scenario;
    job.kernels.clear();
    for (const std::string& kernel : tried.kernels)
      job.kernels.push_back({.base = {.name = kernel}});
    job.hops = tried.hops;
    const JobId id = store_.submit({{"t", "", "somebody", ""}, {new_job(job, {})}, {}}).jobs.at(0);
    const AttemptReport report = report_of(tried);
    store_.finish_attempt(lease(id, tried.worker), report, {false, report.verdict, report.reason});
    return id;
  }

  static AttemptReport report_of(const Tried& tried) {
    AttemptReport report;
    report.verdict = tried.verdict;
    report.bytes_verified = tried.size * tried.hops.size();
    for (const std::string& kernel : tried.kernels)
      report.builds.push_back({"key " + kernel, "linux-" + kernel, kernel, "", "", "{}"});
    if (report.builds.size() > tried.built) report.builds.resize(tried.built);
    std::int32_t hop = 0;
    for (const std::uint32_t incoming : tried.hops) {
      report.hops.push_back(
          {static_cast<std::uint32_t>(hop), "", "", "", "", tried.kernels[incoming], ""});
      report.phases.push_back({.name = "blackout", .hop = hop, .duration = tried.blackout * ++hop});
    }
    return report;
  }

  std::vector<JobId> jobs_of(const TrendFilter& filter) const {
    std::vector<JobId> jobs;
    for (const TrendPoint& point : store_.trend(filter)) jobs.push_back(point.job);
    return jobs;
  }
};

TEST_F(TrendTest, TellsOfEachAttemptThatEnded) {
  const JobId first = add({});
  add({.verdict = Verdict::FAIL, .worker = "w2"});
  lease(submit().jobs[0]);
  const auto points = store_.trend({.phase = "blackout"});
  ASSERT_THAT(points, SizeIs(2)) << "what still runs has no verdict";
  EXPECT_EQ(points[0].verdict, Verdict::FAIL) << "newest first";
  EXPECT_EQ(points[0].worker, "w2");
  EXPECT_EQ(points[1].job, first);
  EXPECT_EQ(points[1].outgoing, "linux-7.2");
  EXPECT_EQ(points[1].incoming_release, "7.3");
  EXPECT_EQ(points[1].incoming_build, "key 7.3");
  EXPECT_EQ(points[1].bytes_per_update, 64U);
  EXPECT_EQ(points[1].duration, 1s);
}

TEST_F(TrendTest, AnyFiltersGoTogether) {
  const JobId one = add({.scenario = "a", .worker = "w1", .size = 1});
  const JobId two = add({.scenario = "a", .worker = "w1", .size = 2});
  const JobId three = add({.scenario = "a", .worker = "w2", .size = 1});
  const JobId four = add({.scenario = "b", .worker = "w1", .size = 1});
  EXPECT_THAT(jobs_of({}), ElementsAre(four, three, two, one));
  EXPECT_THAT(jobs_of({.newest = 1}), ElementsAre(four));
  EXPECT_THAT(jobs_of({.scenario = "a"}), ElementsAre(three, two, one));
  EXPECT_THAT(jobs_of({.worker = "w1"}), ElementsAre(four, two, one));
  EXPECT_THAT(jobs_of({.size = 1}), ElementsAre(four, three, one));
  EXPECT_THAT(jobs_of({.scenario = "a", .worker = "w1"}), ElementsAre(two, one));
  EXPECT_THAT(jobs_of({.scenario = "a", .size = 1}), ElementsAre(three, one));
  EXPECT_THAT(jobs_of({.worker = "w1", .size = 1}), ElementsAre(four, one));
  EXPECT_THAT(jobs_of({.scenario = "a", .worker = "w1", .size = 1}), ElementsAre(one));
  EXPECT_THAT(jobs_of({.scenario = "c"}), IsEmpty());
}

TEST_F(TrendTest, ChoicesAreTheDifferentValues) {
  add({.scenario = "b", .worker = "w2", .size = 8});
  add({.scenario = "a", .worker = "w1", .size = 64});
  add({.scenario = "b", .worker = "w1", .size = 64});
  const TrendChoices choices = store_.trend_choices();
  EXPECT_THAT(choices.scenarios, ElementsAre("a", "b"));
  EXPECT_THAT(choices.workers, ElementsAre("w1", "w2"));
  EXPECT_THAT(choices.sizes, ElementsAre(8U, 64U));
}

TEST_F(TrendTest, APhaseThatNobodyHasLeavesItsPlaceEmpty) {
  add({});
  EXPECT_EQ(store_.trend({.phase = "no-such-phase"}).front().duration, std::nullopt);
}

TEST_F(TrendTest, PairsCountVerdictsAndGiveTheMedian) {
  add({.blackout = 1s});
  add({.blackout = 3s});
  add({.verdict = Verdict::FAIL, .blackout = 2s});
  add({.verdict = Verdict::MISS, .kernels = {"7.2", "7.4"}});
  add({.kernels = {"7.2"}, .hops = {0}, .scenario = "other"});
  const auto pairs = store_.version_pairs({.phase = "blackout"});
  ASSERT_THAT(pairs, SizeIs(3));
  EXPECT_EQ(pairs[0].incoming_release, "7.4") << "highest first";
  EXPECT_EQ(pairs[0].unjudged, 1U);
  EXPECT_EQ(pairs[1].outgoing_release, "7.2");
  EXPECT_EQ(pairs[1].incoming_release, "7.3");
  EXPECT_EQ(pairs[1].passed, 2U);
  EXPECT_EQ(pairs[1].failed, 1U);
  EXPECT_EQ(pairs[1].median, 2s);
  EXPECT_EQ(pairs[1].measured, 3U);
  EXPECT_EQ(pairs[2].incoming_release, "7.2");
  EXPECT_THAT(store_.version_pairs({.phase = "blackout", .scenario = "other"}), SizeIs(1));
  EXPECT_EQ(store_.version_pairs({.phase = "blackout", .newest = 1})[1].failed, 1U);
}

TEST_F(TrendTest, OfSeveralUpdatesThePairIsTheLastOne) {
  add({.kernels = {"7.2", "7.3"}, .hops = {1, 0}, .blackout = 1s});
  const auto pairs = store_.version_pairs({.phase = "blackout"});
  ASSERT_THAT(pairs, SizeIs(1));
  EXPECT_EQ(pairs[0].outgoing_release, "7.3");
  EXPECT_EQ(pairs[0].incoming_release, "7.2");
  EXPECT_EQ(pairs[0].median, 2s) << "its own time";
}

TEST_F(TrendTest, WhatWasNotBuiltIsNoPair) {
  const JobId job = add({.verdict = Verdict::ERROR, .built = 1});
  EXPECT_THAT(store_.version_pairs({.phase = "blackout"}), IsEmpty());
  EXPECT_EQ(store_.trend({}).front().job, job);
}

TEST_F(TrendTest, FlakyIsWhatPassedAndFailedOnTheSameBuilds) {
  add({.verdict = Verdict::PASS, .repetition = 0});
  const JobId failed = add({.verdict = Verdict::FAIL, .worker = "w7", .repetition = 11});
  add({.verdict = Verdict::MISS, .repetition = 1});
  add({.verdict = Verdict::FAIL, .kernels = {"7.2", "7.4"}});
  add({.verdict = Verdict::FAIL, .scenario = "always"});
  const auto flaky = store_.flaky_tests({});
  ASSERT_THAT(flaky, SizeIs(1)) << "7.4 and \"always\" never passed";
  EXPECT_EQ(flaky[0].test, "small");
  EXPECT_EQ(flaky[0].passed, 1U);
  EXPECT_EQ(flaky[0].failed, 1U);
  EXPECT_EQ(flaky[0].last_failure, failed);
  EXPECT_EQ(flaky[0].worker, "w7");
  EXPECT_EQ(flaky[0].incoming, "linux-7.3");
  EXPECT_THAT(store_.flaky_tests({.scenario = "always"}), IsEmpty());
}

TEST_F(TrendTest, WhatIsForgottenIsNotCounted) {
  add({});
  sql("DELETE FROM attempt_builds; DELETE FROM hops; DELETE FROM phases; DELETE FROM attempts;");
  EXPECT_EQ(sql_number("SELECT count(*) FROM trend_points"), 0);
}

TEST_F(TrendTest, AStoreFromBeforeHasItsPoints) {
  add({.worker = "w1"});
  add({.verdict = Verdict::FAIL});
  const auto before = store_.version_pairs({.phase = "blackout"});
  sql("DROP TRIGGER kernels_of_jobs; DROP TABLE job_kernels; DROP INDEX builds_by_title; "
      "DROP TRIGGER attempts_reported; DROP VIEW trend_sources; DROP TABLE trend_points; "
      "DROP TABLE rollout_jobs; DROP TABLE rollouts; PRAGMA user_version = 5;");
  const Store again = Store::open(file_).value();
  const auto after = again.version_pairs({.phase = "blackout"});
  ASSERT_THAT(after, SizeIs(1));
  EXPECT_EQ(after[0].passed, before[0].passed);
  EXPECT_EQ(after[0].failed, before[0].failed);
  EXPECT_EQ(after[0].median, before[0].median);
  EXPECT_THAT(again.trend({.worker = "w1"}), SizeIs(2));
}

}  // namespace
}  // namespace luolab
