// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/apt_archive.h"

#include <gtest/gtest.h>

namespace luolab {
namespace {

constexpr const char* kShown =
    "Package: linux-source-7.3\nSource: linux (7.3.4-1)\nVersion: 7.3.4-1~bpo13+1\nDescription-en: "
    "Linux source\n"
    " Version: not this\nSHA256: aa\n\nPackage: linux-source-7.3\nVersion: 7.3.2-1\nSHA256: bb\n";

TEST(AptArchive, ReadsEveryVersionThatIsShown) {
  const auto packages = packages_of(kShown, "sid");
  ASSERT_EQ(packages.size(), 2U);
  EXPECT_EQ(packages[0].version, "7.3.4-1~bpo13+1");
  EXPECT_EQ(packages[0].sha256, "aa");
  EXPECT_EQ(packages[0].suite, "sid");
  EXPECT_EQ(packages[1].version, "7.3.2-1");
}

TEST(AptArchive, APackageWithoutADigestIsPassedOver) {
  EXPECT_TRUE(packages_of("Package: a\nVersion: 1\n\n", "sid").empty());
  EXPECT_TRUE(packages_of("N: Unable to locate package\n", "sid").empty());
}

}  // namespace
}  // namespace luolab
