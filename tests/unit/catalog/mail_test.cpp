// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/mail.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

constexpr const char* kFrom =
    "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n";

TEST(Mail, AMessageWithoutASeparatorIsOneMail) {
  EXPECT_FALSE(is_mbox("Subject: x\n\nbody\n"));
  EXPECT_EQ(split_mails("Subject: x\n\nbody\n").size(), 1U);
}

TEST(Mail, SplitsAtSeparatorsAfterABlankLineOnly) {
  const std::string mbox = std::string(kFrom) + "Subject: one\n\n" + "text\n" + kFrom + "\n" +
                           kFrom + "Subject: two\n\nend\n";
  ASSERT_TRUE(is_mbox(mbox));
  const auto mails = split_mails(mbox);
  ASSERT_EQ(mails.size(), 2U);
  EXPECT_EQ(mails[0].subject, "one");
  EXPECT_EQ(mails[1].subject, "two");
}

TEST(Mail, AWordFromInTheTextSplitsNothing) {
  EXPECT_EQ(
      split_mails(std::string(kFrom) + "Subject: a\n\nhello\n\nFrom here on all is well\n").size(),
      1U);
}

TEST(Mail, ReadsTheNumberAndDropsTheTags) {
  const auto mails = split_mails("Subject: [PATCH RFC v2 03/12] mm: [sic] do it\n\n");
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].subject, "mm: [sic] do it");
  EXPECT_EQ(mails[0].number, 3U);
  EXPECT_EQ(mails[0].count, 12U);
}

TEST(Mail, JoinsAFoldedSubject) {
  const auto mails =
      split_mails("From: a\nSubject: [PATCH] a very\n\tlong one\nDate: x\n\nSubject: not this\n");
  EXPECT_EQ(mails[0].subject, "a very long one");
  EXPECT_EQ(mails[0].number, 0U);
}

TEST(Mail, ReadsTheEncodingInAnyCase) {
  EXPECT_EQ(split_mails("content-transfer-ENCODING: Base64\n\nx\n")[0].encoding, "base64");
}

TEST(Mail, AnEmptyTextHasNoMail) { EXPECT_TRUE(split_mails("").empty()); }

}  // namespace
}  // namespace luolab
