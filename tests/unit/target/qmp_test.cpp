// SPDX-License-Identifier: Apache-2.0
#include "worker/target/qmp.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(Qmp, ReadsTheGreeting) {
  EXPECT_TRUE(std::holds_alternative<qmp::Greeting>(qmp::read(R"({"QMP": {"version": {}}})")));
}

TEST(Qmp, ReadsAnAnswerWithItsId) {
  const auto message = qmp::read(R"({"return": {"status": "running"}, "id": 7})");
  const auto& reply = std::get<qmp::Reply>(message);
  EXPECT_TRUE(reply.ok);
  EXPECT_EQ(reply.id, 7U);
  EXPECT_EQ(reply.result.at("status").as_string(), "running");
}

TEST(Qmp, ReadsARefusalInQemusWords) {
  const auto message =
      qmp::read(R"({"error": {"class": "GenericError", "desc": "no such thing"}, "id": 8})");
  const auto& reply = std::get<qmp::Reply>(message);
  EXPECT_FALSE(reply.ok);
  EXPECT_EQ(reply.error, "no such thing");
}

TEST(Qmp, ReadsWhyAMachineShutDown) {
  const auto message =
      qmp::read(R"({"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}})");
  const auto& event = std::get<qmp::Event>(message);
  EXPECT_EQ(event.name, "SHUTDOWN");
  EXPECT_EQ(event.data.at("reason").as_string(), "guest-reset");
}

TEST(Qmp, JunkIsUnknownAndNeverThrows) {
  for (const char* junk :
       {"", "{", "[]", "7", "null", R"({"event": 3})", R"({"return": 1, "id": "x"})", "\xff\xfe"}) {
    EXPECT_NO_THROW(qmp::read(junk)) << junk;
  }
  EXPECT_TRUE(std::holds_alternative<qmp::Unknown>(qmp::read("{")));
}

TEST(Qmp, WritesACommandAsOneLine) {
  const std::string line = qmp::command(3, "cont");
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line, R"({"execute":"cont","id":3})");
  EXPECT_EQ(qmp::command(4, "migrate", {{"uri", "exec:x"}}),
            R"({"execute":"migrate","id":4,"arguments":{"uri":"exec:x"}})");
}

}  // namespace
}  // namespace luolab
