// SPDX-License-Identifier: Apache-2.0
#include "agent/baggage.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;

std::unique_ptr<BaggagePage> written(const BaggageNote& note) {
  auto page = std::make_unique<BaggagePage>();
  write_baggage_page(*page, note);
  return page;
}

TEST(BaggagePage, GivesBackWhatWasWritten) {
  const auto page = written({"nonce-1", 2, 0, 0, {{"kernel", 3339264}, {"initrd", 17}}});
  page->last_user_tsc = 99;
  page->reboot_call_tsc = 98;
  const auto note = read_baggage_page(*page);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->nonce, "nonce-1");
  EXPECT_EQ(note->hop, 2u);
  EXPECT_EQ(note->last_user_tsc, 99u);
  EXPECT_EQ(note->reboot_call_tsc, 98u);
  ASSERT_EQ(note->files.size(), 2u);
  EXPECT_EQ(note->files[0].name, "kernel");
  EXPECT_EQ(note->files[1].size_bytes, 17u);
}

TEST(BaggagePage, HoldsTheLongestNonceAndTheMostFiles) {
  BaggageNote note{std::string(wire::kNonceLimitBytes, 'n'), 0, 0, 0, {}};
  note.files.assign(wire::kBaggageFileLimit, {std::string(wire::kBaggageNameLimitBytes, 'f'), 1});
  const auto read = read_baggage_page(*written(note));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->nonce, note.nonce);
  ASSERT_EQ(read->files.size(), wire::kBaggageFileLimit);
  EXPECT_EQ(read->files.back().name, note.files.back().name);
}

TEST(BaggagePage, IsRefusedWhereMemoryWasNotPreserved) {
  const auto page = written({"n", 0, 0, 0, {}});
  std::memset(static_cast<void*>(page.get()), 0, sizeof(BaggagePage));
  const auto note = read_baggage_page(*page);
  ASSERT_FALSE(note);
  EXPECT_EQ(note.failure().error, EBADMSG);
}

TEST(BaggagePage, IsRefusedFromAnotherVersion) {
  const auto page = written({"n", 0, 0, 0, {}});
  page->version = 77;
  const auto note = read_baggage_page(*page);
  ASSERT_FALSE(note);
  EXPECT_THAT(note.failure().detail, HasSubstr("version 77"));
}

TEST(BaggagePage, IsRefusedWithMoreFilesThanFit) {
  const auto page = written({"n", 0, 0, 0, {}});
  page->file_count = 1000;
  EXPECT_FALSE(read_baggage_page(*page));
}

TEST(Baggage, TakesPlainFileNamesOnly) {
  EXPECT_TRUE(is_plain_file_name("kernel-1"));
  EXPECT_TRUE(is_plain_file_name(std::string(63, 'a')));
  for (const char* const name : {"", ".", "..", "../etc/passwd", "a/b"}) {
    EXPECT_FALSE(is_plain_file_name(name)) << name;
  }
  EXPECT_FALSE(is_plain_file_name(std::string(64, 'a')));
  EXPECT_FALSE(is_plain_file_name(std::string("a\0b", 3)));
}

TEST(Baggage, SaysWhereItLookedForAMissingFile) {
  const auto file = Baggage("/nonexistent").open_file("kernel");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.failure().error, ENOENT);
  EXPECT_THAT(file.failure().detail, HasSubstr("/nonexistent/kernel"));
}

TEST(Baggage, RefusesANonceThatDoesNotFit) {
  const auto packed = Baggage("/nonexistent").pack(std::string(64, 'n'), 0, {});
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.failure().call, "request");
  EXPECT_THAT(packed.failure().detail, HasSubstr("nonce"));
}

TEST(Baggage, StampsNothingBeforeItIsPacked) {
  Baggage baggage("/nonexistent");
  baggage.note_reboot_call();
  EXPECT_EQ(baggage.start_stamping(), nullptr);
}

TEST(Stamper, WritesTheCounterUntilItIsDestroyed) {
  std::atomic<std::uint64_t> cell = 0;
  {
    const Stamper stamper(cell);
    while (cell == 0) std::this_thread::yield();
  }
  const std::uint64_t last = cell;
  std::this_thread::yield();
  EXPECT_EQ(cell, last);
  EXPECT_GT(last, 0u);
}

}  // namespace
}  // namespace luolab
