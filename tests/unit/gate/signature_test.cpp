// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/signature.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

AttemptReport failed() {
  AttemptReport report;
  report.verdict = Verdict::FAIL;
  report.reason = "why";
  return report;
}

AttemptReport with_finding(const std::string& excerpt) {
  AttemptReport report = failed();
  report.findings.push_back({"bug", 1200, excerpt});
  return report;
}

TEST(Signature, NothingFailedGivesNone) {
  AttemptReport report;
  report.verdict = Verdict::MISS;
  EXPECT_EQ(failure_signature(report), "");
}

TEST(Signature, NamesTheFirstCheckThatFailed) {
  AttemptReport report = failed();
  report.checks.push_back({0, "content", "vm-0/ram", Verdict::PASS, "equal"});
  report.checks.push_back({1, "content", "vm-0/cold", Verdict::FAIL, "page 17 differs"});
  report.checks.push_back({1, "size", "", Verdict::FAIL, "4096"});
  EXPECT_EQ(failure_signature(report), "content vm-0/cold");
}

TEST(Signature, IsTheSameWhereverInMemoryTheSameTroubleShows) {
  const std::string one = failure_signature(
      with_finding("[    1.2] before\n[    1.234567] BUG: unable to handle page fault for address: "
                   "ffff888003a40000\n[    1.3] RIP: 0010:memfd_luo_retrieve+0x1a/0x30\n"));
  const std::string other = failure_signature(with_finding(
      "[   19.7] something else\n[   20.000001] BUG: unable to handle page fault for address: "
      "ffff88800badc0de\n"));
  EXPECT_EQ(one, "console: BUG: unable to handle page fault for address: N");
  EXPECT_EQ(one, other);
}

TEST(Signature, TellsDifferentTroublesApart) {
  EXPECT_NE(failure_signature(with_finding("WARNING: mm/memfd_luo.c:123 at memfd_luo_preserve")),
            failure_signature(with_finding("WARNING: mm/memfd_luo.c:123 at memfd_luo_retrieve")));
}

TEST(Signature, EvidenceIsWhatDidNotHoldAndCanBePrinted) {
  AttemptReport report = with_finding("BUG: \x1b[31mred\x01");
  report.checks.push_back({0, "content", "vm-0/ram", Verdict::FAIL, std::string(5000, 'x')});
  report.checks.push_back({0, "size", "", Verdict::PASS, "fine"});
  const auto evidence = evidence_of(report, "j7");
  ASSERT_EQ(evidence.size(), 2U);
  EXPECT_EQ(evidence[0].source, "console of j7 at byte 1200");
  EXPECT_EQ(evidence[0].text.find('\x1b'), std::string::npos);
  EXPECT_EQ(evidence[1].source, "check content vm-0/ram of j7, hop 1");
  EXPECT_LT(evidence[1].text.size(), 1300U);
  EXPECT_EQ(evidence_of(report, "j7", 1).size(), 1U);
}

}  // namespace
}  // namespace luolab
