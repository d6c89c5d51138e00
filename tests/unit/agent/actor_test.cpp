// SPDX-License-Identifier: Apache-2.0
#include "agent/actor.h"

#include <cerrno>

#include <gtest/gtest.h>

#include "agent/dispatcher.h"

namespace luolab {
namespace {

class ActorRequests : public testing::Test {
 protected:
  Json ask(const std::string& line) { return Json::parse(dispatcher_.answer(line).line); }
  Holdings holdings_{"/nowhere", {}};
  Dispatcher dispatcher_{holdings_, false};
};

TEST_F(ActorRequests, OfAnActorThatDoesNotRunAreRefused) {
  const Json reply = ask(R"({"id":1,"op":"actor.do","actor":"other","request":{"op":"info"}})");
  EXPECT_FALSE(reply["ok"].get<bool>());
  EXPECT_EQ(reply["error"]["errno"], "ENOENT");
  EXPECT_EQ(ask(R"({"id":2,"op":"actor.kill","actor":"other"})")["error"]["errno"], "ENOENT");
}

TEST_F(ActorRequests, NeedAControlGroupThatIsThere) {
  const Json reply = ask(R"({"id":1,"op":"actor.start","actor":"a","cgroup":"no/such/group"})");
  EXPECT_FALSE(reply["ok"].get<bool>());
  EXPECT_EQ(reply["error"]["call"], "open");
}

TEST_F(ActorRequests, WithoutARequestSayWhatIsMissing) {
  const Json reply = ask(R"({"id":1,"op":"actor.do","actor":"other"})");
  EXPECT_EQ(reply["error"]["errno"], "EINVAL");
  EXPECT_EQ(reply["error"]["detail"], "request: is missing");
}

class Repeat : public ActorRequests {};

TEST_F(Repeat, DoesAllStepsAsOftenAsAsked) {
  const Json reply = ask(
      R"({"id":1,"op":"repeat","times":3,"ops":[{"op":"memfd.create","memfd":"m","size":0},{"op":"memfd.close","memfd":"m"}]})");
  EXPECT_TRUE(reply["ok"].get<bool>()) << reply.dump();
  EXPECT_EQ(reply["result"]["times"], 3);
  EXPECT_TRUE(holdings_.memfds.empty());
}

TEST_F(Repeat, EndsAtTheFirstFailureAndNamesTheRound) {
  const Json reply =
      ask(R"({"id":1,"op":"repeat","times":3,"ops":[{"op":"memfd.create","memfd":"m","size":0}]})");
  EXPECT_FALSE(reply["ok"].get<bool>());
  EXPECT_EQ(reply["error"]["errno"], "EEXIST");
  EXPECT_TRUE(reply["error"]["detail"].get<std::string>().starts_with("round 2: "));
}

}  // namespace
}  // namespace luolab
