// SPDX-License-Identifier: Apache-2.0
#include "core/wire/hash_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(HashChoice, AlwaysHasTheScalarKind) {
  EXPECT_THAT(runnable_hashes(), testing::Contains(HashKind::scalar));
}

TEST(HashChoice, MeasuresEveryRunnableKind) {
  std::vector<HashKind> measured;
  for (const HashSpeed& speed : measure_hashes()) {
    measured.push_back(speed.kind);
    EXPECT_GT(speed.bytes_per_second, 0) << hash_name(speed.kind);
  }
  EXPECT_EQ(measured, runnable_hashes());
}

TEST(HashChoice, TakesTheFastest) {
  const HashSpeed emulated[] = {
      {HashKind::scalar, 1.8e9}, {HashKind::sse2, 4.3e8}, {HashKind::avx2, 7.3e8}};
  const HashSpeed hardware[] = {
      {HashKind::scalar, 5e9}, {HashKind::sse2, 1.1e10}, {HashKind::avx2, 2e10}};
  EXPECT_EQ(fastest_hash(emulated), HashKind::scalar);
  EXPECT_EQ(fastest_hash(hardware), HashKind::avx2);
}

TEST(HashChoice, FallsBackToScalarWithoutFigures) { EXPECT_EQ(fastest_hash({}), HashKind::scalar); }

}  // namespace
}  // namespace luolab
