// SPDX-License-Identifier: Apache-2.0
#include "db/partial_artifact.h"

#include <thread>

#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "db/artifact_store.h"

namespace luolab {
namespace {

class PartialArtifact : public testing::Test {
 protected:
  Appended append(std::uint64_t offset, std::string_view bytes) const {
    return partial_.append(digest_, offset, content_.size(), bytes);
  }
  TempDir folder_{std::filesystem::temp_directory_path()};
  std::string content_ = "hello, world";
  std::string digest_ = sha256_of(content_);
  PartialArtifacts partial_{folder_.path()};
  ArtifactStore store_{folder_.path()};
};

TEST_F(PartialArtifact, BecomesWholeByItsLastPiece) {
  EXPECT_EQ(append(0, "hello").outcome, AppendOutcome::more);
  EXPECT_EQ(partial_.size(digest_), 5U);
  EXPECT_FALSE(store_.whole(digest_));
  const Appended last = append(5, ", world");
  EXPECT_EQ(last.outcome, AppendOutcome::whole);
  EXPECT_EQ(last.size_bytes, content_.size());
  EXPECT_EQ(store_.read(digest_).value(), content_);
  EXPECT_EQ(store_.whole(digest_), content_.size());
  EXPECT_EQ(partial_.size(digest_), 0U);
}

TEST_F(PartialArtifact, GoesOnFromWhereItBrokeOff) {
  append(0, "hello");
  const Appended gap = append(7, "world");
  EXPECT_EQ(gap.outcome, AppendOutcome::other_offset);
  EXPECT_EQ(gap.size_bytes, 5U);
  const Appended again = append(0, "hello");
  EXPECT_EQ(again.outcome, AppendOutcome::other_offset);
  EXPECT_EQ(PartialArtifacts(folder_.path()).append(digest_, 5, content_.size(), ", world").outcome,
            AppendOutcome::whole);
}

TEST_F(PartialArtifact, IsWholeAlsoForWhoRepeatsIt) {
  append(0, content_);
  EXPECT_EQ(append(0, content_).outcome, AppendOutcome::whole);
  EXPECT_EQ(append(5, ", world").outcome, AppendOutcome::whole);
}

TEST_F(PartialArtifact, IsDroppedWhereTheDigestIsWrong) {
  const Appended wrong = append(0, "hello, wOrld");
  EXPECT_EQ(wrong.outcome, AppendOutcome::wrong_digest);
  EXPECT_EQ(partial_.size(digest_), 0U);
  EXPECT_FALSE(store_.whole(digest_));
  EXPECT_EQ(append(0, content_).outcome, AppendOutcome::whole);
}

TEST_F(PartialArtifact, TakesNoMoreThanItSaidItWouldBe) {
  EXPECT_EQ(append(0, content_ + "!").outcome, AppendOutcome::wrong_length);
  append(0, "hello");
  EXPECT_EQ(partial_.append(digest_, 5, 3, "").outcome, AppendOutcome::wrong_length);
  EXPECT_EQ(partial_.size(digest_), 5U);
}

TEST_F(PartialArtifact, MayBeEmpty) {
  EXPECT_EQ(partial_.append(sha256_of(""), 0, 0, "").outcome, AppendOutcome::whole);
  EXPECT_EQ(store_.whole(sha256_of("")), 0U);
}

TEST_F(PartialArtifact, HasNoNameThatLeavesTheFolder) {
  for (const char* name : {"", "..", "../../etc/passwd", "ABC", "a/b"}) {
    EXPECT_EQ(partial_.append(name, 0, 1, "x").outcome, AppendOutcome::wrong_digest) << name;
    EXPECT_EQ(partial_.size(name), 0U);
    EXPECT_FALSE(store_.whole(name));
    EXPECT_FALSE(store_.remove(name));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(PartialArtifact, PiecesFromSeveralThreadsMakeOneWholeFile) {
  const std::string content(200'000, 'x');
  const std::string digest = sha256_of(content);
  const auto upload = [&] {
    for (;;) {
      const std::uint64_t at = partial_.size(digest);
      const std::string_view piece = std::string_view(content).substr(at, 1000);
      if (partial_.append(digest, at, content.size(), piece).outcome == AppendOutcome::whole)
        return;
    }
  };
  std::thread first(upload);
  std::thread second(upload);
  first.join();
  second.join();
  EXPECT_EQ(store_.read(digest).value(), content);
}

TEST_F(PartialArtifact, IsDroppedWhenNobodyWentOnWithIt) {
  append(0, "hello");
  EXPECT_EQ(partial_.drop_older(std::filesystem::file_time_type::min()), 0U);
  EXPECT_EQ(partial_.drop_older(std::filesystem::file_time_type::max()), 1U);
  EXPECT_EQ(partial_.size(digest_), 0U);
}

TEST_F(PartialArtifact, OfAWholeFileCanBeRemoved) {
  append(0, content_);
  EXPECT_TRUE(store_.remove(digest_));
  EXPECT_FALSE(store_.remove(digest_));
  EXPECT_FALSE(store_.whole(digest_));
}

}  // namespace
}  // namespace luolab
