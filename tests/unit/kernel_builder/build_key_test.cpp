// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/build_key.h"

#include <set>

#include <gtest/gtest.h>

namespace luolab {
namespace {

KernelSpec spec() {
  KernelSpec kernel;
  kernel.base.name = "linux-7.3";
  kernel.series = {{"one", {{"a.patch", "A"}, {"b.patch", "B"}}}};
  kernel.fragments = {{"liveupdate", "CONFIG_X=y\n"}, {"qemu", "CONFIG_Y=y\n"}};
  return kernel;
}

BuildIngredients ingredients() {
  return BuildIngredients::of(spec(), "content", {"gcc 12.2.0", "ld 2.40"});
}

TEST(BuildKey, IsTheSameForTheSameIngredients) {
  EXPECT_EQ(ingredients().key(), ingredients().key());
  EXPECT_EQ(ingredients().key().size(), 64U);
}

TEST(BuildKey, ChangesWithEachIngredient) {
  std::set<std::string> keys = {ingredients().key()};
  const auto add_changed = [&](auto change) {
    BuildIngredients changed = ingredients();
    change(changed);
    keys.insert(changed.key());
  };
  add_changed([](BuildIngredients& all) { all.base_digest = "other"; });
  add_changed([](BuildIngredients& all) { all.patches[1] = "B2"; });
  add_changed([](BuildIngredients& all) { all.patches.pop_back(); });
  add_changed([](BuildIngredients& all) { std::swap(all.patches[0], all.patches[1]); });
  add_changed([](BuildIngredients& all) { all.patches = {"AB"}; });
  add_changed([](BuildIngredients& all) { all.fragments[0] = "CONFIG_X=n\n"; });
  add_changed([](BuildIngredients& all) { std::swap(all.fragments[0], all.fragments[1]); });
  add_changed([](BuildIngredients& all) { all.toolchain.compiler = "gcc 13"; });
  add_changed([](BuildIngredients& all) { all.toolchain.linker = "ld 2.41"; });
  add_changed([](BuildIngredients& all) { all.variables.push_back("ARCH=arm64"); });
  EXPECT_EQ(keys.size(), 11U);
}

TEST(BuildKey, DoesNotDependOnNames) {
  KernelSpec renamed = spec();
  renamed.base.name = "dir:/home/me/linux";
  renamed.base.kind = BaseKind::dir;
  renamed.base.location = "/home/me/linux";
  renamed.series[0].name = "two";
  renamed.series[0].patches[0].name = "c.patch";
  renamed.fragments[0].name = "mine";
  EXPECT_EQ(BuildIngredients::of(renamed, "content", {"gcc 12.2.0", "ld 2.40"}).key(),
            ingredients().key());
}

TEST(BuildKey, DoesNotDependOnHowPatchesAreSplitIntoSeries) {
  KernelSpec split = spec();
  split.series = {{"one", {{"a.patch", "A"}}}, {"two", {{"b.patch", "B"}}}};
  EXPECT_EQ(BuildIngredients::of(split, "content", {"gcc 12.2.0", "ld 2.40"}).key(),
            ingredients().key());
}

TEST(BuildKey, TheFamilyLeavesOnlyThePatchesOut) {
  BuildIngredients other = ingredients();
  other.patches.clear();
  EXPECT_EQ(other.family(), ingredients().family());
  other.fragments.pop_back();
  EXPECT_NE(other.family(), ingredients().family());
}

TEST(BuildKey, TheVariablesFixDateUserAndHost) {
  const auto& variables = build_variables();
  for (const char* name : {"KBUILD_BUILD_TIMESTAMP=", "KBUILD_BUILD_USER=", "KBUILD_BUILD_HOST=",
                           "KBUILD_BUILD_VERSION="}) {
    EXPECT_EQ(std::count_if(variables.begin(), variables.end(),
                            [&](const std::string& one) { return one.starts_with(name); }),
              1)
        << name;
  }
}

}  // namespace
}  // namespace luolab
