// SPDX-License-Identifier: Apache-2.0
// States of the pages of memory that was written until the kernel was left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/load/crash_model.h"
#include "worker/run/page_verdict.h"

namespace luolab {
namespace {

using testing::CrashModel;
using ::testing::HasSubstr;
using testing::verdict_of;

constexpr std::uint64_t kStoresOfAStep = kPageWords + 2;

/// A machine that two writers wrote on, left in the middle of a step, and what the worker knows.
class WrittenPages : public ::testing::Test {
 protected:
  WrittenPages() {
    machine_.run(40 * kStoresOfAStep * 2);
    oracle_.acknowledge(machine_.done());
    for (int i = 0; i < 100; ++i) machine_.store(0);
    machine_.hop();
    EXPECT_EQ(verdict_of(oracle_, machine_), "");
    memfd_.title = "vm-0/ram";
    memfd_.spec.pattern = Pattern::records;
    memfd_.spec.size_bytes = machine_.memory().size();
    memfd_.layout = machine_.layout();
    memfd_.key = machine_.key();
  }

  BadPage judge(std::uint64_t page) {
    const auto bytes = machine_.page(page);
    FoundPage found{page,
                    page_digest(HashKind::scalar, bytes),
                    {bytes.begin(), bytes.begin() + 40},
                    {bytes.end() - 8, bytes.end()},
                    {bytes.begin(), bytes.end()}};
    return judge_page({memfd_, {}, &oracle_}, PageOwners(std::span(&memfd_, 1)), found);
  }

  CrashModel machine_{{LoadOrder::random, 5, 12, 2}, 5};
  LoadOracle oracle_ = machine_.oracle();
  MemfdPlan memfd_;
};

TEST_F(WrittenPages, TornByRightAreShownAsTorn) {
  const PageRecord record(memfd_, {}, &oracle_);
  const PageStates states = record.all_right();
  EXPECT_EQ(states.count(PageState::torn), oracle_.torn_pages());
  EXPECT_GE(oracle_.torn_pages(), 1U);
  EXPECT_EQ(states.count(PageState::torn) + states.count(PageState::whole), 12U);
}

TEST_F(WrittenPages, OfAnEarlierStepAreStale) {
  const std::uint64_t page = machine_.settled_page();
  const RecordStamp wanted = oracle_.stamp_of(page);
  fill_page(PagePattern::records, machine_.key(), page, machine_.page(page));
  const BadPage bad = judge(page);
  EXPECT_EQ(bad.state, PageState::stale);
  EXPECT_EQ(bad.wanted->generation, wanted.generation);
  EXPECT_EQ(bad.found->generation, 0U);
  EXPECT_THAT(bad.seems, HasSubstr("holds step 0, expected step"));
}

TEST_F(WrittenPages, OfALaterStepThanTheJournalSpeakAgainstTheJournal) {
  const std::uint64_t page = machine_.settled_page();
  const RecordStamp wanted = oracle_.stamp_of(page);
  fill_record(machine_.key(), page, {wanted.generation + 2, wanted.writer}, machine_.page(page));
  const BadPage bad = judge(page);
  EXPECT_EQ(bad.state, PageState::corrupt);
  EXPECT_THAT(bad.seems, HasSubstr("the journal is stale"));
}

TEST_F(WrittenPages, TornWithoutAJournalAreCorrupt) {
  const std::uint64_t page = machine_.settled_page();
  machine_.page(page)[100 * 8] ^= std::byte{1};
  const BadPage bad = judge(page);
  EXPECT_EQ(bad.state, PageState::corrupt);
  EXPECT_EQ(bad.different_words, 1U);
  EXPECT_EQ(bad.first_difference_byte, 800U);
}

}  // namespace
}  // namespace luolab
