// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/verdict.h"

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(Verdict, ReadsBackEveryName) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<Verdict>>([](auto entry) {
    EXPECT_EQ(parse_verdict(verdict_name(entry.value)), entry.value);
    EXPECT_EQ(verdict_name(entry.value), entry.name);
  });
}

TEST(Verdict, RefusesOtherWords) {
  for (const char* word : {"", "pass", "PASSED", "PASS ", "UNKNOWN"}) {
    EXPECT_EQ(parse_verdict(word), std::nullopt) << word;
  }
}

}  // namespace
}  // namespace luolab
