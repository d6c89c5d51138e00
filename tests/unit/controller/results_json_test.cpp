// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "controller/results/results.h"
#include "core/protocol/json.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using enum Verdict;

boost::json::value json_of(const RunRecord& run) { return boost::json::parse(results_json(run)); }

std::string keys_of(const boost::json::value& object) {
  std::string keys;
  for (const auto& member : object.as_object()) keys += std::string(member.key()) + " ";
  return keys;
}

TEST(ResultsJson, HasTheMembersOfItsSchema) {
  const auto json = json_of(sample_run({PASS}));
  EXPECT_EQ(json.at("schema"), "luolab.run/v1");
  EXPECT_EQ(keys_of(json), "schema run exit_code counts jobs ");
  EXPECT_EQ(keys_of(json.at("run")),
            "id title submitter command_line source state created finished wall_ns ");
  const auto& job = json.at("jobs").at(0);
  EXPECT_EQ(keys_of(job),
            "id title scenario state verdict reason attempts job blackout_ns report ");
  EXPECT_EQ(keys_of(job.at("report")),
            "verdict reason worker accel start wall_ns bytes_verified builds hops phases checksums "
            "checks "
            "measurements findings artifacts ");
}

TEST(ResultsJson, CarriesTheWholeJobSoThatItCanBeRunAgain) {
  const auto json = json_of(sample_run({FAIL}));
  const auto job = from_json<Job>(boost::json::serialize(json.at("jobs").at(0).at("job")));
  ASSERT_TRUE(job);
  EXPECT_EQ(to_json(*job), to_json(sample_job()));
}

TEST(ResultsJson, SumsUp) {
  const auto json = json_of(sample_run({PASS, PASS, FAIL}));
  EXPECT_EQ(json.at("exit_code"), 1);
  EXPECT_EQ(json.at("counts"), (boost::json::object{{"PASS", 2}, {"FAIL", 1}}));
  EXPECT_EQ(json.at("jobs").at(0).at("blackout_ns"), 1'420'000'000);
}

TEST(ResultsJson, SaysWhichChecksumsDiffer) {
  const auto json = json_of(sample_run({FAIL}));
  const auto& sums = json.at("jobs").at(0).at("report").at("checksums");
  EXPECT_EQ(sums.at(0).at("equal"), true);
  EXPECT_EQ(sums.at(1).at("equal"), false);
  EXPECT_EQ(sums.at(1).at("length_bytes").to_number<std::uint64_t>(),
            std::numeric_limits<std::uint64_t>::max());
}

TEST(ResultsJson, HoldsBuildMetadataAsJsonAndAsTextWhereItIsNone) {
  const auto json = json_of(sample_run({PASS}));
  const auto& builds = json.at("jobs").at(0).at("report").at("builds");
  EXPECT_EQ(builds.at(0).at("metadata").at("cc"), "gcc");
  EXPECT_EQ(builds.at(1).at("metadata"), "no json");
}

TEST(ResultsJson, WritesNullForWhatIsNoNumber) {
  RunRecord run = sample_run({PASS});
  run.jobs[0].report->measurements[0].value = std::numeric_limits<double>::quiet_NaN();
  const auto json = json_of(run);
  EXPECT_TRUE(json.at("jobs").at(0).at("report").at("measurements").at(0).at("value").is_null());
}

TEST(ResultsJson, IsValidWhateverTheKernelPrinted) {
  RunRecord run = sample_run({FAIL});
  run.jobs[0].report->findings[0].excerpt = std::string("\xff\x00\x1b\"\\", 5);
  const auto json = json_of(run);
  EXPECT_EQ(json.at("jobs").at(0).at("report").at("findings").at(0).at("excerpt"),
            boost::json::string_view("\xef\xbf\xbd\x00\x1b\"\\", 7));
}

TEST(ResultsJson, LeavesOutWhatIsNotKnown) {
  RunRecord run = sample_run({PASS});
  run.finished.reset();
  run.jobs[0].verdict.reset();
  run.jobs[0].report.reset();
  const auto json = json_of(run);
  EXPECT_FALSE(json.at("run").as_object().contains("finished"));
  EXPECT_FALSE(json.at("jobs").at(0).as_object().contains("report"));
  EXPECT_EQ(json.at("jobs").at(0).at("verdict"), "MISS");
}

}  // namespace
}  // namespace luolab
