// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/report.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(StartPoint, ReadsBackEveryName) {
  EXPECT_EQ(start_point_name(StartPoint::power_on), "power-on");
  for (const StartPoint point :
       {StartPoint::power_on, StartPoint::booted, StartPoint::prepared, StartPoint::handed_over}) {
    EXPECT_EQ(parse_start_point(start_point_name(point)), point);
  }
}

TEST(StartPoint, RefusesOtherWords) {
  for (const char* word : {"", "power", "Booted", "handed over"}) {
    EXPECT_EQ(parse_start_point(word), std::nullopt) << word;
  }
}

}  // namespace
}  // namespace luolab
