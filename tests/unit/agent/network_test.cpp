// SPDX-License-Identifier: Apache-2.0
#include "agent/network.h"

#include <gtest/gtest.h>

#include "agent/kernel_log.h"

namespace luolab {
namespace {

TEST(NetworkSetting, IsReadFromTheCommandLine) {
  const auto setting =
      parse_network_setting("kho=on luolab.ssh=52:54:00:ab:cd:01,10.0.2.15/24,10.0.2.2,120 quiet");
  ASSERT_TRUE(setting);
  EXPECT_EQ(setting->mac, "52:54:00:ab:cd:01");
  EXPECT_EQ(setting->address, 0x0a00020fU);
  EXPECT_EQ(setting->prefix, 24U);
  EXPECT_EQ(setting->gateway, 0x0a000202U);
  EXPECT_EQ(setting->unheard.count(), 120);
}

TEST(NetworkSetting, NeedsNoGateway) {
  const auto setting = parse_network_setting("luolab.ssh=m,10.0.2.15/24,,60");
  ASSERT_TRUE(setting);
  EXPECT_EQ(setting->gateway, 0U);
}

TEST(NetworkSetting, NonsenseIsNone) {
  for (const char* cmdline :
       {"", "kho=on", "luolab.ssh=", "luolab.ssh=m,10.0.2/24,,60", "luolab.ssh=m,10.0.2.15/33,,60",
        "luolab.ssh=m,10.0.2.15/24,x,60", "luolab.ssh=m,10.0.2.15/24,,soon"}) {
    EXPECT_FALSE(parse_network_setting(cmdline)) << cmdline;
  }
}

TEST(TcpSegments, AreTheColumnOfThatName) {
  EXPECT_EQ(parse_tcp_in_segments("Ip: A B\nIp: 1 2\nTcp: RtoMin InSegs OutSegs\nTcp: 200 77 5\n"),
            77U);
  EXPECT_EQ(parse_tcp_in_segments("Udp: InDatagrams\nUdp: 3\n"), 0U);
}

TEST(TcpListens, OnThatPortAndInThatState) {
  constexpr const char* kHead = "  sl  local_address rem_address   st tx_queue rx_queue\n";
  const std::string any = std::string(kHead) + "   0: 00000000:0016 00000000:0000 0A 00000000:0\n";
  EXPECT_TRUE(parse_tcp_listens(any, 22));
  EXPECT_FALSE(parse_tcp_listens(any, 2));
  EXPECT_TRUE(parse_tcp_listens("   1: 00000000000000000000000000000000:0016 0:0000 0A 0\n", 22));
  EXPECT_FALSE(parse_tcp_listens("   0: 0F02000A:0016 0202000A:D2F4 01 00000000:0\n", 22))
      << "a connection is no listener";
  EXPECT_FALSE(parse_tcp_listens("", 22));
}

TEST(KernelLog, ARecordLooksAsOnTheConsole) {
  EXPECT_EQ(console_line("5,0,1234567,-;Linux version 7.3.4\n SUBSYSTEM=x\n"),
            "[    1.234567] Linux version 7.3.4");
  EXPECT_EQ(console_line("nothing of the kind"), "");
}

}  // namespace
}  // namespace luolab
