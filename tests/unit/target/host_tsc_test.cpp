// SPDX-License-Identifier: Apache-2.0
#include "worker/target/host_tsc.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(HostTsc, HasAFrequencyThatProcessorsHave) {
  EXPECT_GT(host_tsc_hz(), 100'000'000U);
  EXPECT_LT(host_tsc_hz(), 20'000'000'000U);
}

}  // namespace
}  // namespace luolab
