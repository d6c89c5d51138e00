// SPDX-License-Identifier: Apache-2.0
#include "cli/ssh_address.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

struct Expected {
  const char* text;
  const char* user;
  const char* host;
  std::uint16_t port;
};

TEST(SshAddress, UserHostAndPortAreFound) {
  for (const Expected& expected : {Expected{"root@lab7", "root", "lab7", 22},
                                   {"root@10.0.0.7:2222", "root", "10.0.0.7", 2222},
                                   {"a@b@lab7", "a@b", "lab7", 22},
                                   {"root@fe80::1", "root", "fe80::1", 22},
                                   {"root@[fe80::1]:2222", "root", "fe80::1", 2222},
                                   {"root@[fe80::1]", "root", "fe80::1", 22}}) {
    const auto login = parse_ssh_address(expected.text);
    ASSERT_TRUE(login) << expected.text;
    EXPECT_EQ(login->user, expected.user) << expected.text;
    EXPECT_EQ(login->host, expected.host) << expected.text;
    EXPECT_EQ(login->port, expected.port) << expected.text;
  }
}

TEST(SshAddress, WhatIsNoneIsNamed) {
  for (const char* wrong : {"", "lab7", "@lab7", "root@", "root@lab7:", "root@lab7:0",
                            "root@lab7:70000", "root@lab7:22x", "root@:22", "root@[]:22"}) {
    const auto login = parse_ssh_address(wrong);
    ASSERT_FALSE(login) << wrong;
    EXPECT_EQ(login.error().what, "\"" + std::string(wrong) + "\" is no USER@HOST[:PORT]");
  }
}

}  // namespace
}  // namespace luolab
