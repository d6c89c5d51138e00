// SPDX-License-Identifier: Apache-2.0
// The property on which the judgement of memory under load rests: a kernel that is left between any
// two stores leaves a state that the checker takes, and any other loss is found and named.
#include <algorithm>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/load/crash_model.h"

namespace luolab {
namespace {

using ::testing::AnyOf;
using testing::CrashModel;
using ::testing::HasSubstr;
using testing::verdict_of;

constexpr std::uint64_t kStoresOfAStep = kPageWords + 2;
constexpr LoadOrder kOrders[] = {LoadOrder::sequential, LoadOrder::random, LoadOrder::hot_spot};

LoadShape shape_number(std::uint64_t number) {
  const auto writers = static_cast<std::uint32_t>(1 + number % 3);
  return {kOrders[number % 3], number, writers + 2 + number % 19, writers};
}

/// A machine that has written for a while, and the worker who was told of some of it.
struct Lab {
  explicit Lab(std::uint64_t number)
      : machine(shape_number(number), number), oracle(machine.oracle()) {
    machine.run(40 * kStoresOfAStep * machine.shape().writers);
    oracle.acknowledge(machine.done());
    machine.run(machine.random()() % (6 * kStoresOfAStep));
  }
  /// What the checker says now that the kernel is left.
  std::string leave() {
    machine.hop();
    return verdict_of(oracle, machine);
  }
  CrashModel machine;
  LoadOracle oracle;
};

TEST(Crash, AtEveryStoreOfAStepLeavesAStateThatIsTaken) {
  for (std::uint64_t stores = 0; stores <= kStoresOfAStep + 40; ++stores) {
    CrashModel machine({LoadOrder::sequential, 0, 2, 1}, 3);
    LoadOracle oracle = machine.oracle();
    for (std::uint64_t i = 0; i < stores; ++i) machine.store(0);
    machine.hop();
    ASSERT_EQ(verdict_of(oracle, machine), "") << "left after store " << stores;
  }
}

TEST(Crash, AtAnyInstantOverSeveralHopsLeavesAStateThatIsTaken) {
  for (std::uint64_t number = 0; number < 30; ++number) {
    CrashModel machine(shape_number(number), number);
    LoadOracle oracle = machine.oracle();
    for (int hop = 0; hop < 4; ++hop) {
      machine.run(machine.random()() % (30 * kStoresOfAStep));
      oracle.acknowledge(machine.done());
      machine.run(machine.random()() % (4 * kStoresOfAStep));
      machine.hop();
      ASSERT_EQ(verdict_of(oracle, machine), "") << "machine " << number << ", hop " << hop;
    }
  }
}

TEST(Crash, AStepThatIsTornAgainAndAgainIsTaken) {
  CrashModel machine({LoadOrder::sequential, 0, 3, 1}, 8);
  LoadOracle oracle = machine.oracle();
  for (const int stores : {200, 100, 400, 1}) {  // each hop begins the same step anew
    for (int i = 0; i < stores; ++i) machine.store(0);
    machine.hop();
    ASSERT_EQ(verdict_of(oracle, machine), "") << stores;
    EXPECT_EQ(oracle.torn_pages(), 1U);
  }
}

TEST(Crash, AMachineThatGoesOnAfterAHopWithoutWritingIsTaken) {
  Lab lab(4);
  ASSERT_EQ(lab.leave(), "");
  EXPECT_EQ(lab.leave(), "") << "the same state once more";
}

TEST(Crash, NotEvenTheLastAcknowledgedStepMayBeLost) {
  CrashModel machine({LoadOrder::sequential, 0, 2, 1}, 5);
  LoadOracle oracle = machine.oracle();
  for (std::uint64_t i = 0; i < 2 * kStoresOfAStep; ++i) machine.store(0);
  std::vector<std::uint64_t> told = machine.done();
  ++told[0];  // the step after what the memory holds
  oracle.acknowledge(told);
  machine.hop();
  EXPECT_THAT(verdict_of(oracle, machine), HasSubstr("was acknowledged"));
}

class Loss : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  Lab lab{GetParam()};
  CrashModel& machine = lab.machine;

  void copy_page(std::uint64_t from, std::uint64_t to) {
    std::ranges::copy(machine.page(from), machine.page(to).begin());
  }
};

TEST_P(Loss, OfAnAcknowledgedPageIsFound) {
  const std::uint64_t page = machine.settled_page();
  fill_page(PagePattern::records, machine.key(), page, machine.page(page));
  EXPECT_THAT(lab.leave(), HasSubstr("page " + std::to_string(page) + " is stale"));
}

TEST_P(Loss, OfAPageToZeroesIsFound) {
  const std::uint64_t page = machine.settled_page();
  std::ranges::fill(machine.page(page), std::byte{0});
  EXPECT_THAT(lab.leave(), HasSubstr("page " + std::to_string(page) + " is lost"));
}

TEST_P(Loss, OfASingleStoreIsFound) {
  const std::uint64_t page = machine.settled_page();
  const std::size_t word = 5 + machine.random()() % (kPageWords - 6);  // of the payload
  machine.page(page)[word * 8] ^= std::byte{1};
  EXPECT_THAT(lab.leave(), HasSubstr("page " + std::to_string(page) + " is torn"));
}

TEST_P(Loss, OfAStoreAnywhereInARecordIsFound) {
  machine.hop();
  // Mark, magic and writer, index, generation, checksum, payload, tail mark.
  for (const std::size_t word : {0U, 1U, 2U, 3U, 4U, 5U, 510U, 511U}) {
    const std::uint64_t page = machine.settled_page();
    LoadOracle oracle = lab.oracle;
    machine.page(page)[word * 8 + 3] ^= std::byte{0x40};
    ASSERT_NE(verdict_of(oracle, machine), "") << "word " << word;
    machine.page(page)[word * 8 + 3] ^= std::byte{0x40};
  }
}

TEST_P(Loss, OfOnePageToAnotherMemfdIsFound) {
  const std::uint64_t page = machine.settled_page();
  fill_record({77, 78}, page, {9, 1}, machine.page(page));
  EXPECT_THAT(lab.leave(), HasSubstr("page " + std::to_string(page) + " is foreign"));
}

TEST_P(Loss, OfThePlacesOfTwoPagesIsFound) {
  const std::uint64_t one = machine.settled_page();
  std::uint64_t other = machine.settled_page();
  for (int i = 0; other == one && i < 50; ++i) other = machine.settled_page();
  if (other == one) other = one == 0 ? 1 : 0;  // a torn page, or one that was never written
  std::swap_ranges(machine.page(one).begin(), machine.page(one).end(), machine.page(other).begin());
  EXPECT_THAT(lab.leave(), AnyOf(HasSubstr("is swapped"), HasSubstr("is no state of it")));
}

TEST_P(Loss, OfTheTailOfAPageThatNoJournalNamesIsFound) {
  const std::uint64_t page = machine.settled_page();
  std::array<std::byte, kPageBytes> old;
  fill_page(PagePattern::records, machine.key(), page, old);
  std::copy(old.begin() + 2048, old.end(), machine.page(page).begin() + 2048);
  EXPECT_THAT(lab.leave(), HasSubstr("is torn, and no journal names it"));
}

TEST_P(Loss, OfAStoreInTheMiddleOfAStepIsFound) {
  const auto writer = static_cast<std::uint32_t>(GetParam() % machine.shape().writers);
  auto* const journal =
      reinterpret_cast<LoadJournalPage*>(machine.journals().data() + writer * kPageBytes);
  while (journal->started != journal->done) machine.store(writer);
  for (int i = 0; i < 300; ++i) machine.store(writer);
  const std::uint64_t page = load_page(machine.shape(), writer, journal->started);
  machine.page(page)[100 * 8] ^= std::byte{0x10};
  EXPECT_THAT(lab.leave(), HasSubstr("is no state of it"));
}

TEST_P(Loss, OfTheJournalsLastStepsIsFound) {
  auto* const journal = reinterpret_cast<LoadJournalPage*>(machine.journals().data());
  journal->started = journal->done -= 1;
  EXPECT_NE(lab.leave(), "") << "stale by one step";
}

TEST_P(Loss, OfAcknowledgedStepsFromTheJournalIsFound) {
  auto* const journal = reinterpret_cast<LoadJournalPage*>(machine.journals().data());
  journal->started = journal->done = 3;
  EXPECT_THAT(lab.leave(), HasSubstr("was acknowledged"));
}

TEST_P(Loss, OfABitOfTheJournalIsFound) {
  for (std::size_t byte = 0; byte < 40; ++byte) {
    CrashModel damaged = machine;
    LoadOracle oracle = lab.oracle;
    damaged.hop();
    damaged.journals()[byte] ^= std::byte{0x80};
    ASSERT_NE(verdict_of(oracle, damaged), "") << "byte " << byte;
  }
}

TEST_P(Loss, OfTheJournalToAnotherMemfdOrWriterIsFound) {
  write_journal(machine.key().mark + 1, 0, PageBytes(machine.journals().data(), kPageBytes));
  EXPECT_THAT(lab.leave(), HasSubstr("journal is damaged"));
}

TEST_P(Loss, OfAllSinceTheLastHopIsFound) {
  const std::vector<std::byte> memory = machine.memory();
  const std::vector<std::byte> journals = machine.journals();
  ASSERT_EQ(lab.leave(), "");
  machine.run(20 * kStoresOfAStep * machine.shape().writers);
  lab.oracle.acknowledge(machine.done());
  machine.memory() = memory;
  machine.journals() = journals;
  EXPECT_THAT(lab.leave(), HasSubstr("was acknowledged"));
}

INSTANTIATE_TEST_SUITE_P(Machines, Loss, ::testing::Range<std::uint64_t>(0, 9));

TEST(Crash, JournalsThatAreMissingAreNoProof) {
  Lab lab(1);
  LoadOracle oracle = lab.machine.oracle();
  EXPECT_THAT(oracle.take_journals({}), HasSubstr("0 journals for 2 writers"));
}

}  // namespace
}  // namespace luolab
