// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gtest/gtest.h>

#include "controller/access/rate_limit.h"
#include "controller/access/token.h"

namespace luolab {
namespace {

using namespace std::chrono_literals;

constexpr RateLimit::Clock::time_point kStart{1000s};

TEST(RateLimit, ABurstIsGrantedAndThenSoManyASecond) {
  RateLimit limit({.per_second = 2, .burst = 3});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limit.take("a", kStart));
  EXPECT_EQ(limit.take("a", kStart), 500ms);
  EXPECT_TRUE(limit.take("a", kStart + 499ms));
  EXPECT_FALSE(limit.take("a", kStart + 501ms));
  EXPECT_TRUE(limit.take("a", kStart + 502ms));
}

TEST(RateLimit, NobodyPaysForAnother) {
  RateLimit limit({.per_second = 1, .burst = 1});
  EXPECT_FALSE(limit.take("a", kStart));
  EXPECT_TRUE(limit.take("a", kStart));
  EXPECT_FALSE(limit.take("b", kStart));
}

TEST(RateLimit, WaitingLongerThanTheBurstSavesUpNoMore) {
  RateLimit limit({.per_second = 100, .burst = 2});
  EXPECT_FALSE(limit.take("a", kStart));
  const auto later = kStart + 1h;
  EXPECT_FALSE(limit.take("a", later));
  EXPECT_FALSE(limit.take("a", later));
  EXPECT_TRUE(limit.take("a", later));
}

TEST(RateLimit, ZeroIsNoLimitAndKeepsNothing) {
  RateLimit limit({.per_second = 0});
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(limit.take("a", kStart));
  EXPECT_EQ(limit.size(), 0u);
}

TEST(RateLimit, WhoHasNotAskedForLongIsForgotten) {
  RateLimit limit({.per_second = 1, .burst = 2});
  for (int i = 0; i < 100; ++i) limit.take(std::to_string(i), kStart);
  EXPECT_EQ(limit.size(), 100u);
  limit.take("new", kStart + 2min);
  EXPECT_EQ(limit.size(), 1u);
}

TEST(Token, IsLongDifferentEachTimeAndSafeInAHeader) {
  std::set<std::string> made;
  for (int i = 0; i < 100; ++i) {
    const std::string token = new_token();
    EXPECT_EQ(token.size(), 7u + 43u);
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_"),
              std::string::npos);
    made.insert(token);
  }
  EXPECT_EQ(made.size(), 100u);
}

TEST(Token, OnlyItsDigestIsKept) {
  EXPECT_EQ(token_digest("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_TRUE(same_digest(token_digest("abc"), token_digest("abc")));
  EXPECT_FALSE(same_digest(token_digest("abc"), token_digest("abd")));
  EXPECT_FALSE(same_digest(token_digest("abc"), ""));
}

TEST(Token, ABearerFieldHasOneTokenAndNothingElse) {
  EXPECT_EQ(bearer_token("Bearer luolab_x"), "luolab_x");
  EXPECT_EQ(bearer_token("bearer luolab_x"), "luolab_x");
  for (const char* field : {"", "Bearer", "Bearer ", "Basic luolab_x", "luolab_x", "Bearer a b",
                            "Bearer a,b", "Bearer a, Bearer b", "Bearer\ta"})
    EXPECT_EQ(bearer_token(field), "") << field;
}

TEST(Token, RolesAllowWhatTheySay) {
  for (const TokenRole needs :
       {TokenRole::read, TokenRole::submit, TokenRole::worker, TokenRole::admin}) {
    EXPECT_TRUE(allows(TokenRole::admin, needs));
    EXPECT_TRUE(allows(needs, needs));
    EXPECT_TRUE(allows(needs, TokenRole::read));
    EXPECT_EQ(parse_role(role_name(needs)), needs);
  }
  EXPECT_FALSE(allows(TokenRole::read, TokenRole::submit));
  EXPECT_FALSE(allows(TokenRole::submit, TokenRole::worker));
  EXPECT_FALSE(allows(TokenRole::worker, TokenRole::submit));
  EXPECT_FALSE(allows(TokenRole::submit, TokenRole::admin));
  EXPECT_FALSE(parse_role("root"));
}

}  // namespace
}  // namespace luolab
