// SPDX-License-Identifier: Apache-2.0
#include "db/submission.h"

#include <gmock/gmock.h>

#include "core/protocol/json.h"
#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using testing::ElementsAre;

class SubmissionTest : public ServiceStore {
 protected:
  Submitted submit_with_key(TokenId token, const std::string& key, const std::string& digest) {
    return store_.submit(
        {{"t", "", "", ""}, {sample_new_job()}, IdempotencyKey{token, key, digest}});
  }
};

TEST_F(SubmissionTest, KeepsAllThatWasGiven) {
  NewRun given{"title", "text", "somebody", "luolab submit x.yaml"};
  given.priority = 80;
  given.confirm = 2;
  given.series_key = "mm/fix";
  given.revision = 3;
  const Submitted submitted = submit(2, given);
  EXPECT_EQ(submitted.outcome, SubmitOutcome::created);
  const RunHead head = store_.run_head(submitted.run).value();
  EXPECT_EQ(head.source_text, "text");
  EXPECT_EQ(head.command_line, "luolab submit x.yaml");
  EXPECT_EQ(head.summary.priority, 80);
  EXPECT_EQ(head.summary.confirm, 2U);
  EXPECT_EQ(head.summary.series_key, "mm/fix");
  EXPECT_EQ(head.summary.revision, 3);
  EXPECT_TRUE(head.summary.service);
  EXPECT_EQ(head.summary.jobs, 2U);
  EXPECT_EQ(head.summary.queued, 2U);
  EXPECT_EQ(job(submitted.jobs[1]).priority, 80);
  EXPECT_EQ(to_json(store_.job(submitted.jobs[1]).value().job), to_json(sample_job(1)));
}

TEST_F(SubmissionTest, BelongsToNoProcess) {
  const Submitted submitted = submit();
  EXPECT_TRUE(store_.recover().empty());
  EXPECT_EQ(run(submitted.run).state, RunState::running);
}

TEST_F(SubmissionTest, WithTheSameKeyAndRequestIsMadeOnce) {
  const Submitted first = submit_with_key(TokenId{1}, "k", "digest");
  const Submitted again = submit_with_key(TokenId{1}, "k", "digest");
  EXPECT_EQ(again.outcome, SubmitOutcome::repeated);
  EXPECT_EQ(again.run, first.run);
  EXPECT_EQ(store_.list_runs(10).size(), 1U);
}

TEST_F(SubmissionTest, WithTheSameKeyAndAnotherRequestIsAConflict) {
  const Submitted first = submit_with_key(TokenId{1}, "k", "digest");
  const Submitted other = submit_with_key(TokenId{1}, "k", "another");
  EXPECT_EQ(other.outcome, SubmitOutcome::conflict);
  EXPECT_EQ(other.run, first.run);
  EXPECT_EQ(store_.list_runs(10).size(), 1U);
}

TEST_F(SubmissionTest, KeysOfDifferentTokensHaveNothingToDoWithEachOther) {
  submit_with_key(TokenId{1}, "k", "digest");
  EXPECT_EQ(submit_with_key(TokenId{2}, "k", "another").outcome, SubmitOutcome::created);
}

TEST_F(SubmissionTest, AKeyThatWasForgottenMayBeUsedAgain) {
  submit_with_key(TokenId{1}, "k", "digest");
  store_.forget_keys(TimePoint::max());
  EXPECT_EQ(submit_with_key(TokenId{1}, "k", "digest").outcome, SubmitOutcome::created);
}

TEST_F(SubmissionTest, WithoutJobsIsDoneAtOnce) {
  std::vector<std::string> kinds = events_of([&] { EXPECT_TRUE(submit(0).run_done); });
  EXPECT_THAT(kinds, ElementsAre("run.created", "run.done"));
}

}  // namespace
}  // namespace luolab
