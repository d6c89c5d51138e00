// SPDX-License-Identifier: Apache-2.0
#include "core/http/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;

constexpr std::string_view kType = "multipart/form-data; boundary=b";

std::string part(std::string_view head, std::string_view bytes) {
  return "--b\r\n" + std::string(head) + "\r\n\r\n" + std::string(bytes) + "\r\n";
}

std::string failure(std::string_view type, std::string_view body, std::size_t most = 64) {
  const auto parts = parse_form(type, body, most);
  return parts ? "no failure" : parts.error().what;
}

TEST(Multipart, PartsComeInTheirOrderWithNameFileAndType) {
  const std::string body =
      "preamble\r\n" + part("Content-Disposition: form-data; name=\"scenario\"", "a\r\n--c\r\nb") +
      part(
          "content-disposition: Form-Data; name=patch; filename=\"../../etc/x.patch\"\r\n"
          "Content-Type: text/x-diff",
          std::string("\0\xff", 2)) +
      "--b--\r\nepilogue";
  const auto parts = parse_form(kType, body);
  ASSERT_TRUE(parts) << parts.error().what;
  ASSERT_EQ(parts->size(), 2u);
  EXPECT_EQ((*parts)[0].name, "scenario");
  EXPECT_EQ((*parts)[0].bytes, "a\r\n--c\r\nb");
  EXPECT_EQ((*parts)[0].content_type, "text/plain");
  EXPECT_EQ((*parts)[0].filename, "");
  EXPECT_EQ((*parts)[1].name, "patch");
  EXPECT_EQ((*parts)[1].filename, "x.patch");
  EXPECT_EQ((*parts)[1].content_type, "text/x-diff");
  EXPECT_EQ((*parts)[1].bytes, std::string("\0\xff", 2));
}

TEST(Multipart, APartMayBeEmpty) {
  const auto parts =
      parse_form(kType, part("Content-Disposition: form-data; name=\"x\"", "") + "--b--");
  ASSERT_TRUE(parts) << parts.error().what;
  EXPECT_EQ(parts->at(0).bytes, "");
}

TEST(Multipart, AFormMayHaveNoParts) {
  const auto parts = parse_form(kType, "--b--\r\n");
  ASSERT_TRUE(parts) << parts.error().what;
  EXPECT_TRUE(parts->empty());
}

TEST(Multipart, TheContentTypeMustNameABoundary) {
  EXPECT_THAT(failure("text/plain", "--b--"), HasSubstr("not multipart/form-data"));
  EXPECT_THAT(failure("multipart/form-data", "--b--"), HasSubstr("boundary"));
  EXPECT_THAT(failure("multipart/form-data; boundary=" + std::string(71, 'x'), "--b--"),
              HasSubstr("boundary"));
}

TEST(Multipart, ErrorsNameThePart) {
  const std::string good = part("Content-Disposition: form-data; name=\"x\"", "1");
  EXPECT_THAT(failure(kType, ""), HasSubstr("nowhere"));
  EXPECT_THAT(failure(kType, good), HasSubstr("part 1 has no end"));
  EXPECT_THAT(failure(kType, good + "--b\r\nno end"), HasSubstr("part 2 has no end"));
  EXPECT_THAT(failure(kType, good + "--bx\r\n\r\n--b--"), HasSubstr("part 2"));
  EXPECT_THAT(failure(kType, part("Content-Type: text/plain", "1") + "--b--"),
              HasSubstr("part 1: no Content-Disposition"));
  EXPECT_THAT(failure(kType, part("Content-Disposition: attachment; name=x", "1") + "--b--"),
              HasSubstr("part 1: Content-Disposition"));
  EXPECT_THAT(failure(kType, part("no colon", "1") + "--b--"), HasSubstr("malformed header"));
  EXPECT_THAT(failure(kType, "--b\r\nContent-Disposition: form-data; name=x\r\n--b--"),
              HasSubstr("part 1: no empty line"));
}

TEST(Multipart, TheNumberOfPartsIsLimited) {
  std::string body;
  for (int i = 0; i < 3; ++i) body += part("Content-Disposition: form-data; name=x", "1");
  body += "--b--";
  EXPECT_THAT(failure(kType, body, 2), HasSubstr("more than 2 parts"));
  EXPECT_EQ(failure(kType, body, 3), "no failure");
}

}  // namespace
}  // namespace luolab
