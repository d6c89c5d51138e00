// SPDX-License-Identifier: Apache-2.0
#include "agent/memory_leaks.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

constexpr std::string_view kForeign =
    "unreferenced object 0xffff888003c5a100 (size 32):\n"
    "  comm \"swapper/0\", pid 1, jiffies 4294667296\n"
    "  backtrace (crc 0):\n"
    "    acpi_ns_lookup+0x12/0x40\n";
constexpr std::string_view kSession =
    "unreferenced object 0xffff888004000000 (size 256):\n"
    "  comm \"agent\", pid 1, jiffies 4294668000\n"
    "  backtrace (crc 5ad2e1f0):\n"
    "    luo_session_create+0x33/0x120\n"
    "    luo_ioctl+0x9c/0x110\n";

TEST(ParseLeaks, CountsThoseOfLiveUpdateAndTellsOfTheFirst) {
  const std::string report =
      std::string(kForeign) + std::string(kSession) + std::string(kSession) + std::string(kForeign);
  const MemoryLeaks leaks = parse_leaks(report);
  EXPECT_EQ(leaks.count, 2u);
  EXPECT_EQ(leaks.first, kSession);
  EXPECT_EQ(leaks.elsewhere, 2u);
}

TEST(ParseLeaks, NothingIsNoLeak) {
  const MemoryLeaks leaks = parse_leaks("");
  EXPECT_EQ(leaks.count, 0u);
  EXPECT_EQ(leaks.first, "");
  EXPECT_EQ(leaks.elsewhere, 0u);
}

TEST(CountMapped, CountsAreasOfLiveUpdateAlone) {
  EXPECT_EQ(count_mapped(""), 0u);
  EXPECT_EQ(
      count_mapped(
          "0xffffc9000023d000-0xffffc90000252000   86016 memfd_luo_preserve+0x120/0x460 pages=20 "
          "vmalloc\n"
          "0xffffc90000260000-0xffffc90000262000    8192 bpf_prog_alloc+0x41/0xc0 pages=1 vmalloc\n"
          "0xffffc90000270000-0xffffc90000272000    8192 kho_restore_vmalloc+0x9/0xc0 pages=1 "
          "vmalloc"),
      2u);
}

}  // namespace
}  // namespace luolab
