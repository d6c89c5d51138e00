// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernel-patches/catalog.h"
#include "kernel-patches/patch_text.h"

namespace luolab {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;

Catalog shipped() { return Catalog::load(LUOLAB_SOURCE_DIR).value(); }

/// Lines of a patch that add or remove something.
std::ptrdiff_t changed_lines(const std::string& patch) {
  std::istringstream lines(patch);
  std::ptrdiff_t changed = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool is_name = line.starts_with("+++") || line.starts_with("---");
    if (!is_name && (line.starts_with("+") || line.starts_with("-"))) ++changed;
  }
  return changed;
}

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

TEST(ShippedData, HasAMutantForEveryPromise) {
  std::set<unsigned> broken;
  for (const Mutant& mutant : shipped().mutants()) broken.insert(mutant.promise);
  EXPECT_EQ(broken.size(), kContractItems);
}

TEST(ShippedData, EveryMutantIsSmallAndBearsTheKernelsLicence) {
  const Catalog catalog = shipped();
  ASSERT_FALSE(catalog.mutants().empty());
  for (const Mutant& mutant : catalog.mutants()) {
    const std::string& text = mutant.series.patches.front().text;
    EXPECT_THAT(text, HasSubstr("\nSPDX-License-Identifier: GPL-2.0\n")) << mutant.name;
    EXPECT_LT(changed_lines(text), 30) << mutant.name;
  }
}

}  // namespace
}  // namespace luolab
