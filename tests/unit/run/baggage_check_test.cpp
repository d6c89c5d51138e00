// SPDX-License-Identifier: Apache-2.0
#include "worker/run/baggage_check.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

boost::json::object baggage(const char* files) { return boost::json::parse(files).as_object(); }

TEST(BaggageCheck, SaysNothingOfWhatCameBackAsItWasPacked) {
  const auto same = baggage(R"({"files":[{"name":"kernel-1","size":7,"xxh3":"aa"}]})");
  EXPECT_THAT(compare_baggage(same, same), IsEmpty());
}

TEST(BaggageCheck, NamesTheFileThatCameBackAsAnother) {
  const auto packed = baggage(
      R"({"files":[{"name":"kernel-1","size":7,"xxh3":"aa"},{"name":"initrd","size":9,"xxh3":"bb"}]})");
  const auto unpacked = baggage(
      R"({"nonce":"n","files":[{"name":"initrd","size":9,"xxh3":"cc"},{"name":"kernel-1","size":7,"xxh3":"aa"}]})");
  const auto differences = compare_baggage(packed, unpacked);
  ASSERT_THAT(differences, SizeIs(1));
  EXPECT_EQ(differences[0].subject, "luolab/initrd");
  EXPECT_THAT(differences[0].detail, HasSubstr("bb"));
  EXPECT_THAT(differences[0].detail, HasSubstr("cc"));
}

TEST(BaggageCheck, PassesOverWhatItDidNotSeePacked) {
  const auto unpacked = baggage(R"({"files":[{"name":"kernel-1","size":7,"xxh3":"aa"}]})");
  EXPECT_THAT(compare_baggage({}, unpacked), IsEmpty());
  EXPECT_THAT(compare_baggage(unpacked, baggage(R"({"nonce":"n"})")), IsEmpty());
}

}  // namespace
}  // namespace luolab
