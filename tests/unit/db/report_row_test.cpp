// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "core/protocol/json.h"
#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

class ReportRows : public ServiceStore {
 protected:
  ReportRows() {
    for (const JobId job : run_.jobs) finish(job);
  }
  const Submitted run_ = submit(3);
  const std::size_t phases_ = sample_report().phases.size();
};

TEST_F(ReportRows, PhasesComeAcrossAttemptsNewestFirst) {
  const auto rows = store_.phases({.name = "blackout"});
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].job, run_.jobs[2]);
  EXPECT_EQ(rows[2].job, run_.jobs[0]);
  EXPECT_EQ(rows[0].scenario, "sample");
  EXPECT_EQ(to_json(rows[0].item), to_json(sample_report().phases[3]));
}

TEST_F(ReportRows, EachWayOfNarrowingGivesTheSameRows) {
  EXPECT_EQ(store_.phases({}).size(), 3 * phases_);
  EXPECT_EQ(store_.phases({.scenario = "sample"}).size(), 3 * phases_);
  EXPECT_EQ(store_.phases({.name = "boot", .scenario = "sample"}).size(), 3U);
  EXPECT_EQ(store_.phases({.scenario = "another"}).size(), 0U);
  EXPECT_EQ(store_.phases({.job = run_.jobs[1]}).size(), phases_);
  EXPECT_EQ(store_.phases({.name = "boot", .job = run_.jobs[1]}).size(), 1U);
  const AttemptId attempt = store_.attempts_of(run_.jobs[1]).at(0).id;
  EXPECT_EQ(store_.phases({.attempt = attempt}).size(), phases_);
}

TEST_F(ReportRows, PagesJoinWithoutGapAndOverlap) {
  for (const char* scenario : {"", "sample"}) {
    RowFilter filter{.scenario = scenario, .limit = 5};
    std::vector<std::string> paged;
    for (auto rows = store_.phases(filter); !rows.empty(); rows = store_.phases(filter)) {
      for (const auto& row : rows) paged.push_back(boost::json::serialize(to_json(row.item)));
      filter.before = rows.back().place;
    }
    std::vector<std::string> all;
    for (const auto& row : store_.phases({.scenario = scenario}))
      all.push_back(boost::json::serialize(to_json(row.item)));
    EXPECT_EQ(paged, all) << scenario;
  }
}

TEST_F(ReportRows, ChecksumsAndMeasurementsAreReadLikewise) {
  const auto sums = store_.checksums({.name = "vm-0/ram", .attempt = AttemptId{1}});
  ASSERT_EQ(sums.size(), 2U);
  EXPECT_EQ(to_json(sums[0].item), to_json(sample_report().checksums[1]));
  EXPECT_EQ(store_.checksums({}).size(), 12U);
  const auto figures = store_.measurements({.name = "tsc.frequency", .scenario = "sample"});
  ASSERT_EQ(figures.size(), 3U);
  EXPECT_EQ(to_json(figures[0].item), to_json(sample_report().measurements[0]));
}

TEST_F(ReportRows, AnAttemptIsGivenWithItsReport) {
  const AttemptRecord attempt = store_.attempt(AttemptId{1}).value();
  AttemptReport expected = sample_report();
  expected.worker = "w1";
  ASSERT_TRUE(attempt.report);
  EXPECT_EQ(to_json(*attempt.report), to_json(expected));
  EXPECT_EQ(attempt.summary.job, run_.jobs[0]);
  EXPECT_EQ(attempt.summary.run, run_.run);
  EXPECT_EQ(store_.attempt(AttemptId{99}).error().fault, Fault::scenario);
}

TEST_F(ReportRows, AnAttemptThatRunsHasNoReport) {
  const AttemptId attempt = lease(submit().jobs[0]);
  EXPECT_FALSE(store_.attempt(attempt).value().report);
}

TEST_F(ReportRows, AFileLeadsToTheAttemptsThatHaveIt) {
  const auto uses = store_.artifact_uses(std::string(64, 'a'), 10);
  ASSERT_EQ(uses.size(), 3U);
  EXPECT_EQ(uses[0].job, run_.jobs[2]);
  EXPECT_EQ(uses[0].name, "console.log");
  EXPECT_FALSE(uses[0].expired);
  EXPECT_TRUE(store_.artifact_uses(std::string(64, 'b'), 10).empty());
}

TEST_F(ReportRows, ABuildKnowsHowManyAttemptsUsedIt) {
  const auto builds = store_.builds(10);
  ASSERT_EQ(builds.size(), 2U);
  EXPECT_EQ(builds[0].attempts, 3U);
  EXPECT_EQ(store_.builds(10, builds[0].id).size(), 1U);
}

}  // namespace
}  // namespace luolab
