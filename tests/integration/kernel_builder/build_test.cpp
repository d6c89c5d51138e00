// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "tests/integration/kernel_builder/build_harness.h"
#include "tests/integration/kernel_builder/toy_kernel.h"

namespace luolab {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace fs = std::filesystem;

class KernelBuilds : public BuildHarness {
 protected:
  fs::path object_stamp(const KernelBuild& build, const std::string& object) const {
    for (const auto& entry :
         fs::directory_iterator((build.image.parent_path() / "obj" / object).parent_path())) {
      if (entry.path().filename().string().starts_with(fs::path(object).filename().string() + "."))
        return entry.path().filename();
    }
    return {};
  }
};

TEST_F(KernelBuilds, AreWholeAndDescribed) {
  const auto build = this->build(toy_kernel(source()));
  ASSERT_TRUE(build.has_value()) << build.error().error.what << "\n" << build.error().evidence;
  EXPECT_TRUE(fs::exists(build->image));
  EXPECT_TRUE(fs::exists(build->vmlinux));
  EXPECT_EQ(build->release, "7.3.4-toy");
  EXPECT_EQ(build->build_id.size(), 40U);
  EXPECT_THAT(metadata_of(*build),
              AllOf(HasSubstr(build->digest), HasSubstr("\"grown_from\": null"),
                    HasSubstr("luolab kernel build --base toy")));
  EXPECT_THAT(stages(), Contains("configuring"));
  EXPECT_THAT(stages(), Contains("linking"));
  EXPECT_TRUE(fs::is_empty(cache().work()));
}

TEST_F(KernelBuilds, TheSameKeyIsNotBuiltAgain) {
  const auto first = build(toy_kernel(source()));
  ASSERT_TRUE(first.has_value());
  const auto again = build(toy_kernel(source()));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->digest, first->digest);
  EXPECT_THAT(stages(), Not(Contains("compiling")));
}

TEST_F(KernelBuilds, AreFoundWithoutBuildingOnceTheyAreThere) {
  KernelBuilder builder(context_.get_executor(), options());
  const auto before = builder.cached(toy_kernel(source()));
  ASSERT_TRUE(before.has_value());
  EXPECT_FALSE(before->has_value());
  const auto build = this->build(toy_kernel(source()));
  const auto after = builder.cached(toy_kernel(source()));
  ASSERT_TRUE(after && *after);
  EXPECT_EQ((*after)->digest, build->digest);
  EXPECT_EQ((*after)->build_id, build->build_id);
}

TEST_F(KernelBuilds, APatchChangesTheKernelAndNotTheBase) {
  const auto plain = build(toy_kernel(source()));
  const auto patched = build(
      toy_kernel(source(), {value_patch("mm/shmem.c", "shmem_value", 1, "int shmem_value = 2;")}));
  ASSERT_TRUE(plain.has_value());
  ASSERT_TRUE(patched.has_value()) << patched.error().evidence;
  EXPECT_NE(patched->digest, plain->digest);
  EXPECT_NE(patched->build_id, plain->build_id);
  EXPECT_EQ(read_file(source() / "mm/shmem.c").value(), "int shmem_value = 1;\n");
  for (const auto& base : fs::directory_iterator(cache().bases())) {
    if (!base.is_directory()) continue;
    EXPECT_EQ(read_file(base.path() / "tree/mm/shmem.c").value(), "int shmem_value = 1;\n");
  }
}

TEST_F(KernelBuilds, GrowOutOfTheNearestRelative) {
  const Patch first = value_patch("mm/shmem.c", "shmem_value", 1, "int shmem_value = 2;");
  const Patch second = value_patch("kernel/fork.c", "fork_value", 1, "int fork_value = 2;");
  const auto parent = build(toy_kernel(source(), {first}));
  const auto child = build(toy_kernel(source(), {first, second}));
  ASSERT_TRUE(child.has_value()) << child.error().evidence;
  EXPECT_THAT(metadata_of(*child), HasSubstr("\"grown_from\": \"" + parent->digest));
  EXPECT_THAT(stages(), Not(Contains("configuring")));
  EXPECT_EQ(object_stamp(*child, "mm/shmem.o"), object_stamp(*parent, "mm/shmem.o"))
      << "compiled again without need";
  EXPECT_NE(child->build_id, parent->build_id);
}

TEST_F(KernelBuilds, AGrownOneIsTheSameAsOneFromNothing) {
  const Patch patch = value_patch("mm/shmem.c", "shmem_value", 1, "int shmem_value = 7;");
  ASSERT_TRUE(build(toy_kernel(source())).has_value());
  const auto grown = build(toy_kernel(source(), {patch}));
  ASSERT_TRUE(grown.has_value());
  fs::remove_all(cache().builds());
  const auto fresh = build(toy_kernel(source(), {patch}));
  ASSERT_TRUE(fresh.has_value());
  EXPECT_THAT(metadata_of(*fresh), HasSubstr("\"grown_from\": null"));
  EXPECT_EQ(fresh->digest, grown->digest);
  EXPECT_EQ(fresh->build_id, grown->build_id);
}

TEST_F(KernelBuilds, APatchMayAddAndDeleteFiles) {
  const Patch patch = {"move",
                       "--- /dev/null\n+++ b/lib/new/added.c\n@@ -0,0 +1 @@\n+int added = 1;\n"
                       "--- a/kernel/fork.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-int fork_value = 1;\n"
                       "--- /dev/null\n+++ b/mm/also.c\n@@ -0,0 +1 @@\n+int also = 1;\n"};
  const auto build = this->build(toy_kernel(source(), {patch}));
  ASSERT_TRUE(build.has_value()) << build.error().evidence;
  EXPECT_TRUE(fs::exists(build->image.parent_path() / "obj/mm/also.o"));
  EXPECT_FALSE(fs::exists(build->image.parent_path() / "obj/kernel/fork.o"));
}

TEST_F(KernelBuilds, APatchThatDoesNotApplyShowsTheRejectedHunk) {
  const auto build = this->build(
      toy_kernel(source(), {value_patch("mm/shmem.c", "shmem_value", 5, "int shmem_value = 6;")}));
  ASSERT_FALSE(build.has_value());
  EXPECT_EQ(build.error().trouble, BuildTrouble::does_not_apply);
  EXPECT_THAT(build.error().error.what, HasSubstr("\"mm/shmem.c patch\" does not apply to toy"));
  EXPECT_THAT(build.error().evidence,
              AllOf(HasSubstr("-int shmem_value = 5;"), HasSubstr("mm/shmem.c")));
  EXPECT_TRUE(fs::is_empty(cache().work()));
}

TEST_F(KernelBuilds, FuzzIsRefused) {
  write_file_atomically(source() / "mm/shmem.c",
                        "int a;\nint b;\nint shmem_value = 1;\nint c;\nint changed;\n");
  const Patch patch = {"fuzzy",
                       "--- a/mm/shmem.c\n+++ b/mm/shmem.c\n@@ -1,5 +1,5 @@\n int a;\n int "
                       "b;\n-int shmem_value = 1;\n+int shmem_value = 2;\n int c;\n int d;\n"};
  const auto build = this->build(toy_kernel(source(), {patch}));
  ASSERT_FALSE(build.has_value());
  EXPECT_EQ(build.error().trouble, BuildTrouble::does_not_apply);
}

TEST_F(KernelBuilds, APatchCanNotLeaveTheTree) {
  const Patch patch = {"evil", "--- a/../../escape\n+++ b/../../escape\n@@ -0,0 +1 @@\n+x\n"};
  const auto build = this->build(toy_kernel(source(), {patch}));
  ASSERT_FALSE(build.has_value());
  EXPECT_EQ(build.error().trouble, BuildTrouble::does_not_apply);
  EXPECT_THAT(build.error().evidence, HasSubstr("outside"));
}

TEST_F(KernelBuilds, ACompileErrorIsShownAndTheLogKept) {
  const auto build = this->build(toy_kernel(
      source(), {value_patch("mm/shmem.c", "shmem_value", 1, "int shmem_value = oops;")}));
  ASSERT_FALSE(build.has_value());
  EXPECT_EQ(build.error().trouble, BuildTrouble::compile_failed);
  EXPECT_EQ(build.error().error.fault, Fault::kernel);
  EXPECT_THAT(build.error().evidence, AllOf(StartsWith("mm/shmem.c:1:19: error: "),
                                            HasSubstr("oops"), Not(HasSubstr("***"))));
  ASSERT_FALSE(fs::is_empty(cache().failed_logs()));
  const fs::path log = fs::directory_iterator(cache().failed_logs())->path();
  EXPECT_THAT(build.error().error.what, HasSubstr(log.string()));
  EXPECT_TRUE(list_builds(cache()).empty());
}

TEST_F(KernelBuilds, AnOptionThatKconfigDropsIsNamedWithItsFragment) {
  KernelSpec kernel = toy_kernel(source());
  kernel.fragments.push_back({"wishes", "CONFIG_IMPOSSIBLE=y\n"});
  const auto build = this->build(kernel);
  ASSERT_FALSE(build.has_value());
  EXPECT_EQ(build.error().trouble, BuildTrouble::option_missing);
  EXPECT_EQ(build.error().evidence, "CONFIG_IMPOSSIBLE=y (fragment wishes; is not set)");
  EXPECT_THAT(stages(), Not(Contains("compiling")));
}

TEST_F(KernelBuilds, AFragmentThatCanNotBeReadIsTheUsersFault) {
  KernelSpec kernel = toy_kernel(source());
  kernel.fragments.push_back({"broken", "nonsense\n"});
  const auto build = this->build(kernel);
  ASSERT_FALSE(build.has_value());
  EXPECT_EQ(build.error().error.fault, Fault::scenario);
  EXPECT_THAT(build.error().error.what, HasSubstr("fragment broken:1"));
}

TEST_F(KernelBuilds, AMissingFolderIsTheUsersFault) {
  const auto build = this->build(toy_kernel(dir_.path() / "nowhere"));
  ASSERT_FALSE(build.has_value());
  EXPECT_EQ(build.error().trouble, BuildTrouble::lab);
  EXPECT_EQ(build.error().error.fault, Fault::scenario);
}

TEST_F(KernelBuilds, OneThatTakesTooLongIsALabTrouble) {
  BuilderOptions limited = options();
  limited.time_limit = std::chrono::milliseconds{300};
  KernelBuilder builder(context_.get_executor(), limited);
  const auto build = run_task(
      context_, builder.build(toy_kernel(
                    source(), {value_patch("mm/shmem.c", "shmem_value", 1, "int HANG = 1;")})));
  ASSERT_FALSE(build.has_value());
  EXPECT_EQ(build.error().trouble, BuildTrouble::lab);
  EXPECT_THAT(build.error().error.what, HasSubstr("took longer than 300 ms"));
  EXPECT_TRUE(fs::is_empty(cache().work()));
}

TEST_F(KernelBuilds, APrebuiltImageIsTakenAsItIs) {
  const auto built = build(toy_kernel(source()));
  KernelSpec prebuilt;
  prebuilt.base.name = "mine";
  prebuilt.base.kind = BaseKind::prebuilt;
  prebuilt.base.location = built->image.string();
  const auto image = build(prebuilt);
  ASSERT_TRUE(image.has_value()) << image.error().error.what;
  EXPECT_EQ(image->release, "7.3.4-toy");
  EXPECT_TRUE(image->vmlinux.empty());
  prebuilt.base.location = (built->image.parent_path() / "obj").string();
  fs::remove_all(cache().build(image->digest));
  const auto tree = build(prebuilt);
  ASSERT_TRUE(tree.has_value()) << tree.error().error.what;
  EXPECT_EQ(tree->build_id, built->build_id);
  prebuilt.series = {{"x", {{"p", "text"}}}};
  EXPECT_THAT(build(prebuilt).error().error.what, HasSubstr("can't be patched"));
}

}  // namespace
}  // namespace luolab
