// SPDX-License-Identifier: Apache-2.0
#include "controller/results/scaling.h"

#include <vector>

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(Scaling, FindsTheLineThatThePointsLieOn) {
  const std::vector<FitPoint> points{{1, 5}, {2, 7}, {3, 9}, {10, 23}};
  const auto line = fit_line(points);
  ASSERT_TRUE(line);
  EXPECT_NEAR(line->slope, 2, 1e-9);
  EXPECT_NEAR(line->start, 3, 1e-9);
  EXPECT_NEAR(line->slope_half_width, 0, 1e-6);
  EXPECT_NEAR(line->r_squared, 1, 1e-9);
}

// By hand: Sxx 10, Sxy 20, so slope 2 and start 0; the squares left sum up to 0.04; Student's t of
// 3 degrees of freedom is 3.1824 at 97.5 %.
TEST(Scaling, TellsHowSureItIsOfSlopeAndStart) {
  const std::vector<FitPoint> points{{1, 2.1}, {2, 3.9}, {3, 6.0}, {4, 7.9}, {5, 10.1}};
  const auto line = fit_line(points);
  ASSERT_TRUE(line);
  EXPECT_NEAR(line->slope, 2.0, 1e-9);
  EXPECT_NEAR(line->slope_half_width, 0.11621, 1e-4);
  EXPECT_NEAR(line->start, 0.0, 1e-9);
  EXPECT_NEAR(line->start_half_width, 0.38541, 1e-4);
}

TEST(Scaling, SaysNothingOfTooFewPointsOrOneSize) {
  EXPECT_FALSE(fit_line(std::vector<FitPoint>{{1, 1}, {2, 2}}));
  EXPECT_FALSE(fit_line(std::vector<FitPoint>{{4, 1}, {4, 2}, {4, 3}}));
}

}  // namespace
}  // namespace luolab
