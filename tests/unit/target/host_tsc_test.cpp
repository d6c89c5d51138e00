// SPDX-License-Identifier: Apache-2.0
#include "worker/target/host_tsc.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(HostTsc, HasAFrequencyThatProcessorsHave) {
  EXPECT_GT(host_tsc_hz(), 100'000'000U);
  EXPECT_LT(host_tsc_hz(), 20'000'000'000U);
}

TEST(HostTsc, EveryGuestIsToldTheSame) { EXPECT_EQ(first_host_tsc_hz(), first_host_tsc_hz()); }

}  // namespace
}  // namespace luolab
