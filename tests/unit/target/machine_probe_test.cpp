// SPDX-License-Identifier: Apache-2.0
#include "worker/target/machine_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "worker/target/machine_lock.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kGood =
    "arch=x86_64\nrelease=7.3.4\nboot_id=b\ncmdline=kho=on quiet\nmemory_kib=1021224\ncpus=2\nuid=0\n"
    "kexec_loaded=0\nkexec_disabled=0\nkexec_symbol=1\nkallsyms=1\nlockdown=[none] integrity\nkho=1\n"
    "liveupdate=\ndisk=disk 262144 0 262144 0% /var/tmp\n"
    "connection=10.0.2.2 36058 10.0.2.15 22\nroute=Iface Destination\n"
    "route=eth0 00000000 0202000A 0003 0 0 0 00000000 0 0 0\n"
    "route=eth0 0002000A 00000000 0001 0 0 0 00FFFFFF 0 0 0\n"
    "mac=lo 00:00:00:00:00:00\nmac=eth0 52:54:00:ab:cd:01\nend=1\n";

MachineReport report_with(const std::string& old_line, const std::string& line) {
  std::string text = kGood;
  text.replace(text.find(old_line), old_line.size(), line);
  return read_report(text).value();
}

TEST(MachineProbe, ReadsWhatTheScriptPrints) {
  const MachineReport report = read_report(kGood).value();
  EXPECT_EQ(report.release, "7.3.4");
  EXPECT_EQ(report.cmdline, "kho=on quiet");
  EXPECT_EQ(report.memory_bytes, std::uint64_t{1021224} << 10);
  EXPECT_EQ(report.cpus, 2U);
  EXPECT_EQ(report.lockdown, "none");
  EXPECT_TRUE(report.root && report.kho && report.kexec_file);
  EXPECT_FALSE(report.liveupdate || report.kexec_loaded);
  EXPECT_EQ(report.network, "52:54:00:ab:cd:01,10.0.2.15/24,10.0.2.2");
  EXPECT_THAT(obstacles(report, true), IsEmpty());
}

TEST(MachineProbe, ALoginThatPrintsSomethingElseIsNoReport) {
  const auto report = read_report("This account is not available.\n");
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().what, HasSubstr("This account is not available"));
}

TEST(MachineProbe, WhatStandsInTheWayComesWithItsRemedy) {
  EXPECT_THAT(obstacles(report_with("uid=0", "uid=1000"), true), ElementsAre(HasSubstr("sudo")));
  EXPECT_THAT(obstacles(report_with("kexec_disabled=0", "kexec_disabled=1"), true),
              ElementsAre(HasSubstr("/etc/sysctl.d")));
  EXPECT_THAT(obstacles(report_with("kexec_disabled=0", "kexec_disabled=1"), false), IsEmpty());
  EXPECT_THAT(obstacles(report_with("kexec_symbol=1", "kexec_symbol=0"), true),
              ElementsAre(HasSubstr("CONFIG_KEXEC_FILE")));
  EXPECT_THAT(obstacles(report_with("[none] integrity", "none [integrity]"), true),
              ElementsAre(HasSubstr("Secure Boot")));
  EXPECT_THAT(obstacles(report_with("262144 0 262144", "262144 262000 144"), true),
              ElementsAre(HasSubstr("make room in /var/tmp")));
  EXPECT_THAT(obstacles(report_with("end=1", "missing=sha256sum\nend=1"), true),
              ElementsAre(HasSubstr("`sha256sum` is missing")));
}

TEST(MachineLock, SaysWhoHasTheMachine) {
  EXPECT_TRUE(read_lock("got\n"));
  const auto held = read_lock("held other-lab-1234 17 240\n");
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().what, HasSubstr("other-lab-1234 has this machine (attempt 17"));
  EXPECT_THAT(read_lock("unwritable /var/tmp/luolab.lock").error().what, HasSubstr("can't be made"));
}

}  // namespace
}  // namespace luolab
