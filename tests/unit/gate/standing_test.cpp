// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/standing.h"

#include <random>

#include <gtest/gtest.h>

namespace luolab {
namespace {

std::vector<SeenTry> tries(const std::string& verdicts) {
  std::vector<SeenTry> all;
  for (const char letter : verdicts) {
    switch (letter) {
      case 'P':
        all.push_back({Verdict::PASS, {}});
        break;
      case 'F':
        all.push_back({Verdict::FAIL, "content"});
        break;
      case 'G':
        all.push_back({Verdict::FAIL, "another"});
        break;
      case 'M':
        all.push_back({Verdict::MISS, {}});
        break;
      case 'E':
        all.push_back({Verdict::ERROR, {}});
        break;
      case 'S':
        all.push_back({Verdict::SKIP, {}});
        break;
      default:
        all.push_back({Verdict::XFAIL, {}});
    }
  }
  return all;
}

StandingSoFar after(const std::string& candidate, const std::string& baseline) {
  return standing_of(tries(candidate), tries(baseline));
}

TEST(Standing, BothAreTriedOnceAtFirst) {
  EXPECT_EQ(after("", "").more_candidate, 1U);
  EXPECT_EQ(after("", "").more_baseline, 1U);
  EXPECT_EQ(after("", "P").more_baseline, 0U);
}

TEST(Standing, OnePassHolds) {
  EXPECT_TRUE(after("P", "P").settled());
  EXPECT_EQ(after("P", "P").standing, Standing::holds);
  EXPECT_EQ(after("P", "M").standing, Standing::holds);
  EXPECT_EQ(after("MP", "P").standing, Standing::holds);
}

TEST(Standing, AFailureIsSeenThreeTimesOnEachBeforeItIsARegression) {
  const StandingSoFar first = after("F", "P");
  EXPECT_EQ(first.more_candidate, 2U);
  EXPECT_EQ(first.more_baseline, 2U);
  EXPECT_FALSE(after("FFF", "PP").settled());
  const StandingSoFar last = after("FFF", "PPP");
  EXPECT_TRUE(last.settled());
  EXPECT_EQ(last.standing, Standing::regression);
  EXPECT_EQ(last.reason, "failed 3 of 3 on the candidate, 0 of 3 on the baseline beside it");
}

TEST(Standing, AMissOfTheBaselineVouchesForNothing) {
  EXPECT_EQ(after("FFF", "PPM").more_baseline, 1U);
}

TEST(Standing, ABaselineThatNeverGetsToAJudgementMakesAFailureUnknown) {
  EXPECT_FALSE(after("FFF", "MMM").settled());
  EXPECT_TRUE(after("FFF", "MMMMMM").settled());
  EXPECT_EQ(after("FFF", "MMMMMM").standing, Standing::unknown);
  EXPECT_EQ(after("FFF", "SSS").standing, Standing::regression);
}

TEST(Standing, WhatFailsOnTheBaselineAsWellIsNoRegression) {
  EXPECT_EQ(after("FFF", "FFF").standing, Standing::broken_before);
  EXPECT_EQ(after("FFF", "GGG").standing, Standing::broken_before);
  EXPECT_NE(after("FFF", "GGG").reason.find("in another way"), std::string::npos);
  EXPECT_FALSE(after("F", "F").settled());
}

TEST(Standing, FailuresThatComeAndGoAreTriedNineTimes) {
  const StandingSoFar so_far = after("FPF", "PPP");
  EXPECT_EQ(so_far.more_candidate, 6U);
  EXPECT_EQ(so_far.more_baseline, 6U);
  EXPECT_EQ(after("FPPPPPPPP", "PPPPPPPPP").standing, Standing::flaky);
  EXPECT_TRUE(after("FPPPPPPPP", "PPPPPPPPP").settled());
  EXPECT_EQ(after("FFFFFFPPP", "PPPPPPPPP").standing, Standing::regression);
}

TEST(Standing, OneFailureOfTheBaselineDoesNotExcuseACandidateThatAlwaysFails) {
  EXPECT_EQ(after("FFFFFFFFF", "FPPPPPPPP").standing, Standing::regression);
}

TEST(Standing, ACandidateThatNeverGetsToAJudgementIsComparedToo) {
  EXPECT_EQ(after("M", "P").more_candidate, 3U);
  EXPECT_EQ(after("M", "P").more_baseline, 3U);
  EXPECT_EQ(after("MMEM", "PPPP").standing, Standing::regression);
  EXPECT_EQ(after("MMMM", "PPMP").standing, Standing::unknown);
  EXPECT_TRUE(after("MMMM", "PPMP").settled());
  EXPECT_EQ(after("MMMM", "MMMM").standing, Standing::unknown);
}

TEST(Standing, TellsWhatIsFixedKnownOrSkipped) {
  EXPECT_EQ(after("PP", "FF").standing, Standing::fixed);
  EXPECT_FALSE(after("P", "F").settled());
  EXPECT_EQ(after("X", "X").standing, Standing::known_issue);
  EXPECT_EQ(after("P", "X").standing, Standing::fixed);
  EXPECT_EQ(after("S", "S").standing, Standing::not_applicable);
  EXPECT_EQ(after("S", "P").reason, "skipped on the candidate alone");
}

/// Whatever the two kernels do, the tries that are asked for come to an end.
TEST(Standing, AlwaysComesToAnEnd) {
  std::mt19937 random(7);
  const std::string letters = "PFGMESX";
  for (int history = 0; history < 20'000; ++history) {
    std::string candidate;
    std::string baseline;
    const std::size_t kinds = 1 + random() % letters.size();
    int rounds = 0;
    for (StandingSoFar so_far = after(candidate, baseline); !so_far.settled();
         so_far = after(candidate, baseline)) {
      ASSERT_LT(++rounds, 12) << candidate << " / " << baseline;
      for (std::uint32_t i = 0; i < so_far.more_candidate; ++i)
        candidate += letters[random() % kinds];
      for (std::uint32_t i = 0; i < so_far.more_baseline; ++i)
        baseline += letters[random() % letters.size()];
    }
    ASSERT_LE(candidate.size() + baseline.size(), 22U) << candidate << " / " << baseline;
  }
}

/// Two equal kernels that fail now and then: how often the gate would blame the candidate.
TEST(Standing, SeldomBlamesACandidateThatIsAsFlakyAsItsBaseline) {
  std::mt19937 random(11);
  constexpr int kGates = 20'000;
  for (const unsigned failing : {5U, 20U, 50U}) {
    int blamed = 0;
    for (int gate = 0; gate < kGates; ++gate) {
      std::string candidate;
      std::string baseline;
      const auto next = [&] { return random() % 100 < failing ? 'F' : 'P'; };
      StandingSoFar so_far = after(candidate, baseline);
      for (; !so_far.settled(); so_far = after(candidate, baseline)) {
        for (std::uint32_t i = 0; i < so_far.more_candidate; ++i) candidate += next();
        for (std::uint32_t i = 0; i < so_far.more_baseline; ++i) baseline += next();
      }
      blamed += so_far.standing == Standing::regression ? 1 : 0;
    }
    EXPECT_LT(blamed, kGates * 3 / 100) << "failing in " << failing << " of 100";
  }
}

}  // namespace
}  // namespace luolab
