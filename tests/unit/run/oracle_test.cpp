// SPDX-License-Identifier: Apache-2.0
#include "worker/run/oracle.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/fakes/fake_machine.h"

namespace luolab {
namespace {

TEST(Oracle, EveryMemfdHasKeysOfItsOwn) {
  const AttemptSecrets secrets{"n", 7};
  std::set<std::uint64_t> words;
  for (std::size_t number = 0; number < 100; ++number) {
    words.insert(secrets.key_of(number).seed);
    words.insert(secrets.key_of(number).mark);
  }
  EXPECT_EQ(words.size(), 200U);
}

TEST(Oracle, TwoAttemptsShareNothing) {
  const AttemptSecrets a = AttemptSecrets::fresh();
  const AttemptSecrets b = AttemptSecrets::fresh();
  EXPECT_NE(a.nonce, b.nonce);
  EXPECT_NE(a.seed, b.seed);
  EXPECT_EQ(a.nonce.size(), 32U);
}

TEST(Oracle, ExpectsTheSameContentForTheSameSecretsAndAnotherForOthers) {
  const RunPlan plan = example_plan();
  const auto again = plan_memfds(plan.job, plan.secrets);
  EXPECT_EQ(again[0].expected, plan.memfds[0].expected);
  const auto other = plan_memfds(plan.job, {"n", plan.secrets.seed + 1});
  EXPECT_NE(other[0].expected.whole, plan.memfds[0].expected.whole);
}

TEST(Oracle, NumbersMemfdsOverAllSessions) {
  RunPlan plan = example_plan();
  plan.job.sessions.push_back(plan.job.sessions[0]);
  plan.job.sessions[1].name = "t";
  const auto memfds = plan_memfds(plan.job, plan.secrets);
  ASSERT_EQ(memfds.size(), 4U);
  EXPECT_EQ(memfds[2].title, "t/a");
  EXPECT_NE(memfds[2].expected.whole, memfds[0].expected.whole)
      << "equal memfds must not look alike";
}

}  // namespace
}  // namespace luolab
