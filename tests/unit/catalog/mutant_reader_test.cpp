// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/mutant_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

constexpr std::string_view kDiff = "--- a/mm/x.c\n+++ b/mm/x.c\n@@ -1 +1 @@\n-old\n+new\n";

std::string mail_of(std::string_view subject, std::string_view body,
                    std::string_view diff = kDiff) {
  return "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: luolab "
         "<luolab@localhost>\nSubject: " +
         std::string(subject) + "\n\n" + std::string(body) + "\n---\n" + std::string(diff) +
         "-- \nluolab\n";
}

class MutantFile : public testing::Test {
 protected:
  Result<Mutant> read(const std::string& name, const std::string& text) {
    write_file_atomically(dir_.path() / name, text);
    return read_mutant(dir_.path() / name);
  }
  std::string error_of(const std::string& name, const std::string& text) {
    const auto mutant = read(name, text);
    return mutant ? "no error" : mutant.error().what;
  }

  TempDir dir_{fs::temp_directory_path()};
};

TEST_F(MutantFile, GivesNamePromiseAndSummary) {
  const auto mutant =
      read("04-position.patch", mail_of("[PATCH] mutant: x: the position stays", "Promise: 4\n"));
  ASSERT_TRUE(mutant.has_value()) << mutant.error().what;
  EXPECT_EQ(mutant->name, "04-position");
  EXPECT_EQ(mutant->promise, 4U);
  EXPECT_EQ(mutant->summary, "x: the position stays");
  ASSERT_EQ(mutant->series.patches.size(), 1U);
  EXPECT_THAT(mutant->series.patches[0].text, HasSubstr("+new"));
}

TEST_F(MutantFile, NeedsASubjectThatSaysMutant) {
  EXPECT_THAT(error_of("04-x.patch", mail_of("x: better", "Promise: 4")),
              AllOf(HasSubstr("04-x.patch"), HasSubstr("mutant: ")));
  EXPECT_THAT(error_of("04-x.patch", mail_of("mutant: ", "Promise: 4")), HasSubstr("subject"));
}

TEST_F(MutantFile, NeedsAPromiseOfTheContract) {
  for (const char* body : {"no promise", "Promise: 0", "Promise: 24", "Promise: 4 and 5",
                           "Promise: ", "it breaks Promise: 4"}) {
    EXPECT_THAT(error_of("04-x.patch", mail_of("mutant: x", body)), HasSubstr("Promise: N"))
        << body;
  }
}

TEST_F(MutantFile, DoesNotTakeAPromiseOutOfTheDiff) {
  const std::string diff = std::string(kDiff) + "@@ -9 +9 @@\n-a\n+b\nPromise: 4\n";
  EXPECT_THAT(error_of("04-x.patch", mail_of("mutant: x", "words", diff)), HasSubstr("Promise: N"));
}

TEST_F(MutantFile, NeedsANameThatBeginsWithItsPromise) {
  EXPECT_THAT(error_of("05-x.patch", mail_of("mutant: x", "Promise: 4")),
              AllOf(HasSubstr("05-x.patch"), HasSubstr("04-")));
}

TEST_F(MutantFile, IsOnePatch) {
  const std::string one = mail_of("[PATCH 1/2] mutant: x", "Promise: 4");
  const std::string two = mail_of("[PATCH 2/2] mutant: y", "Promise: 4");
  EXPECT_THAT(error_of("04-x.patch", one + "\n" + two), HasSubstr("one patch"));
}

TEST_F(MutantFile, ThatIsMissingIsNamed) {
  const auto mutant = read_mutant(dir_.path() / "01-gone.patch");
  ASSERT_FALSE(mutant.has_value());
  EXPECT_THAT(mutant.error().what, HasSubstr("01-gone.patch"));
}

}  // namespace
}  // namespace luolab
