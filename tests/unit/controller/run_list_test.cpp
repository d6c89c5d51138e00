// SPDX-License-Identifier: Apache-2.0
#include "controller/results/run_list.h"

#include <array>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;

RunSummary summary() {
  RunSummary run;
  run.id = RunId{17};
  run.title = "quickstart";
  run.state = RunState::done;
  run.created = TimePoint{std::chrono::seconds{1'770'000'000}};
  run.finished = run.created + std::chrono::milliseconds{12'300};
  run.verdicts = {{Verdict::PASS, 3}, {Verdict::FAIL, 1}};
  run.jobs = 4;
  return run;
}

TEST(RunList, SaysHowToBeginWhereThereIsNothing) {
  EXPECT_THAT(run_list({}, {}), HasSubstr("luolab run scenarios/quickstart.yaml"));
}

TEST(RunList, HasALinePerRun) {
  EXPECT_EQ(run_list(std::array{summary()}, {}),
            "run   started               took          verdicts        title\n"
            "17    2026-02-02T02:40:00Z  12.3 s        3 PASS, 1 FAIL  quickstart\n");
}

TEST(RunList, SaysThatARunIsOnItsWay) {
  RunSummary run = summary();
  run.state = RunState::running;
  run.finished.reset();
  run.verdicts.clear();
  EXPECT_THAT(run_list(std::array{run}, {}), HasSubstr("running       4 jobs open"));
}

TEST(RunList, IsJsonWhereAsked) {
  const auto json = boost::json::parse(run_list_json(std::array{summary()}));
  EXPECT_EQ(json.at("schema"), "luolab.list/v1");
  EXPECT_EQ(json.at("runs").at(0).at("id"), 17);
  EXPECT_EQ(json.at("runs").at(0).at("counts").at("PASS"), 3);
  EXPECT_TRUE(boost::json::parse(run_list_json({})).at("runs").as_array().empty());
}

}  // namespace
}  // namespace luolab
