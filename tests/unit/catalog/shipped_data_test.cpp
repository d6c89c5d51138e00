// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel-patches/catalog.h"
#include "kernel-patches/patch_text.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;

Catalog shipped() { return Catalog::load(LUOLAB_SOURCE_DIR).value(); }

TEST(ShippedData, HasBothDebianBasesWithRecordedVersions) {
  for (const char* name : {"linux-7.2", "linux-7.3"}) {
    const auto base = shipped().base(name);
    ASSERT_TRUE(base.has_value()) << base.error().what;
    EXPECT_EQ(base->kind, BaseKind::deb);
    EXPECT_EQ(base->recorded_version.substr(0, 3), std::string(name).substr(6));
    EXPECT_EQ(base->recorded_sha256.size(), 64U);
  }
}

TEST(ShippedData, HasTheFragmentsThatTheDefaultsName) {
  EXPECT_THAT(shipped().fragment_names(), IsSupersetOf({"liveupdate", "qemu-x86_64", "debug",
                                                        "compress-gzip", "compress-zstd"}));
}

TEST(ShippedData, PhaseStampsBearsTheKernelsLicenceAndNoPersonsName) {
  const auto series = shipped().series("phase-stamps");
  ASSERT_TRUE(series.has_value()) << series.error().what;
  ASSERT_FALSE(series->patches.empty());
  EXPECT_THAT(series->patches[0].text, HasSubstr("+// SPDX-License-Identifier: GPL-2.0\n"));
  EXPECT_THAT(series->patches[0].text, HasSubstr("From: luolab <luolab@localhost>\n"));
}

}  // namespace
}  // namespace luolab
