// SPDX-License-Identifier: Apache-2.0
#include "core/http/media_type.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(MediaType, TypeAndParametersAreTakenApart) {
  const auto media = parse_media_type("Multipart/Form-Data; Boundary=\"a b\\\"c\";charset=utf-8 ;");
  ASSERT_TRUE(media);
  EXPECT_EQ(media->type, "multipart/form-data");
  EXPECT_EQ(media->parameters.at("boundary"), "a b\"c");
  EXPECT_EQ(media->parameters.at("charset"), "utf-8");
}

TEST(MediaType, WhatIsMalformedIsNone) {
  for (const char* text : {"", "text", "text/", "/plain", "text/pl ain", "text/plain; x",
                           "text/plain; x=", "text/plain; x=\"open", "text/plain; x=1; X=2",
                           "text/plain; x=a b", "text/plain; x=\"a\" y"}) {
    EXPECT_FALSE(parse_media_type(text)) << text;
  }
}

TEST(MediaType, TheExtensionTellsOfAFile) {
  EXPECT_EQ(media_type_of("web/index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(media_type_of("A.JSON"), "application/json");
  EXPECT_EQ(media_type_of("vmlinux"), "application/octet-stream");
}

TEST(MediaType, TextIsCompressibleAndPicturesAreNot) {
  for (const char* type : {"text/html; charset=utf-8", "application/json",
                           "application/problem+json", "image/svg+xml"}) {
    EXPECT_TRUE(is_compressible(type)) << type;
  }
  for (const char* type : {"image/png", "application/zstd", "text/event-stream", "", "nonsense"})
    EXPECT_FALSE(is_compressible(type)) << type;
}

}  // namespace
}  // namespace luolab
