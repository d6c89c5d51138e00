// SPDX-License-Identifier: Apache-2.0
#include "core/http/url.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(Url, APortThatIsNotNamedIsTheSchemes) {
  const auto plain = parse_server_url("http://lab.example");
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->tls);
  EXPECT_EQ(plain->port, 80);
  EXPECT_EQ(plain->authority(), "lab.example");
  const auto secure = parse_server_url("HTTPS://lab.example/");
  ASSERT_TRUE(secure);
  EXPECT_TRUE(secure->tls);
  EXPECT_EQ(secure->port, 443);
  EXPECT_EQ(secure->prefix, "");
}

TEST(Url, HostPortAndPrefixAreTakenApart) {
  const auto url = parse_server_url("https://[::1]:7443/luolab/x/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->port, 7443);
  EXPECT_EQ(url->prefix, "/luolab/x");
  EXPECT_EQ(url->authority(), "[::1]:7443");
  EXPECT_EQ(url->origin(), "https://[::1]:7443");
}

TEST(Url, WhatIsNoServersUrlIsTheUsersMistake) {
  for (const char* text : {"", "lab.example", "lab.example:80", "ftp://lab", "https://",
                           "http://user:pw@lab", "http://lab?x", "http://lab#x", "http://lab:0",
                           "http://lab:99999", "http://a b", "http:lab"}) {
    const auto url = parse_server_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().fault, Fault::scenario) << text;
  }
}

}  // namespace
}  // namespace luolab
