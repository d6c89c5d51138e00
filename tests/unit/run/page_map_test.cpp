// SPDX-License-Identifier: Apache-2.0
// What a run machine makes of the pages of memory that did not come through as it was.
#include <algorithm>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/agent_wire.h"
#include "tests/fakes/fake_machine.h"

namespace luolab {
namespace {

using testing::HasSubstr;

/// A run of a plan in which memfd "s/a" (41 pages, the last of 1 byte) or "s/b" comes out wrong.
class PageMapping : public testing::Test {
 protected:
  RunPlan plan_ = example_plan();
  std::vector<std::byte> a_ = content_of(plan_.memfds[0]);
  std::vector<std::byte> b_ = content_of(plan_.memfds[1]);
  Misdeeds misdeeds_;
  AttemptReport report_;
  PageMap map_;

  static std::byte* page(std::vector<std::byte>& content, std::uint64_t index) {
    return content.data() + index * kPageBytes;
  }
  void run() {
    misdeeds_.contents = {{"s/a", a_}, {"s/b", b_}};
    FakeMachine machine(plan_, misdeeds_);
    report_ = machine.run();
    map_ = machine.page_map();
  }
  std::string states(std::size_t entry = 0) const { return map_.memfds.at(entry).states.text(); }
  std::string content_detail() const {
    for (const Check& check : report_.checks) {
      if (check.name == "content" && check.verdict == Verdict::FAIL) return check.detail;
    }
    return {};
  }
};

TEST_F(PageMapping, IsWholeWhereAllIsRightAndAsksNothing) {
  FakeMachine machine(plan_, {});
  EXPECT_EQ(machine.run().verdict, Verdict::PASS);
  EXPECT_EQ(machine.asked().count("memfd.pages") + machine.asked().count("memfd.heads"), 0U);
  const PageMap& map = machine.page_map();
  ASSERT_EQ(map.memfds.size(), 2U);
  EXPECT_EQ(map.memfds[0].states.text(), "W41");
  EXPECT_EQ(map.memfds[1].states.text(), "W2");
  EXPECT_EQ(map.memfds[1].pattern, "records");
  EXPECT_TRUE(map.bad.empty());
}

TEST_F(PageMapping, HasAnEntryForEachHop) {
  plan_ = example_plan(2);
  FakeMachine machine(plan_, {});
  machine.run();
  ASSERT_EQ(machine.page_map().memfds.size(), 4U);
  EXPECT_EQ(machine.page_map().memfds[3].hop, 1);
  EXPECT_EQ(machine.page_map().memfds[3].look, 0U);
}

TEST_F(PageMapping, ShowsZeroesAsLost) {
  std::fill_n(page(a_, 5), 2 * kPageBytes, std::byte{0});
  run();
  EXPECT_EQ(states(), "W5L2W34");
  EXPECT_THAT(content_detail(), HasSubstr("2 pages lost; first at page 5 (holds zeroes); "));
  EXPECT_EQ(report_.verdict, Verdict::FAIL);
  EXPECT_THAT(report_.reason, HasSubstr("content of s/a (hop 1): 2 pages lost"));
  ASSERT_EQ(map_.bad.size(), 2U);
  EXPECT_EQ(map_.bad[0].actual->head, std::string(80, '0'));
  EXPECT_EQ(map_.bad[0].wanted->memfd, "s/a");
}

TEST_F(PageMapping, ShowsTheLastByteAsLost) {
  a_.back() = std::byte{0};
  run();
  EXPECT_EQ(states(), "W40L");
}

TEST_F(PageMapping, ShowsWhatAFileThatIsTooShortLacks) {
  a_.resize(39 * kPageBytes);
  run();
  EXPECT_EQ(states(), "W39L2");
  EXPECT_EQ(map_.memfds[0].actual_bytes, 39U * kPageBytes);
  EXPECT_EQ(map_.bad[0].seems, "the file ends before this page");
}

TEST_F(PageMapping, NamesTheOwnerOfAForeignPage) {
  std::copy_n(page(b_, 1), kPageBytes, page(a_, 3));
  std::swap_ranges(page(a_, 7), page(a_, 8), page(a_, 20));
  run();
  EXPECT_EQ(states(), "W3FW3FW12FW20");
  ASSERT_EQ(map_.bad.size(), 3U);
  EXPECT_EQ(map_.bad[0].seems, "holds page 1 of s/b");
  EXPECT_EQ(map_.bad[0].found->generation, 0U);
  EXPECT_TRUE(map_.bad[0].found->identical);
  EXPECT_EQ(map_.bad[1].seems, "holds page 20 of the same memfd");
  EXPECT_EQ(map_.bad[2].found->page, 7U);
}

TEST_F(PageMapping, DoesNotCallAHalfForeignPageIdentical) {
  std::copy_n(page(a_, 4), 2048, page(a_, 3));
  run();
  EXPECT_EQ(states(), "W3FW37");
  EXPECT_FALSE(map_.bad[0].found->identical);
  EXPECT_EQ(map_.bad[0].seems, "begins like page 4 of the same memfd");
}

TEST_F(PageMapping, SaysWhichByteOfACorruptPageIsWrong) {
  page(a_, 9)[1003] ^= std::byte{0x20};
  run();
  EXPECT_EQ(states(), "W9CW31");
  EXPECT_EQ(map_.bad[0].first_difference_byte, 1003U);
  EXPECT_EQ(map_.bad[0].different_words, 1U);
  EXPECT_EQ(map_.bad[0].expected.head, map_.bad[0].actual->head);
  EXPECT_EQ(map_.bad[0].seems,
            "its marks are its own, its content is not: 1 of its 512 words differs, the first at "
            "byte 1003");
}

TEST_F(PageMapping, ShowsNoPagesContentAsCorrupt) {
  std::fill_n(page(a_, 2), kPageBytes, std::byte{0xa5});
  run();
  EXPECT_EQ(states(), "W2CW38");
  EXPECT_EQ(map_.bad[0].found, std::nullopt);
  EXPECT_THAT(map_.bad[0].seems, HasSubstr("no page of any memfd"));
}

TEST_F(PageMapping, ShowsDataWhereAHoleWas) {
  plan_.job.sessions[0].memfds[0].hole_pages = 1;
  plan_.job.sessions[0].memfds[0].hole_period = 4;
  plan_.memfds = plan_memfds(plan_.job, plan_.secrets);
  a_ = content_of(plan_.memfds[0]);
  b_ = content_of(plan_.memfds[1]);
  page(a_, 4)[7] = std::byte{1};
  run();
  EXPECT_EQ(states(), "W4CW36");
  EXPECT_EQ(map_.bad[0].seems, "holds data where zeroes were expected");
  EXPECT_EQ(map_.bad[0].wanted, std::nullopt);
  EXPECT_EQ(map_.memfds[0].hole_period, 4U);
}

TEST_F(PageMapping, ShowsContentOfBeforeAWriteAsStale) {
  plan_.job.before = {{.place = "before[0]",
                       .name = {},
                       .op = "memfd.write",
                       .arguments = R"({"memfd":"s/a","offset":12300,"hex":"0102"})",
                       .by = {},
                       .hop = 0,
                       .errors = {},
                       .members = {},
                       .save = {}}};
  plan_.memfds = plan_memfds(plan_.job, plan_.secrets);
  run();  // as if the write had never been
  EXPECT_EQ(states(), "W3SW37");
  EXPECT_EQ(map_.bad[0].seems, "lacks what the scenario's write 1 put there");
}

TEST_F(PageMapping, AsksOnlyForRangesThatDiffer) {
  page(a_, 20)[1] ^= std::byte{1};  // of the second of three ranges of 16 pages
  misdeeds_.contents = {{"s/a", a_}};
  FakeMachine machine(plan_, misdeeds_);
  machine.run();
  EXPECT_EQ(machine.asked().count("memfd.pages"), 1U);
  for (const auto& request : machine.requests()) {
    if (request.at("op") == "memfd.pages") {
      EXPECT_EQ(request.at("first").to_number<int>(), 16);
      EXPECT_EQ(request.at("count").to_number<int>(), 16);
    }
  }
}

TEST_F(PageMapping, LeavesPagesUncheckedWhereTheAgentRefuses) {
  page(a_, 20)[1] ^= std::byte{1};
  misdeeds_.refused = {{"memfd.pages", "ENOSYS"}};
  run();
  EXPECT_EQ(states(), "W16U16W9");
  EXPECT_EQ(report_.verdict, Verdict::FAIL);
  EXPECT_THAT(report_.reason, HasSubstr("content of s/a (hop 1): 3 checksums differ"));
}

TEST_F(PageMapping, LeavesUncheckedWhatCouldNotBeRetrieved) {
  misdeeds_.refused = {{"retrieve", "EINVAL"}};
  run();
  ASSERT_EQ(map_.memfds.size(), 2U);
  EXPECT_EQ(states(0), "U41");
  EXPECT_EQ(states(1), "U2");
}

TEST_F(PageMapping, IsEmptyWhereNoKernelCame) {
  misdeeds_.never_comes_back = true;
  run();
  EXPECT_TRUE(map_.memfds.empty());
}

TEST_F(PageMapping, DoesNotSayWhatItDidNotSee) {
  page(a_, 20)[1] ^= std::byte{1};
  misdeeds_.refused = {{"memfd.heads", "EIO"}};
  run();
  EXPECT_EQ(states(), "W20XW20");
  EXPECT_EQ(map_.bad[0].actual.has_value(), false);
}

/// A memfd of more pages than one answer may tell of, all of which came out as nobody's.
TEST(LargePageMapping, AsksForBoundedAnswersAndKeepsBoundedDetails) {
  RunPlan plan = example_plan();
  constexpr std::uint64_t kPages = wire::kPageDigestLimit + 100;
  plan.job.sessions[0].memfds[0].size_bytes = kPages * kPageBytes;
  plan.job.range_bytes = kPages * kPageBytes;
  plan.memfds = plan_memfds(plan.job, plan.secrets);
  FakeMachine machine(
      plan, {.contents = {{"s/a", std::vector<std::byte>(kPages * kPageBytes, std::byte{1})}}});
  EXPECT_EQ(machine.run().verdict, Verdict::FAIL);
  for (const auto& request : machine.requests()) {
    if (request.at("op") == "memfd.pages") {
      EXPECT_LE(request.at("count").to_number<std::uint64_t>(), wire::kPageDigestLimit);
    }
    EXPECT_LE(boost::json::serialize(request).size(), wire::kLineLimitBytes);
  }
  EXPECT_EQ(machine.asked().count("memfd.pages"), 2U);
  EXPECT_EQ(machine.asked().count("memfd.heads"), 5U);
  const PageMap& map = machine.page_map();
  EXPECT_EQ(map.memfds[0].states.text(), "C" + std::to_string(kPages));
  EXPECT_EQ(map.bad.size(), kMostBadPages);
  EXPECT_EQ(map.bad_left_out, kPages - kMostBadPages);
  const auto whole = [](const BadPage& bad) { return bad.different_words.has_value(); };
  EXPECT_EQ(std::ranges::count_if(map.bad, whole), 16) << "of the first answer";
}

TEST(PageSurveyTest, LooksNoCloserThanItsBudget) {
  const RunPlan plan = example_plan();
  const PageOwners owners(plan.memfds);
  SurveyBudget budget{.heads = 3, .whole = 1};
  const PageRange all{0, 41};
  PageSurvey survey({plan.memfds[0], {}, nullptr}, owners, "s/a", std::span(&all, 1), budget);
  ASSERT_TRUE(survey.next_question());
  survey.take_answer(
      {{"bytes", (160 << 10) + 1}, {"digests", std::string(16 * 5, '1')}});  // of 5 of 41
  const auto question = survey.next_question();
  ASSERT_TRUE(question);
  EXPECT_EQ(boost::json::serialize(question->at("runs")), R"([{"first":0,"count":3}])");
  EXPECT_EQ(question->at("whole").to_number<int>(), 1);
  survey.take_answer({});
  EXPECT_FALSE(survey.next_question());
  EXPECT_EQ(survey.states().text(), "X5U36");
  EXPECT_EQ(budget.heads, 0U);
}

}  // namespace
}  // namespace luolab
