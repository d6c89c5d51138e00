// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class FleetTest : public ServiceStore {
 protected:
  TokenId token(char digit, TokenRole role = TokenRole::worker) {
    return store_.add_token({std::string(1, digit), role, std::string(64, digit), {}});
  }
  AttemptId running_attempt(std::string_view worker = "w1") {
    return lease(submit().jobs[0], worker);
  }
};

TEST_F(FleetTest, AWorkerIsKeptWithItsHello) {
  const TokenId mine = token('a');
  const auto worker = store_.save_worker("w1", mine, R"({"slots":4})");
  ASSERT_TRUE(worker);
  EXPECT_EQ(worker->hello_json, R"({"slots":4})");
  EXPECT_EQ(worker->admin_state, AdminState::ready);
  EXPECT_EQ(worker->health, WorkerHealth::healthy);
  EXPECT_EQ(store_.save_worker("w1", mine, "{}")->hello_json, "{}");
  EXPECT_EQ(store_.workers().size(), 1U);
}

TEST_F(FleetTest, AWorkersNameBelongsToItsTokenUntilThatIsRevoked) {
  const TokenId mine = token('a');
  const TokenId other = token('b');
  store_.save_worker("w1", mine, "{}");
  const auto kinds = events_of([&] { EXPECT_FALSE(store_.save_worker("w1", other, "[]")); });
  EXPECT_THAT(kinds, IsEmpty());
  EXPECT_EQ(store_.worker("w1")->hello_json, "{}");
  store_.revoke_token(mine);
  EXPECT_EQ(store_.save_worker("w1", other, "[]")->token, other);
}

TEST_F(FleetTest, WhatAnOperatorAndTheHealthCheckDecideOutlivesAHello) {
  store_.save_worker("w1", TokenId{}, "{}");
  EXPECT_TRUE(store_.set_admin_state("w1", AdminState::draining));
  EXPECT_TRUE(store_.set_health("w1", WorkerHealth::quarantined, "three times MISS", 3));
  const auto worker = store_.save_worker("w1", TokenId{}, "{}");
  EXPECT_EQ(worker->admin_state, AdminState::draining);
  EXPECT_EQ(worker->health, WorkerHealth::quarantined);
  EXPECT_EQ(worker->health_reason, "three times MISS");
  EXPECT_EQ(worker->misses, 3U);
}

TEST_F(FleetTest, EachChangeOfAWorkerIsAnEventOfIt) {
  const auto kinds = events_of([&] {
    store_.save_worker("w1", TokenId{}, "{}");
    store_.set_admin_state("w1", AdminState::draining);
    store_.set_health("w1", WorkerHealth::healthy, "", 1);
    store_.set_health("w1", WorkerHealth::quarantined, "MISS", 2);
    store_.worker_left("w1", "no heartbeat");
    store_.remove_worker("w1");
  });
  EXPECT_THAT(kinds, ElementsAre("worker.joined", "worker.draining", "worker.quarantined",
                                 "worker.left", "worker.removed"));
  EXPECT_EQ(store_.events({.worker = "w1"}).size(), 5U);
}

TEST_F(FleetTest, UnknownWorkersAreNotChanged) {
  EXPECT_FALSE(store_.set_admin_state("w", AdminState::ready));
  EXPECT_FALSE(store_.set_health("w", WorkerHealth::healthy, "", 0));
  EXPECT_FALSE(store_.remove_worker("w"));
  EXPECT_FALSE(store_.worker("w"));
  EXPECT_EQ(store_.last_event(), 0);
}

TEST_F(FleetTest, SignsOfLifeMoveForwardOnly) {
  const TimePoint first = store_.save_worker("w1", TokenId{}, "{}")->last_seen;
  const std::vector<WorkerSeen> later{{"w1", first + std::chrono::seconds{5}}, {"unknown", first}};
  store_.workers_seen(later);
  EXPECT_EQ(store_.worker("w1")->last_seen, first + std::chrono::seconds{5});
  store_.workers_seen(std::vector<WorkerSeen>{{"w1", first}});
  EXPECT_EQ(store_.worker("w1")->last_seen, first + std::chrono::seconds{5});
}

TEST_F(FleetTest, ATokenIsFoundByItsDigestAndValidUntilItExpiresOrIsRevoked) {
  const TimePoint soon{std::chrono::seconds{2'000'000'000}};
  const TokenId id = store_.add_token({"ci", TokenRole::submit, std::string(64, 'c'), soon});
  const auto found = store_.find_token(std::string(64, 'c'));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, id);
  EXPECT_EQ(found->name, "ci");
  EXPECT_EQ(found->role, TokenRole::submit);
  EXPECT_TRUE(found->valid(soon - std::chrono::nanoseconds{1}));
  EXPECT_FALSE(found->valid(soon));
  EXPECT_TRUE(store_.revoke_token(id));
  EXPECT_FALSE(store_.find_token(std::string(64, 'c'))->valid(TimePoint{}));
  EXPECT_FALSE(store_.revoke_token(id));
  EXPECT_FALSE(store_.find_token(std::string(64, 'd')));
}

TEST_F(FleetTest, ATokenWithoutAnEndDoesNotExpire) {
  token('a');
  EXPECT_EQ(store_.tokens().at(0).expires, std::nullopt);
  EXPECT_TRUE(store_.tokens().at(0).valid(TimePoint::max()));
}

TEST_F(FleetTest, ABuildIsMadeOnceForAll) {
  const AttemptId attempt = running_attempt("w1");
  EXPECT_TRUE(store_.begin_build("key", "linux-7.3", attempt));
  EXPECT_EQ(store_.fleet_build("key")->state, FleetBuildState::building);
  EXPECT_EQ(store_.fleet_build("key")->worker, "w1");
  EXPECT_TRUE(store_.build_ready("key", attempt, "digest"));
  EXPECT_TRUE(store_.build_ready("key", attempt, "digest")) << "repeated";
  const AttemptId other = running_attempt("w2");
  EXPECT_FALSE(store_.begin_build("key", "linux-7.3", other));
  EXPECT_TRUE(store_.build_ready("key", other, "another"));
  const FleetBuild build = store_.fleet_build("key").value();
  EXPECT_EQ(build.artifact, "digest");
  EXPECT_EQ(build.title, "linux-7.3");
  EXPECT_EQ(build.worker, "w1");
  EXPECT_TRUE(store_.names_artifact("digest"));
}

TEST_F(FleetTest, ABuildThatFailedMayBeTriedAgain) {
  const AttemptId attempt = running_attempt();
  store_.begin_build("key", "t", attempt);
  EXPECT_TRUE(store_.build_failed("key", attempt, "cc: error"));
  EXPECT_EQ(store_.fleet_build("key")->detail, "cc: error");
  EXPECT_TRUE(store_.begin_build("key", "t", running_attempt("w2")));
  EXPECT_EQ(store_.fleet_build("key")->state, FleetBuildState::building);
}

TEST_F(FleetTest, AnAttemptThatDoesNotRunSaysNothingOfABuild) {
  const AttemptId attempt = running_attempt();
  report(attempt);
  EXPECT_FALSE(store_.begin_build("key", "t", attempt));
  EXPECT_FALSE(store_.build_ready("key", attempt, "digest"));
  EXPECT_FALSE(store_.build_failed("key", AttemptId{99}, "no"));
  EXPECT_FALSE(store_.fleet_build("key"));
}

TEST_F(FleetTest, ABuildHasFailedWhenItsAttemptEndsWithoutIt) {
  const AttemptId lost = running_attempt();
  store_.begin_build("a", "t", lost);
  store_.lose_attempt(lost, "gone", {true, Verdict::MISS, "again"});
  EXPECT_EQ(store_.fleet_build("a")->state, FleetBuildState::failed);
  const AttemptId done = running_attempt();
  store_.begin_build("b", "t", done);
  report(done);
  EXPECT_EQ(store_.fleet_build("b")->state, FleetBuildState::failed);
  EXPECT_THAT(events_after(0), Contains("build.failed").Times(2));
}

TEST_F(FleetTest, BuildsAreListedNewestFirstByState) {
  const AttemptId attempt = running_attempt();
  for (const char* key : {"a", "b", "c"}) store_.begin_build(key, "t", attempt);
  store_.build_ready("b", attempt, "digest");
  const auto all = store_.fleet_builds({.limit = 2});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].key, "c");
  EXPECT_EQ(store_.fleet_builds({.before = all[1].id}).at(0).key, "a");
  EXPECT_EQ(store_.fleet_builds({.state = FleetBuildState::ready}).at(0).key, "b");
}

}  // namespace
}  // namespace luolab
