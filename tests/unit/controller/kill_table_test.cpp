// SPDX-License-Identifier: Apache-2.0
#include "controller/results/kill_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using enum Verdict;

/// A run whose jobs belong to one mutant each, in the order of `names`.
RunRecord run_of(const std::vector<Verdict>& verdicts, const std::vector<std::string>& names) {
  RunRecord run = sample_run(verdicts);
  for (std::size_t i = 0; i < names.size(); ++i) run.jobs[i].job.point = {{"mutant", names[i]}};
  return run;
}

std::vector<MutantResult> results_of(const RunRecord& run) {
  const std::vector<MutantEntry> mutants{{"04-position", 4}, {"05-seal", 5}};
  return mutant_results(mutants, run);
}

TEST(KillTable, AFailKillsTheMutantOfItsJob) {
  const auto results = results_of(run_of({FAIL, PASS}, {"04-position", "05-seal"}));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_TRUE(results[0].killed());
  EXPECT_FALSE(results[1].killed());
  EXPECT_THAT(results[1].passed, ElementsAre("sample"));
}

TEST(KillTable, OneOfSeveralScenariosIsEnough) {
  const auto results = results_of(run_of({PASS, FAIL}, {"04-position", "04-position"}));
  EXPECT_TRUE(results[0].killed());
  EXPECT_THAT(results[0].passed, ElementsAre("sample"));
}

TEST(KillTable, TroubleOfTheLabOrTheTestIsNoKill) {
  for (const Verdict verdict : {ERROR, MISS, SKIP}) {
    const auto results = results_of(run_of({verdict}, {"04-position"}));
    EXPECT_FALSE(results[0].killed()) << verdict_name(verdict);
    EXPECT_THAT(results[0].undecided, ElementsAre(HasSubstr(verdict_name(verdict))));
  }
}

TEST(KillTable, AMutantWithoutAJobSurvives) {
  const auto results = results_of(run_of({PASS}, {"05-seal"}));
  EXPECT_FALSE(results[0].killed());
  EXPECT_THAT(results[0].passed, IsEmpty());
}

TEST(KillTable, NamesTheFirstCheckThatFailed) {
  RunRecord run = run_of({FAIL}, {"04-position"});
  run.jobs[0].report->checks = {{0, "continuity.nonce", "", PASS, "kept"},
                                {0, "position", "vm-0/ram", FAIL, "0, not 4097"},
                                {0, "content", "vm-0/ram", FAIL, "differs"}};
  const auto results = results_of(run);
  ASSERT_EQ(results[0].killers.size(), 1U);
  EXPECT_EQ(results[0].killers[0].check, "position of vm-0/ram");
  EXPECT_EQ(results[0].killers[0].detail, "0, not 4097");
}

TEST(KillTable, ShowsEveryMutantAndTheScore) {
  const RunRecord run = run_of({FAIL, MISS}, {"04-position", "05-seal"});
  const std::string table = kill_table(results_of(run), run, {.color = false, .width = 120});
  EXPECT_THAT(table, AllOf(HasSubstr("mutant       promise  killed by\n"),
                           HasSubstr("04-position  4        sample, "),
                           HasSubstr("05-seal      5        SURVIVED; sample: MISS"),
                           HasSubstr("\n1 of 2 killed; results: luolab show 17\n")));
}

TEST(KillTable, SurvivorsStandOutWithColour) {
  const RunRecord run = run_of({PASS}, {"04-position"});
  const std::string plain = kill_table(results_of(run), run, {.color = false});
  EXPECT_THAT(kill_table(results_of(run), run, {.color = true}), Not(plain));
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
}

TEST(KillTable, IsAlsoThereForPrograms) {
  const RunRecord run = run_of({FAIL, PASS}, {"04-position", "05-seal"});
  EXPECT_THAT(kill_json(results_of(run), run),
              AllOf(HasSubstr("\"schema\": \"luolab.mutants/v1\""), HasSubstr("\"killed\": 1"),
                    HasSubstr("\"mutant\": \"05-seal\""), HasSubstr("\"killed\": false")));
}

}  // namespace
}  // namespace luolab
