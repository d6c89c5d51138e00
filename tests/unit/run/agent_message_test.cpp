// SPDX-License-Identifier: Apache-2.0
#include "worker/run/agent_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(AgentMessage, ReadsAHello) {
  const auto message = read_agent_line(
      R"({"hello":{"protocol":1,"boot_id":"b","release":"7.3.4","kernel_build_id":"aa","liveupdate":true,)"
      R"("tsc":{"hz":2000000000,"source":"cpuid-15h"},"start":{"tsc":5,"monotonic_ns":6},)"
      R"("phase_stamps":{"entry":3}},"at":{"tsc":9,"monotonic_ns":10}})");
  ASSERT_TRUE(message) << message.error().what;
  const auto& hello = std::get<AgentHello>(*message);
  EXPECT_EQ(hello.tsc_hz, 2'000'000'000U);
  EXPECT_EQ(hello.start.monotonic_ns, 6);
  ASSERT_EQ(hello.stamps.size(), 1U);
  EXPECT_EQ(hello.stamps[0].name, "entry");
  EXPECT_EQ(hello.at.tsc, 9U);
}

TEST(AgentMessage, ReadsAnAnswer) {
  const auto message =
      read_agent_line(R"({"id":7,"ok":true,"tsc":[1,18446744073709551615],"result":{"x":1}})");
  ASSERT_TRUE(message);
  const auto& reply = std::get<AgentReply>(*message);
  EXPECT_EQ(reply.id, 7U);
  EXPECT_FALSE(reply.failure);
  EXPECT_EQ(reply.end_tsc, 18446744073709551615U);
  EXPECT_EQ(reply.result.at("x"), 1);
}

TEST(AgentMessage, ReadsAFailure) {
  const auto message = read_agent_line(
      R"~({"id":7,"ok":false,"error":{"call":"ioctl(X)","errno":"EBUSY","detail":"d","promise":"10: p"}})~");
  const auto& reply = std::get<AgentReply>(*message);
  ASSERT_TRUE(reply.failure);
  EXPECT_EQ(reply.failure->error, "EBUSY");
  EXPECT_EQ(reply.failure->promise, "10: p");
}

TEST(AgentMessage, AnAnswerWithoutOkIsAFailure) {
  const auto message = read_agent_line(R"({"id":7})");
  EXPECT_TRUE(std::get<AgentReply>(*message).failure);
}

TEST(AgentMessage, MembersOfTheWrongTypeDoNotThrow) {
  for (const char* line :
       {R"({"id":"x","ok":3,"tsc":"no","result":[]})", R"({"hello":[],"at":7})",
        R"({"hello":{"tsc":[],"start":3,"phase_stamps":{"a":"b"},"protocol":-1}})"}) {
    EXPECT_NO_THROW(read_agent_line(line)) << line;
  }
}

TEST(AgentMessage, JunkIsABugOfOurs) {
  for (const char* line : {"", "Segmentation fault", "[]", "{}", "{\"x\":1}", "\xff"}) {
    const auto message = read_agent_line(line);
    ASSERT_FALSE(message) << line;
    EXPECT_EQ(message.error().fault, Fault::bug);
  }
}

}  // namespace
}  // namespace luolab
