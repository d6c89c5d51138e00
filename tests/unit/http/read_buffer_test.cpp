// SPDX-License-Identifier: Apache-2.0
#include "core/http/read_buffer.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

void put(ReadBuffer& buffer, std::string_view bytes) {
  std::memcpy(buffer.space().data(), bytes.data(), bytes.size());
  buffer.commit(bytes.size());
}

TEST(ReadBuffer, WhatIsNotConsumedSurvivesGrowingAndShrinking) {
  ReadBuffer buffer;
  buffer.resize(8);
  put(buffer, "abcdefgh");
  EXPECT_EQ(buffer.room(), 0u);
  buffer.consume(3);
  buffer.resize(100);
  EXPECT_EQ(buffer.bytes(), "defgh");
  EXPECT_EQ(buffer.room(), 95u);
  buffer.resize(2);
  EXPECT_EQ(buffer.bytes(), "defgh");
  EXPECT_EQ(buffer.capacity(), 5u);
}

TEST(ReadBuffer, TheSameSizeMakesRoomByMoving) {
  ReadBuffer buffer;
  buffer.resize(8);
  put(buffer, "abcdefgh");
  buffer.consume(6);
  buffer.resize(8);
  EXPECT_EQ(buffer.bytes(), "gh");
  EXPECT_EQ(buffer.room(), 6u);
}

}  // namespace
}  // namespace luolab
