// SPDX-License-Identifier: Apache-2.0
#include "worker/target/console_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::Not;

ConsoleWatch watch(std::initializer_list<std::string_view> lines) {
  ConsoleWatch console;
  std::uint64_t offset = 0;
  for (const std::string_view line : lines) {
    console.add_line(line, offset);
    offset += line.size() + 1;
  }
  return console;
}

TEST(ConsoleWatch, CountsBootBannersAndKnowsTheLastRelease) {
  const auto console = watch({"[    0.000000] Linux version 7.2.12 (a@b)", "[    1.0] up",
                              "[    0.000000] Linux version 7.3.4 (a@b)"});
  EXPECT_EQ(console.banners(), 2U);
  EXPECT_EQ(console.last_release(), "7.3.4");
  EXPECT_TRUE(console.findings().empty());
}

TEST(ConsoleWatch, ABannerQuotedInTheMiddleOfALineIsNone) {
  const auto console =
      watch({"[    1.000000] some driver says: built against Linux version 7.3.4"});
  EXPECT_EQ(console.banners(), 0U);
}

struct Sample {
  const char* kind;
  const char* line;
};

class EveryKind : public testing::TestWithParam<Sample> {};

TEST_P(EveryKind, IsRecognised) {
  const auto console = watch({"[ 1.0] before", GetParam().line, "[ 1.1] after"});
  ASSERT_EQ(console.findings().size(), 1U);
  EXPECT_EQ(console.findings()[0].kind, GetParam().kind);
  EXPECT_EQ(headline(console.findings()[0]), GetParam().line);
}

INSTANTIATE_TEST_SUITE_P(
    ConsoleWatch, EveryKind,
    testing::Values(
        Sample{"panic", "[ 1.0] Kernel panic - not syncing: Attempted to kill init!"},
        Sample{"oops", "[ 1.0] BUG: unable to handle page fault for address: ffff8880"},
        Sample{"oops", "[ 1.0] BUG: kernel NULL pointer dereference, address: 0000000000000008"},
        Sample{"oops", "[ 1.0] kernel BUG at mm/memfd_luo.c:123!"},
        Sample{"oops", "[ 1.0] Oops: general protection fault, probably for non-canonical address"},
        Sample{"kasan", "[ 1.0] BUG: KASAN: use-after-free in memfd_luo_retrieve+0x10/0x20"},
        Sample{"kfence", "[ 1.0] BUG: KFENCE: out-of-bounds read in x"},
        Sample{"ubsan", "[ 1.0] UBSAN: shift-out-of-bounds in mm/x.c:1:2"},
        Sample{"lockdep", "[ 1.0] WARNING: possible circular locking dependency detected"},
        Sample{"lockdep", "[ 1.0] WARNING: suspicious RCU usage"},
        Sample{"warning",
               "[ 1.0] WARNING: CPU: 0 PID: 1 at kernel/liveupdate/luo_file.c:100 luo+0x1"},
        Sample{"bug", "[ 1.0] BUG: sleeping function called from invalid context at mm/x.c:1"},
        Sample{"bug", "[ 1.0] BUG: Bad page state in process init  pfn:12345"},
        Sample{"lockup", "[ 1.0] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [init:1]"},
        Sample{"hung-task", "[ 1.0] INFO: task init:1 blocked for more than 120 seconds."},
        Sample{"stall", "[ 1.0] rcu: INFO: rcu_sched self-detected stall on CPU"}));

TEST(ConsoleWatch, OrdinaryLinesAreNoFindings) {
  const auto console =
      watch({"[ 1.0] KHO: enabled", "[ 1.0] INFO: task manager ready",
             "[ 1.0] x86/fpu: Supporting XSAVE feature",
             "[ 1.0] Warning: unable to open an initial console.", "[ 1.0] debug: ignoring", ""});
  EXPECT_TRUE(console.findings().empty());
}

TEST(ConsoleWatch, WhatKmemleakSaysOfItselfIsNoLeak) {
  const auto console = watch(
      {"[    2.9] kmemleak: Cannot allocate a scan area, scanning the full object",
       "[    0.1] kmemleak: Kernel memory leak detector initialized (mem pool available: 1)"});
  EXPECT_TRUE(console.findings().empty());
  EXPECT_EQ(watch({"[ 9.0] kmemleak: Found object by alias at 0xffff8880"}).findings().size(), 1U);
}

TEST(ConsoleWatch, KeepsTheLinesBeforeAndTheReportAfterwards) {
  const auto console =
      watch({"first", "second", "third", "fourth", "------------[ cut here ]------------",
             "WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1", "Call Trace:", " g+0x1",
             "---[ end trace 0000000000000000 ]---", "life goes on"});
  ASSERT_EQ(console.findings().size(), 1U);
  const std::string& excerpt = console.findings()[0].excerpt;
  EXPECT_THAT(excerpt, HasSubstr("cut here"));
  EXPECT_THAT(excerpt, HasSubstr("g+0x1"));
  EXPECT_THAT(excerpt, HasSubstr("---[ end trace"));
  EXPECT_THAT(excerpt, Not(HasSubstr("life goes on")));
  EXPECT_THAT(excerpt, Not(HasSubstr("first")));
}

TEST(ConsoleWatch, AReportIsOneFindingButAPanicInItIsAnother) {
  const auto console =
      watch({"WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1", "WARNING: CPU: 0 PID: 1 at b.c:1 g+0x1",
             "Kernel panic - not syncing: panic_on_warn set"});
  ASSERT_EQ(console.findings().size(), 2U);
  ASSERT_TRUE(console.fatal());
  EXPECT_EQ(console.fatal()->kind, "panic");
}

TEST(ConsoleWatch, NamesThePlaceInTheConsoleFile) {
  const auto console = watch({"12345", "Kernel panic - not syncing: x"});
  EXPECT_EQ(console.findings()[0].offset_bytes, 6U);
}

TEST(ConsoleWatch, AKernelThatWarnsForEverFillsNoMemory) {
  ConsoleWatch console;
  for (std::uint64_t i = 0; i < 100000; ++i) {
    console.add_line("WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1", i);
    console.add_line("---[ end trace 0 ]---", i);
  }
  EXPECT_LE(console.findings().size(), 50U);
}

TEST(ConsoleWatch, TheTailHoldsTheLastLinesOnly) {
  ConsoleWatch console;
  for (int i = 0; i < 100; ++i) console.add_line("line " + std::to_string(i) + ".", 0);
  EXPECT_THAT(console.tail(), HasSubstr("line 99."));
  EXPECT_THAT(console.tail(), Not(HasSubstr("line 79.")));
  EXPECT_FALSE(ConsoleWatch().heard());
}

}  // namespace
}  // namespace luolab
