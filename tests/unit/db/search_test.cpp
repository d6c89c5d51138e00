// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "db/search_index.h"
#include "tests/unit/db/sample_run.h"
#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SearchTest : public ServiceStore {
 protected:
  /// "run 1", "job 2", ...
  std::vector<std::string> found(std::string_view text, std::size_t limit = 10) const {
    std::vector<std::string> hits;
    constexpr std::array kNames{"run",   "job",    "reason", "finding",
                                "build", "worker", "gate",   "scenario"};
    for (const SearchHit& hit : store_.search(text, limit)) {
      hits.push_back(std::string(kNames.at(static_cast<std::size_t>(hit.kind))) + " " +
                     std::to_string(hit.id));
    }
    return hits;
  }
};

TEST_F(SearchTest, FindsEachKindOfThing) {
  const Submitted run = submit(1, {"nightly", "", "alice", ""});
  finish(run.jobs[0], Verdict::FAIL);
  store_.save_worker("rack-7", TokenId{}, "{}");
  EXPECT_THAT(found("nightly"), ElementsAre("run 1"));
  EXPECT_THAT(found("alice"), ElementsAre("run 1"));
  EXPECT_THAT(found("sample"), ElementsAre("job 1", "scenario 0"));
  EXPECT_THAT(found("differs"), ElementsAre("reason 1"));
  EXPECT_THAT(found("memfd_luo"), ElementsAre("finding 1"));
  EXPECT_THAT(found("7.2.12"), ElementsAre("build 2"));
  EXPECT_THAT(found("rack"), ElementsAre("worker 1"));
  store_.add_gate({.title = "mm: keep the Size"});
  EXPECT_THAT(found("size KEEP"), ElementsAre("gate 1"));
  EXPECT_THAT(found("\""), IsEmpty()) << "no word is not every word";
}

TEST_F(SearchTest, TakesWordsInAnyOrderAndTheirBeginnings) {
  submit(1, {"huge pages survive", "", "alice", ""});
  EXPECT_THAT(found("surv HUGE"), ElementsAre("run 1"));
  EXPECT_THAT(found("huge giant"), IsEmpty());
}

TEST_F(SearchTest, GivesTheNewestOfEachKindUpToTheLimit) {
  for (int i = 0; i < 5; ++i) submit(0, {"nightly", "", "", ""});
  EXPECT_THAT(found("nightly", 2), ElementsAre("run 5", "run 4"));
}

TEST_F(SearchTest, WholeWordsComeBeforeBeginnings) {
  submit(0, {"memfd", "", "", ""});
  submit(0, {"memfds", "", "", ""});
  EXPECT_THAT(found("memfd"), ElementsAre("run 2", "run 1"));
  EXPECT_THAT(found("memfd", 1), ElementsAre("run 1"));
}

TEST_F(SearchTest, SurvivesWhateverIsTyped) {
  submit(1);
  for (const char* text : {"", " ", "\"", "*", "AND", "a OR", "NEAR(", "-x", "text:", "\xff\xfe",
                           "a\"b\"*", "^t", "{", "' OR 1=1 --"}) {
    EXPECT_NO_THROW(store_.search(text, 10)) << text;
  }
  EXPECT_NO_THROW(store_.search(std::string(100'000, 'x'), 10));
  EXPECT_NO_THROW(store_.search(std::string("a\0b", 3), 10));
}

TEST_F(SearchTest, AReasonIsForgottenWhenTheJobPassesInTheEnd) {
  const Submitted run = submit(1);
  finish(run.jobs[0], Verdict::FAIL);
  ASSERT_THAT(found("differs"), ElementsAre("reason 1"));
  store_.retry_job(run.jobs[0]);
  EXPECT_THAT(found("differs"), IsEmpty());
  finish(run.jobs[0], Verdict::PASS);
  EXPECT_THAT(found("held"), IsEmpty());
}

TEST_F(SearchTest, AWorkerThatWasRemovedIsNotFound) {
  store_.save_worker("rack-7", TokenId{}, "{}");
  store_.remove_worker("rack-7");
  EXPECT_THAT(found("rack"), IsEmpty());
}

}  // namespace
}  // namespace luolab
