// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using testing::Gt;
using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;

class TrendTest : public ServiceStore {};

TEST_F(TrendTest, TellsOfEachAttemptThatEnded) {
  const Submitted run = submit(3);
  finish(run.jobs[0], Verdict::PASS);
  finish(run.jobs[1], Verdict::FAIL);
  const auto points = store_.trend({.phase = "blackout"});
  ASSERT_THAT(points, SizeIs(2));
  EXPECT_EQ(points[0].verdict, Verdict::FAIL) << "newest first";
  EXPECT_EQ(points[0].job, run.jobs[1]);
  EXPECT_FALSE(points[0].outgoing.empty());
  EXPECT_FALSE(points[0].incoming_build.empty());
  EXPECT_GT(points[0].hops, 0U);
  EXPECT_GT(points[0].bytes_per_update, 0U);
  EXPECT_THAT(points[0].duration, Optional(Gt(std::chrono::nanoseconds{0})));
}

TEST_F(TrendTest, IsBoundedAndFiltered) {
  const Submitted run = submit(2);
  finish(run.jobs[0], Verdict::PASS);
  finish(run.jobs[1], Verdict::PASS);
  EXPECT_THAT(store_.trend({.phase = "blackout", .newest = 1}), SizeIs(1));
  const std::string scenario = store_.trend({.phase = "blackout"}).front().scenario;
  EXPECT_THAT(store_.trend({.phase = "blackout", .scenario = scenario}), SizeIs(2));
  EXPECT_THAT(store_.trend({.phase = "blackout", .scenario = "another"}), IsEmpty());
  EXPECT_THAT(store_.trend({.phase = "blackout", .worker = "nobody"}), IsEmpty());
}

TEST_F(TrendTest, APhaseThatNobodyHasLeavesItsPlaceEmpty) {
  const Submitted run = submit(1);
  finish(run.jobs[0], Verdict::PASS);
  EXPECT_EQ(store_.trend({.phase = "no-such-phase"}).front().duration, std::nullopt);
}

}  // namespace
}  // namespace luolab
