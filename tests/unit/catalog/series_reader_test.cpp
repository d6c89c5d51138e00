// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/series_reader.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

std::string diff_of(const std::string& file) {
  return "--- a/" + file + "\n+++ b/" + file + "\n@@ -1 +1 @@\n-old\n+new\n";
}

std::string mail_of(const std::string& subject, const std::string& body) {
  return "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: luolab "
         "<luolab@localhost>\nSubject: " +
         subject + "\n\ntext\n---\n" + body + "\n\n";
}

class SeriesFolder : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    fs::create_directories((dir_.path() / name).parent_path());
    write_file_atomically(dir_.path() / name, text);
    return (dir_.path() / name).string();
  }
  std::vector<std::string> names_of(const Series& series) const {
    std::vector<std::string> names;
    for (const Patch& patch : series.patches) names.push_back(patch.name);
    return names;
  }
  std::string error_of(const std::string& argument) {
    const auto series = read_series(argument);
    return series ? "no error" : series.error().what;
  }
  std::string folder(const std::string& name) const { return (dir_.path() / name).string(); }

  TempDir dir_{fs::temp_directory_path()};
};

using Names = std::vector<std::string>;

TEST_F(SeriesFolder, ReadsASinglePatch) {
  const auto series = read_series(write("fix.patch", diff_of("mm/x.c")));
  ASSERT_TRUE(series.has_value()) << series.error().what;
  EXPECT_EQ(series->name, "fix");
  EXPECT_EQ(names_of(*series), Names{"fix.patch"});
  EXPECT_EQ(series->patches[0].text, diff_of("mm/x.c"));
}

TEST_F(SeriesFolder, KeepsTheNameOfASingleMail) {
  const auto series = read_series(write("0001-fix.patch", mail_of("[PATCH] fix", diff_of("a"))));
  ASSERT_TRUE(series.has_value());
  EXPECT_EQ(names_of(*series), Names{"0001-fix.patch"});
}

TEST_F(SeriesFolder, PutsTheMailsOfAnMboxInOrder) {
  const auto series =
      read_series(write("t.mbox", mail_of("[PATCH v2 2/2] second", diff_of("b")) +
                                      mail_of("[PATCH v2 0/2] what it is about", "words") +
                                      mail_of("[PATCH v2 1/2] first", diff_of("a"))));
  ASSERT_TRUE(series.has_value()) << series.error().what;
  EXPECT_EQ(names_of(*series), (Names{"first", "second"}));
}

TEST_F(SeriesFolder, LeavesAnswersOut) {
  const auto series =
      read_series(write("t.mbox", mail_of("[PATCH 1/1] first", diff_of("a")) +
                                      mail_of("Re: [PATCH 1/1] first", "looks good")));
  ASSERT_TRUE(series.has_value()) << series.error().what;
  EXPECT_EQ(names_of(*series), Names{"first"});
}

TEST_F(SeriesFolder, NamesTheMissingPatchOfASeries) {
  EXPECT_THAT(error_of(write("t.mbox", mail_of("[PATCH 1/3] a", diff_of("a")) +
                                           mail_of("[PATCH 3/3] c", diff_of("c")))),
              HasSubstr("patch 2/3 is missing"));
  EXPECT_THAT(error_of(write("u.mbox", mail_of("[PATCH 1/3] a", diff_of("a")) +
                                           mail_of("[PATCH 2/3] b", diff_of("b")))),
              HasSubstr("patch 3/3 is missing"));
}

TEST_F(SeriesFolder, RefusesTheSamePatchTwice) {
  EXPECT_THAT(error_of(write("t.mbox", mail_of("[PATCH 1/2] a", diff_of("a")) +
                                           mail_of("[PATCH 1/2] a", diff_of("a")) +
                                           mail_of("[PATCH 2/2] b", diff_of("b")))),
              HasSubstr("is there twice"));
}

TEST_F(SeriesFolder, RefusesAPatchMailWithoutADiff) {
  EXPECT_THAT(error_of(write("t.mbox", mail_of("[PATCH 1/2] a", diff_of("a")) +
                                           mail_of("[PATCH 2/2] b", "lost"))),
              AllOf(HasSubstr("mail \"b\""), HasSubstr("no diff")));
}

TEST_F(SeriesFolder, SaysHowToGetAnEncodedMailPlain) {
  std::string mail = mail_of("[PATCH] a", diff_of("a"));
  mail.insert(mail.find("Subject:"), "Content-Transfer-Encoding: base64\n");
  EXPECT_THAT(error_of(write("t.mbox", mail)), AllOf(HasSubstr("base64"), HasSubstr("b4 am")));
}

TEST_F(SeriesFolder, ReadsAFormatPatchFolderWithoutItsCoverLetter) {
  write("topic/0000-cover-letter.patch", "no diff here\n");
  write("topic/0002-b.patch", diff_of("b"));
  write("topic/0001-a.patch", diff_of("a"));
  write("topic/notes.txt", "words");
  const auto series = read_series(folder("topic") + "/");
  ASSERT_TRUE(series.has_value()) << series.error().what;
  EXPECT_EQ(series->name, "topic");
  EXPECT_EQ(names_of(*series), (Names{"0001-a.patch", "0002-b.patch"}));
}

TEST_F(SeriesFolder, ReadsAQuiltFolderInTheOrderOfItsList) {
  write("q/series", "# our series\nz.patch\n\nsub/a.patch -p1 # why\n");
  write("q/z.patch", diff_of("z"));
  write("q/sub/a.patch", diff_of("a"));
  write("q/unused.patch", "nonsense");
  const auto series = read_series(folder("q"));
  ASSERT_TRUE(series.has_value()) << series.error().what;
  EXPECT_EQ(names_of(*series), (Names{"z.patch", "sub/a.patch"}));
}

TEST_F(SeriesFolder, RefusesStripLevelZeroWithTheReason) {
  write("q/series", "a.patch\nb.patch -p0\n");
  write("q/a.patch", diff_of("a"));
  write("q/b.patch", diff_of("b"));
  EXPECT_THAT(error_of(folder("q")),
              AllOf(HasSubstr("series:2: b.patch"), HasSubstr("-p0"), HasSubstr("strip level 1")));
}

TEST_F(SeriesFolder, NamesTheLineOfAMissingQuiltPatch) {
  write("q/series", "gone.patch\n");
  EXPECT_THAT(error_of(folder("q")),
              AllOf(HasSubstr("series:1: gone.patch"), HasSubstr("No such file")));
}

TEST_F(SeriesFolder, AQuiltListCanNotLeaveItsFolder) {
  write("secret.patch", diff_of("a"));
  write("q/series", "../secret.patch\n");
  EXPECT_THAT(error_of(folder("q")), HasSubstr("outside of the folder"));
}

TEST_F(SeriesFolder, RefusesAFolderWithoutPatches) {
  write("empty/readme", "words");
  write("q/series", "# nothing\n");
  EXPECT_THAT(error_of(folder("empty")), HasSubstr("neither a `series` file nor *.patch files"));
  EXPECT_THAT(error_of(folder("q")), HasSubstr("names no patch"));
}

TEST_F(SeriesFolder, RefusesAFileWithoutADiff) {
  EXPECT_THAT(error_of(write("x.patch", "hello\n")),
              AllOf(HasSubstr("x.patch"), HasSubstr("no diff")));
  EXPECT_THAT(error_of(write("y.patch", "")), HasSubstr("no diff"));
  EXPECT_THAT(error_of(folder("nothing.patch")), HasSubstr("No such file"));
}

TEST_F(SeriesFolder, RefusesASeriesOverTheLimit) {
  const std::string big = diff_of("a") + std::string(std::size_t{33} << 20, '#');
  write("big/1.patch", big);
  write("big/2.patch", big);
  EXPECT_THAT(error_of(folder("big")), HasSubstr("over the limit"));
}

TEST_F(SeriesFolder, TurnsCrlfIntoPlainLineEnds) {
  const auto series =
      read_series(write("dos.patch", "--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-old\r\n+new\r\n"));
  ASSERT_TRUE(series.has_value()) << series.error().what;
  EXPECT_EQ(series->patches[0].text, diff_of("x"));
}

class SeriesOfGit : public SeriesFolder {
 protected:
  void SetUp() override {
    git("init -q -b main .");
    commit("x.c", "old\n", "base");
    commit("x.c", "new\n", "x: change it");
    commit("y.c", "more\n", "y: add it");
  }
  void commit(const std::string& file, const std::string& text, const std::string& message) {
    write("repository/" + file, text);
    git("add -A");
    git("-c user.name=luolab -c user.email=luolab@localhost commit -q -m '" + message + "'");
  }
  void git(const std::string& words) {
    fs::create_directories(dir_.path() / "repository");
    const std::string command = "git -C " + folder("repository") + " " + words;
    ASSERT_EQ(std::system(command.c_str()), 0) << command << " (apt-get install git)";
  }
};

TEST_F(SeriesOfGit, ReadsARangeOfCommits) {
  const auto series = read_series("git:" + folder("repository") + ":main~2..main");
  ASSERT_TRUE(series.has_value()) << series.error().what;
  EXPECT_EQ(names_of(*series), (Names{"x: change it", "y: add it"}));
  EXPECT_THAT(series->patches[0].text, HasSubstr("+new"));
}

TEST_F(SeriesOfGit, RefusesAnEmptyRange) {
  EXPECT_THAT(error_of("git:" + folder("repository") + ":main..main"), HasSubstr("no commits"));
}

TEST_F(SeriesOfGit, GivesTheWordsOfGitForAnUnknownRevision) {
  EXPECT_THAT(error_of("git:" + folder("repository") + ":nowhere..main"),
              HasSubstr("nowhere..main"));
}

TEST_F(SeriesOfGit, ARangeIsNoOption) {
  EXPECT_NE(error_of("git:" + folder("repository") + ":--output=/tmp/luolab-never"), "no error");
  EXPECT_FALSE(fs::exists("/tmp/luolab-never"));
}

TEST_F(SeriesFolder, SaysHowAGitRangeIsWritten) {
  EXPECT_THAT(error_of("git:/x"), HasSubstr("git:DIR:RANGE"));
  EXPECT_THAT(error_of("git:/x:"), HasSubstr("git:DIR:RANGE"));
}

}  // namespace
}  // namespace luolab
