// SPDX-License-Identifier: Apache-2.0
#include "worker/target/host_memory.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(HostMemory, TheHostSaysWhatItHasAndWhatOfItIsLeft) {
  EXPECT_GT(available_memory_bytes(), 0U);
  EXPECT_GT(total_memory_bytes(), available_memory_bytes());
}

}  // namespace
}  // namespace luolab
