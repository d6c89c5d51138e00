// SPDX-License-Identifier: Apache-2.0
// Walks the served OpenAPI document, so that a new route can't be forgotten.
#include <algorithm>
#include <map>

#include "controller/access/token.h"
#include "core/base/sha256.h"
#include "core/protocol/json.h"
#include "db/event_writer.h"
#include "tests/integration/api/api_test.h"
#include "tests/integration/api/document.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;

class AccessTable : public ApiTest {
 protected:
  void SetUp() override {
    options_.require_tokens = true;
    admin_ = token("boss", TokenRole::admin);
    start();
  }

  ApiAnswer ask(const DocumentedOperation& operation, const std::string& token) {
    HttpFields fields;
    if (!operation.body_type.empty()) fields.add("Content-Type", operation.body_type);
    return client(token).send(operation.method, operation.sample_target(),
                              operation.body_type.empty() ? "" : "{}", fields);
  }
};

TEST_F(AccessTable, NoRouteButTheOpenOnesIsAnsweredWithoutAGoodToken) {
  const std::string revoked = token("gone", TokenRole::admin);
  ASSERT_TRUE(store().revoke_token(token_id(revoked)));
  const std::map<std::string, std::string> bad{
      {"none", ""},
      {"unknown", new_token()},
      {"revoked", revoked},
      {"expired", token("old", TokenRole::admin, now() - 1s)},
      {"cut short", admin_.substr(0, admin_.size() - 1)},
      {"in capitals", "LUOLAB" + admin_.substr(6)}};
  const std::string before = state_text();
  const auto operations = operations_of(document_);
  EXPECT_GT(operations.size(), 40u);
  for (const DocumentedOperation& operation : operations) {
    for (const auto& [what, token] : bad) {
      const bool open = operation.role == "none" && token.empty();
      const ApiAnswer answer = ask(operation, token);
      if (open) {
        EXPECT_EQ(answer.status, 200) << operation.id;
      } else {
        EXPECT_EQ(answer.status, 401) << operation.id << " with a token that is " << what;
        EXPECT_TRUE(answer.fields.get("WWW-Authenticate").starts_with("Bearer")) << operation.id;
      }
    }
  }
  EXPECT_EQ(state_text(), before);
}

TEST_F(AccessTable, EveryRouteTakesItsRoleAndAdminAndNoOther) {
  std::map<TokenRole, std::string> tokens;
  for (const TokenRole role :
       {TokenRole::read, TokenRole::submit, TokenRole::worker, TokenRole::admin})
    tokens[role] = token(std::string(role_name(role)), role);
  for (const DocumentedOperation& operation : operations_of(document_)) {
    if (operation.role == "none") continue;
    const auto needed = parse_role(operation.role);
    ASSERT_TRUE(needed) << operation.id << ": " << operation.role;
    for (const auto& [role, token] : tokens) {
      const bool right = role == TokenRole::admin || role == *needed || *needed == TokenRole::read;
      const int status = ask(operation, token).status;
      if (right) {
        EXPECT_NE(status, 401) << operation.id << " as " << role_name(role);
        EXPECT_NE(status, 403) << operation.id << " as " << role_name(role);
      } else {
        EXPECT_EQ(status, 403) << operation.id << " as " << role_name(role);
      }
    }
  }
}

TEST_F(AccessTable, OnlyOpenRoutesAreThoseThatTellNothing) {
  std::vector<std::string> open;
  for (const DocumentedOperation& operation : operations_of(document_)) {
    if (operation.role == "none") open.push_back(operation.id);
  }
  EXPECT_THAT(open, testing::UnorderedElementsAre("health", "readiness", "openapi"));
}

/// What a worker may send for an attempt, by operation.
class StaleFence : public AccessTable {
 protected:
  using Send = std::function<ApiAnswer(SimulatedWorker&, std::int64_t)>;

  std::map<std::string, Send> deliveries() const {
    return {
        {"putReport",
         [](SimulatedWorker& worker, std::int64_t attempt) {
           return worker.report(attempt, plain_report(Verdict::FAIL, "too late"));
         }},
        {"appendConsole",
         [](SimulatedWorker& worker, std::int64_t attempt) {
           return worker.console(attempt, 0, "too late\n");
         }},
        {"appendArtifact", [](SimulatedWorker& worker,
                              std::int64_t attempt) { return worker.upload(attempt, "too late"); }},
        {"putBuild",
         [this](SimulatedWorker& worker, std::int64_t attempt) {
           return worker.client().send(
               "PUT", "/api/v1/builds/" + key_,
               boost::json::object{{"attempt", attempt}, {"artifact", sha256_of("archive")}});
         }},
    };
  }

  std::string key_;
};

TEST_F(StaleFence, AStaleOrForeignAttemptChangesNothingOnAnyRoute) {
  const std::string first = token("lab-1", TokenRole::worker);
  const std::string second = token("lab-2", TokenRole::worker);
  SimulatedWorker own = connected("w1", first);
  SimulatedWorker foreign = connected("w2", second);
  submit(2);
  const LeaseGrant lost = own.lease();
  key_ = lost.builds.at(0).key;
  own.upload(lost.attempt, "archive");
  own.restart();
  own.connect();  // without the attempt: it is lost
  const std::string lost_job = "job=j" + std::to_string(lost.job_id);
  wait_for("job.requeued", lost_job);
  const LeaseGrant living = own.lease();
  own.heartbeat({living.attempt});

  std::size_t checked = 0;
  const auto deliveries = this->deliveries();
  for (const DocumentedOperation& operation : operations_of(document_)) {
    if (operation.role != "worker" || !operation.names_attempt()) continue;
    const auto send = deliveries.find(operation.id);
    ASSERT_NE(send, deliveries.end())
        << operation.id << " names an attempt: say above how a worker asks it";
    const std::string before = state_text();
    const std::int64_t newest = store().last_event();
    EXPECT_EQ(send->second(own, lost.attempt).status, 409) << operation.id << ", lost";
    EXPECT_EQ(send->second(foreign, living.attempt).status, 409) << operation.id << ", foreign";
    EXPECT_EQ(send->second(foreign, lost.attempt).status, 409) << operation.id << ", both";
    EXPECT_EQ(send->second(own, 900).status, 409) << operation.id << ", no such";
    EXPECT_EQ(state_text(), before) << operation.id;
    EXPECT_EQ(store().last_event(), newest) << operation.id;
    ++checked;
  }
  EXPECT_EQ(checked, deliveries.size());
}

TEST_F(StaleFence, AHeartbeatOrHelloThatNamesOthersAttemptsIsToldAndRenewsNothing) {
  SimulatedWorker own = connected("w1", token("lab-1", TokenRole::worker));
  SimulatedWorker foreign = connected("w2", token("lab-2", TokenRole::worker));
  submit();
  const LeaseGrant grant = own.lease();
  EXPECT_THAT(foreign.heartbeat({grant.attempt}).stale, testing::ElementsAre(grant.attempt));
  EXPECT_THAT(foreign.connect({grant.attempt}).stale, testing::ElementsAre(grant.attempt));
  EXPECT_THAT(own.heartbeat({grant.attempt}).stale, testing::IsEmpty());
}

TEST_F(StaleFence, AWorkersNameBelongsToItsToken) {
  SimulatedWorker own = connected("w1", token("lab-1", TokenRole::worker));
  SimulatedWorker thief = worker("w1", token("lab-2", TokenRole::worker));
  const ApiAnswer hello =
      thief.client().send("PUT", thief.path(), to_json(thief.hello).as_object());
  EXPECT_EQ(hello.status, 403);
  EXPECT_EQ(hello.problem(), "name-taken");
  EXPECT_EQ(thief.ask(0s).status, 403);
  const Heartbeat beat{own.hello.instance, {}};
  EXPECT_EQ(thief.client().send("POST", own.path("/heartbeat"), to_json(beat).as_object()).status,
            403);
}

}  // namespace
}  // namespace luolab
