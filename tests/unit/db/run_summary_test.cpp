// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class RunSummaryTest : public ServiceStore {};

TEST_F(RunSummaryTest, RepetitionsArePartOfOnePoint) {
  const Submitted run = submit(4);
  finish(run.jobs[0], Verdict::PASS);
  finish(run.jobs[1], Verdict::FAIL);
  lease(run.jobs[2]);
  const auto points = store_.run_points(run.run);
  ASSERT_THAT(points, SizeIs(1));
  EXPECT_EQ(points[0].jobs, 4U);
  EXPECT_EQ(points[0].running, 1U);
  EXPECT_EQ(points[0].queued, 1U);
  EXPECT_THAT(points[0].verdicts, ElementsAre(Pair(Verdict::PASS, 1U), Pair(Verdict::FAIL, 1U)));
  EXPECT_EQ(points[0].job, run.jobs[0]);
  EXPECT_EQ(points[0].title.find('#'), std::string::npos);
}

TEST_F(RunSummaryTest, PointsComeInTheOrderOfTheirFirstJobs) {
  const Submitted run = submit(4);
  sql("UPDATE jobs SET title = 's[size=9]#0' WHERE id = " + std::to_string(run.jobs[0].value));
  sql("UPDATE jobs SET title = 's[size=10]#0' WHERE id = " + std::to_string(run.jobs[1].value));
  sql("UPDATE jobs SET title = 's[size=9]#1' WHERE id = " + std::to_string(run.jobs[2].value));
  sql("UPDATE jobs SET title = 's[size=10]#11' WHERE id = " + std::to_string(run.jobs[3].value));
  const auto points = store_.run_points(run.run);
  ASSERT_THAT(points, SizeIs(2));
  EXPECT_EQ(points[0].title, "s[size=9]");
  EXPECT_EQ(points[1].title, "s[size=10]");
  EXPECT_EQ(points[1].jobs, 2U);
}

TEST_F(RunSummaryTest, APhaseIsSummedUpOverTheLastAttempts) {
  const Submitted run = submit(3);
  std::int64_t duration = 10;
  for (const JobId id : run.jobs) {
    finish(id);
    sql("UPDATE phases SET duration_ns = " + std::to_string(duration) +
        " WHERE name = 'blackout' AND attempt = (SELECT max(id) FROM attempts)");
    duration += 10;
  }
  for (const RunPhase& phase : store_.run_phases(run.run)) {
    if (phase.name != "blackout") continue;
    EXPECT_EQ(phase.least.count(), 10);
    EXPECT_EQ(phase.median.count(), 20);
    EXPECT_EQ(phase.high.count(), 30);
    EXPECT_EQ(phase.most.count(), 30);
    EXPECT_EQ(phase.slowest, run.jobs[2]);
    return;
  }
  FAIL() << "no blackout";
}

TEST_F(RunSummaryTest, ARunThatHasNotBegunHasNoPhases) {
  EXPECT_THAT(store_.run_phases(submit(2).run), IsEmpty());
}

TEST_F(RunSummaryTest, ABuildIsComparedWithThePlainestOfItsBase) {
  finish(submit(1).jobs[0]);
  const std::string columns =
      "INSERT INTO builds (content_sha256, digest, title, release, base_version, build_id, "
      "metadata_json, first_seen_ns) VALUES ";
  sql(columns + R"(('c1','k1','plain','7','v','b','{"patches":[],"fragments":[1]}',1),)"
                R"(('c2','k2','patched','7','v','b','{"patches":[1],"fragments":[1]}',2),)"
                R"(('c3','k3','another base','7','w','b','{"patches":[1],"fragments":[]}',3),)"
                R"(('c4','k4','damaged','7','x','b','{',4))");
  sql("INSERT OR IGNORE INTO build_uses SELECT id, 1 FROM builds");
  const auto baseline = [&](std::string_view key) {
    const auto found = store_.baseline_of(store_.build_papers(key).value().build);
    return found ? found->build.build.digest : "none";
  };
  EXPECT_EQ(baseline("k2"), "k1");
  EXPECT_EQ(baseline("k1"), "none") << "nothing is plainer";
  EXPECT_EQ(baseline("k3"), "none") << "of another base";
  EXPECT_EQ(baseline("k4"), "none");
  EXPECT_FALSE(store_.build_papers("none").has_value());
}

TEST_F(RunSummaryTest, PapersThatExpiredAreNotNamed) {
  finish(submit(1).jobs[0]);
  const BuildRow build = store_.builds(1).front();
  sql("UPDATE artifacts SET name = 'config-" + build.build.digest.substr(0, 16) +
      "' WHERE position = 0");
  EXPECT_NE(store_.build_papers(build.build.digest)->config, "");
  sql("UPDATE artifacts SET expired = 1");
  EXPECT_EQ(store_.build_papers(build.build.digest)->config, "");
}

}  // namespace
}  // namespace luolab
