// SPDX-License-Identifier: Apache-2.0
#include "agent/text_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/clock.h"
#include "agent/hex.h"

namespace luolab {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

std::string note(std::uint32_t type, std::string name, std::string content) {
  const std::uint32_t header[] = {static_cast<std::uint32_t>(name.size()),
                                  static_cast<std::uint32_t>(content.size()), type};
  name.resize((name.size() + 3) / 4 * 4);
  content.resize((content.size() + 3) / 4 * 4);
  return std::string(reinterpret_cast<const char*>(header), sizeof header) + name + content;
}

const std::string kGnu("GNU", 4);

TEST(Meminfo, GivesKibByName) {
  EXPECT_THAT(
      parse_meminfo("MemTotal:        1022652 kB\nHugePages_Total:       0\nMemFree: 5 kB\n"),
      UnorderedElementsAre(Pair("MemTotal", 1022652), Pair("MemFree", 5)));
}

TEST(Meminfo, LeavesOutRubbish) {
  EXPECT_THAT(parse_meminfo("\nno colon kB\nA: x kB\nB: 1 MB\n:"), testing::IsEmpty());
}

TEST(BuildId, IsFoundBehindOtherNotes) {
  const std::string notes =
      note(6, "Xen", "abc") + note(1, kGnu, "abcd") + note(3, kGnu, "\x12\xab");
  EXPECT_EQ(parse_build_id(notes), "12ab");
}

TEST(BuildId, IsEmptyWhereNotesAreCutOffOrMissing) {
  const std::string whole = note(3, kGnu, "12345678901234567890");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(parse_build_id(std::string_view(whole).substr(0, size)), "") << size;
  }
  EXPECT_EQ(parse_build_id(whole).size(), 40u);
}

TEST(BuildId, SurvivesAbsurdLengths) { EXPECT_EQ(parse_build_id(std::string(64, '\xff')), ""); }

TEST(PhaseStamps, AreReadByName) {
  EXPECT_THAT(parse_phase_stamps("first_c 123\nstart_kernel 18446744073709551615\nbroken\nbad x\n"),
              UnorderedElementsAre(Pair("first_c", 123), Pair("start_kernel", ~std::uint64_t{0})));
}

TEST(CommandLine, IsSearchedByWholeWords) {
  EXPECT_TRUE(has_word("kho=on luolab.misbehave=nonce\n", "luolab.misbehave=nonce"));
  EXPECT_FALSE(has_word("kho=on xluolab.misbehave=nonce", "luolab.misbehave=nonce"));
  EXPECT_FALSE(has_word("luolab.misbehave=noncex", "luolab.misbehave=nonce"));
  EXPECT_FALSE(has_word("", "a"));
}

TEST(TextFile, IsEmptyWhereItIsMissing) {
  EXPECT_EQ(read_text("/nonexistent"), "");
  EXPECT_EQ(read_line("/nonexistent"), "");
  EXPECT_EQ(read_number("/nonexistent"), std::nullopt);
  EXPECT_FALSE(write_text("/nonexistent/x", "1"));
}

TEST(Hex, GoesBothWays) {
  const std::string bytes("\x00\x7f\xff", 3);
  EXPECT_EQ(to_hex(bytes), "007fff");
  EXPECT_EQ(from_hex("007FfF"), bytes);
  EXPECT_EQ(from_hex(""), "");
  EXPECT_EQ(hex_word(0x1f), "000000000000001f");
}

TEST(Hex, RefusesWhatIsNone) {
  for (const char* const text : {"0", "0g", "+1", " 1", "0x", "1-"})
    EXPECT_EQ(from_hex(text), std::nullopt) << text;
}

TEST(TscFrequency, IsTakenFromCpuinfoWhereItIsTheCountersOwn) {
  EXPECT_EQ(cpuinfo_tsc_hz("flags\t: fpu tsc\ncpu MHz\t\t: 2296.050\n"), 2296050000u);
}

TEST(TscFrequency, IsNotTakenFromAClockThatVaries) {
  EXPECT_EQ(cpuinfo_tsc_hz("cpu MHz\t\t: 800.000\nflags\t: fpu aperfmperf tsc\n"), 0u);
  EXPECT_EQ(cpuinfo_tsc_hz("flags\t: fpu\n"), 0u);
}

TEST(TscFrequency, NamesItsSource) {
  const TscFrequency frequency = tsc_frequency(read_clocks());
  EXPECT_GT(frequency.hz, 1'000'000u);
  EXPECT_THAT(frequency.source, testing::AnyOf("cpuid-15h", "cpuid-40000010h", "cpuid-16h",
                                               "proc-cpuinfo", "monotonic-raw"));
}

}  // namespace
}  // namespace luolab
