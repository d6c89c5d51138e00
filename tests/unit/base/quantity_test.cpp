// SPDX-License-Identifier: Apache-2.0
#include "core/base/quantity.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

using namespace std::chrono_literals;

TEST(Size, ReadsEveryUnit) {
  EXPECT_EQ(parse_size("0"), 0U);
  EXPECT_EQ(parse_size("4097"), 4097U);
  EXPECT_EQ(parse_size("7B"), 7U);
  EXPECT_EQ(parse_size("3KiB"), 3072U);
  EXPECT_EQ(parse_size("384MiB"), 402653184U);
  EXPECT_EQ(parse_size("2GiB"), std::uint64_t{2} << 30);
  EXPECT_EQ(parse_size("1TiB"), std::uint64_t{1} << 40);
}

TEST(Size, RefusesWhatIsNoSize) {
  for (const char* text :
       {"", "MiB", "1GBB", "1MB", "1 MiB", " 1", "-1", "+1", "1.5GiB", "0x10", "1mib", "1MiBs"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
}

TEST(Size, RefusesWhatDoesNotFit63Bits) {
  EXPECT_EQ(parse_size("9223372036854775807"), 9223372036854775807U);
  EXPECT_EQ(parse_size("9223372036854775808"), std::nullopt);
  EXPECT_EQ(parse_size("8388607TiB"), std::uint64_t{8388607} << 40);
  EXPECT_EQ(parse_size("8388608TiB"), std::nullopt);
  EXPECT_EQ(parse_size("99999999999999999999"), std::nullopt);
}

TEST(Size, IsWrittenSoThatItReadsBackTheSame) {
  for (const std::uint64_t size :
       {0UL, 1UL, 4095UL, 4096UL, 4097UL, 2097153UL, 402653184UL, 1UL << 62}) {
    EXPECT_EQ(parse_size(format_size(size)), size) << format_size(size);
  }
  EXPECT_EQ(format_size(402653184), "384MiB");
  EXPECT_EQ(format_size(4097), "4097B");
}

TEST(Size, IsRoundedForPeople) {
  EXPECT_EQ(format_size_rounded(0), "0 B");
  EXPECT_EQ(format_size_rounded(1023), "1023 B");
  EXPECT_EQ(format_size_rounded(1536), "1.5 KiB");
  EXPECT_EQ(format_size_rounded(1503238553), "1.4 GiB");
}

TEST(Size, RoundsUpIntoTheNextUnit) { EXPECT_EQ(format_size_rounded((1 << 20) - 1), "1.0 MiB"); }

TEST(Duration, ReadsEveryUnitAndFractions) {
  EXPECT_EQ(parse_duration("0"), 0ns);
  EXPECT_EQ(parse_duration("7ns"), 7ns);
  EXPECT_EQ(parse_duration("7us"), 7us);
  EXPECT_EQ(parse_duration("1.5ms"), 1500us);
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration("30m"), 30min);
  EXPECT_EQ(parse_duration("1h"), 1h);
}

TEST(Duration, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "5", "s", "-1s", "1 s", "1e3s", "nans", "infs", "1.2.3s", "1sec"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Duration, RefusesWhatDoesNotFit63BitsOfNanoseconds) {
  EXPECT_TRUE(parse_duration("2500000h").has_value());
  EXPECT_EQ(parse_duration("2600000h"), std::nullopt);
}

TEST(Duration, IsWrittenWithThreeDigits) {
  EXPECT_EQ(format_duration(0ns), "0 ns");
  EXPECT_EQ(format_duration(999ns), "999 ns");
  EXPECT_EQ(format_duration(85us), "85.0 us");
  EXPECT_EQ(format_duration(208ms), "208 ms");
  EXPECT_EQ(format_duration(1420ms), "1.42 s");
  EXPECT_EQ(format_duration(12'300ms), "12.3 s");
  EXPECT_EQ(format_duration(125s), "2 min 05 s");
}

TEST(Duration, RoundsUpIntoTheNextUnit) {
  EXPECT_EQ(format_duration(999'700us), "1.00 s");
  EXPECT_EQ(format_duration(9'996us), "10.0 ms");
  EXPECT_EQ(format_duration(99'970us), "100 ms");
  EXPECT_EQ(format_duration(59'980ms), "1 min 00 s");
}

TEST(Duration, KeepsTheSignOfAClockThatWentBack) { EXPECT_EQ(format_duration(-1420ms), "-1.42 s"); }

}  // namespace
}  // namespace luolab
