// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/lease.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

KernelSpec deb_kernel() {
  KernelSpec kernel;
  kernel.base.name = "linux-7.3";
  kernel.base.kind = BaseKind::deb;
  kernel.base.package = "linux-source-7.3";
  kernel.base.suites = {"sid", "trixie"};
  kernel.base.mirror = "http://deb.example/debian";
  kernel.base.recorded_version = "7.3-1";
  kernel.base.recorded_sha256 = "abc";
  kernel.series = {{"one", {{"a.patch", "A"}, {"b.patch", "B"}}}};
  kernel.fragments = {{"liveupdate", "CONFIG_X=y\n"}, {"qemu", "CONFIG_Y=y\n"}};
  return kernel;
}

KernelSpec tarball_kernel(const std::string& sha256) {
  KernelSpec kernel;
  kernel.base.kind = BaseKind::tarball;
  kernel.base.location = "linux.tar.xz";
  kernel.base.sha256 = sha256;
  return kernel;
}

TEST(SharedBuildKey, IsADigestAndTheSameForTheSameKernel) {
  EXPECT_EQ(build_key(deb_kernel()), build_key(deb_kernel()));
  EXPECT_EQ(build_key(deb_kernel()).size(), 64U);
  EXPECT_EQ(build_key(deb_kernel()).find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(SharedBuildKey, ChangesWithEverythingThatIsBuiltFrom) {
  std::set<std::string> keys = {build_key(deb_kernel()), build_key(tarball_kernel("abc")),
                                build_key(tarball_kernel("abd"))};
  const auto add_changed = [&](auto change) {
    KernelSpec kernel = deb_kernel();
    change(kernel);
    keys.insert(build_key(kernel));
  };
  add_changed([](KernelSpec& k) { k.base.package = "linux-source-7.4"; });
  add_changed([](KernelSpec& k) { k.base.suites = {"sid"}; });
  add_changed([](KernelSpec& k) { k.base.suites = {"trixie", "sid"}; });
  add_changed([](KernelSpec& k) { k.base.mirror = "http://other.example/debian"; });
  add_changed([](KernelSpec& k) { k.base.recorded_version = "7.3-2"; });
  add_changed([](KernelSpec& k) { k.base.recorded_sha256 = "abd"; });
  add_changed([](KernelSpec& k) { k.series[0].patches[1].text = "C"; });
  add_changed([](KernelSpec& k) { k.series[0].patches.pop_back(); });
  add_changed([](KernelSpec& k) { std::swap(k.series[0].patches[0], k.series[0].patches[1]); });
  add_changed([](KernelSpec& k) { k.series[0].patches = {{"a.patch", "AB"}}; });
  add_changed([](KernelSpec& k) { k.fragments[0].text = "CONFIG_X=n\n"; });
  add_changed([](KernelSpec& k) { std::swap(k.fragments[0], k.fragments[1]); });
  EXPECT_EQ(keys.size(), 15U);
}

TEST(SharedBuildKey, DoesNotDependOnNames) {
  KernelSpec renamed = deb_kernel();
  renamed.base.name = "mine";
  renamed.fragments[0].name = "other";
  renamed.series = {{"x", {{"1.patch", "A"}}}, {"y", {{"2.patch", "B"}}}};
  EXPECT_EQ(build_key(renamed), build_key(deb_kernel()));
  KernelSpec moved = tarball_kernel("abc");
  moved.base.location = "https://example/linux.tar.xz";
  EXPECT_EQ(build_key(moved), build_key(tarball_kernel("abc")));
}

TEST(SharedBuildKey, IsEmptyWhereTheSpecDoesNotNameTheContent) {
  for (const BaseKind kind : {BaseKind::git, BaseKind::dir, BaseKind::prebuilt}) {
    KernelSpec kernel = deb_kernel();
    kernel.base.kind = kind;
    EXPECT_THAT(build_key(kernel), IsEmpty());
  }
  EXPECT_THAT(build_key(tarball_kernel("")), IsEmpty());
}

TEST(NeedsOfAJob, AreThoseOfItsTargetAndItsKernels) {
  Job job;
  job.target.arch = "x86_64";
  job.target.memory_bytes = 7;
  job.target.cpus = 3;
  job.target.tags = {"numa", "big", "numa"};
  KernelSpec own = deb_kernel();
  own.base.kind = BaseKind::dir;
  job.kernels = {deb_kernel(), own, deb_kernel()};
  const Needs needs = needs_of(job);
  EXPECT_EQ(needs.arch, "x86_64");
  EXPECT_EQ(needs.memory_bytes, 7U);
  EXPECT_EQ(needs.cpus, 3U);
  EXPECT_FALSE(needs.kvm);
  EXPECT_THAT(needs.tags, ElementsAre("big", "numa"));
  EXPECT_THAT(needs.target, IsEmpty());
  EXPECT_THAT(needs.builds, ElementsAre(build_key(deb_kernel())));
}

TEST(NeedsOfAJob, AMachineThatIsNamedIsAskedForByItsName) {
  Job job;
  job.target.name = "rack1";
  EXPECT_EQ(needs_of(job).target, "rack1");
}

TEST(NeedsOfAJob, TheTagKvmAsksForHardwareVirtualisation) {
  Job job;
  job.target.tags = {"kvm", "big"};
  EXPECT_TRUE(needs_of(job).kvm);
  EXPECT_THAT(needs_of(job).tags, ElementsAre("big"));
}

}  // namespace
}  // namespace luolab
