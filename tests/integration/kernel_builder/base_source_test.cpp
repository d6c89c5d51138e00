// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/base_source.h"

#include <gmock/gmock.h>

#include "core/base/sha256.h"
#include "tests/integration/kernel_builder/build_harness.h"
#include "tests/integration/kernel_builder/toy_kernel.h"
#include "worker/kernel/tree_digest.h"

namespace luolab {
namespace {

using testing::AllOf;
using testing::HasSubstr;

namespace fs = std::filesystem;

class BaseSource : public BuildHarness {
 protected:
  void SetUp() override {
    BuildHarness::SetUp();
    cache().create();
  }
  void shell(const std::string& command) { ASSERT_EQ(std::system(command.c_str()), 0) << command; }
  Result<BaseTree> provide(BaseSpec base, FetchPolicy policy = {}) {
    return run_task(context_,
                    provide_base(cache(), context_.get_executor(), std::move(base), policy, {}));
  }
  fs::path tarball() {
    const fs::path file = dir_.path() / "toy-1.0.tar.gz";
    shell("tar -C " + dir_.path().string() + " -czf " + file.string() + " source");
    return file;
  }
  BaseSpec tarball_base(const std::string& location, const std::string& sha256) {
    BaseSpec base;
    base.name = "toy";
    base.kind = BaseKind::tarball;
    base.location = location;
    base.sha256 = sha256;
    return base;
  }
  BaseSpec git_base(const std::string& location, const std::string& ref) {
    BaseSpec base;
    base.name = "toy";
    base.kind = BaseKind::git;
    base.location = location;
    base.ref = ref;
    return base;
  }
  void make_repository() {
    const std::string git =
        "git -C " + source().string() + " -c user.name=luolab -c user.email=luolab@localhost ";
    shell(git + "init -q -b main . && " + git + "add -A && " + git + "commit -q -m one && " + git +
          "tag v1");
  }
};

TEST_F(BaseSource, TheSameSourceHasOneDigestWhereverItComesFrom) {
  const fs::path file = tarball();
  const auto from_dir = provide(toy_base(source()));
  const auto from_tarball = provide(tarball_base(file.string(), sha256_of_file(file)));
  make_repository();
  const auto from_git = provide(git_base(source().string(), "v1"));
  ASSERT_TRUE(from_dir.has_value()) << from_dir.error().what;
  ASSERT_TRUE(from_tarball.has_value()) << from_tarball.error().what;
  ASSERT_TRUE(from_git.has_value()) << from_git.error().what;
  EXPECT_EQ(from_dir->digest, from_tarball->digest);
  EXPECT_EQ(from_dir->digest, from_git->digest);
  EXPECT_TRUE(fs::exists(from_tarball->tree / "mm/shmem.c"));
}

TEST_F(BaseSource, ATarballWithAnotherDigestIsRefused) {
  const auto base = provide(tarball_base(tarball().string(), std::string(64, '0')));
  ASSERT_FALSE(base.has_value());
  EXPECT_EQ(base.error().fault, Fault::scenario);
  EXPECT_THAT(base.error().what, AllOf(HasSubstr("has SHA-256"), HasSubstr(std::string(64, '0'))));
  EXPECT_TRUE(fs::is_empty(cache().work()));
  EXPECT_TRUE(fs::is_empty(cache().bases()));
}

TEST_F(BaseSource, AMissingTarballIsNamed) {
  const auto base = provide(tarball_base("/nonexistent.tar", std::string(64, '0')));
  ASSERT_FALSE(base.has_value());
  EXPECT_THAT(base.error().what, HasSubstr("/nonexistent.tar: no such file"));
}

TEST_F(BaseSource, ATarballIsFetchedFromAUrlOnce) {
  const fs::path file = tarball();
  const BaseSpec spec = tarball_base("file://" + file.string(), sha256_of_file(file));
  ASSERT_TRUE(provide(spec).has_value());
  fs::remove(file);
  EXPECT_TRUE(provide(spec).has_value()) << "the cache has it";
}

TEST_F(BaseSource, ATarballWithoutAKernelIsRefused) {
  fs::remove(source() / "Makefile");
  const fs::path file = tarball();
  const auto base = provide(tarball_base(file.string(), sha256_of_file(file)));
  ASSERT_FALSE(base.has_value());
  EXPECT_THAT(base.error().what, HasSubstr("no Makefile"));
}

TEST_F(BaseSource, AGitRefIsFollowedWhenItMoves) {
  make_repository();
  const auto before = provide(git_base(source().string(), "main"));
  write_file_atomically(source() / "mm/shmem.c", "int shmem_value = 9;\n");
  shell("git -C " + source().string() +
        " -c user.name=luolab -c user.email=luolab@localhost commit -qam two");
  const auto after = provide(git_base(source().string(), "main"));
  ASSERT_TRUE(before && after);
  EXPECT_NE(before->digest, after->digest);
  EXPECT_EQ(provide(git_base(source().string(), "v1"))->digest, before->digest);
}

TEST_F(BaseSource, AGitUrlNeedsNoNetworkTheSecondTime) {
  make_repository();
  const BaseSpec spec = git_base("file://" + source().string(), "v1");
  const auto first = provide(spec);
  ASSERT_TRUE(first.has_value()) << first.error().what;
  fs::remove_all(source());
  const auto again = provide(spec);
  ASSERT_TRUE(again.has_value()) << again.error().what;
  EXPECT_EQ(again->digest, first->digest);
  EXPECT_FALSE(provide(spec, {false, true}).has_value()) << "refresh must ask again";
}

TEST_F(BaseSource, AnUnknownGitRefIsNamed) {
  make_repository();
  const auto base = provide(git_base(source().string(), "v99"));
  ASSERT_FALSE(base.has_value());
  EXPECT_EQ(base.error().fault, Fault::scenario);
  EXPECT_THAT(base.error().what, HasSubstr("v99"));
}

TEST_F(BaseSource, AnEditedFolderIsAnotherBase) {
  const auto before = provide(toy_base(source()));
  write_file_atomically(source() / "mm/shmem.c", "int shmem_value = 9;\n");
  const auto after = provide(toy_base(source()));
  ASSERT_TRUE(before && after);
  EXPECT_NE(before->digest, after->digest);
  EXPECT_EQ(read_file(before->tree / "mm/shmem.c").value(), "int shmem_value = 1;\n");
}

TEST_F(BaseSource, LockedNeedsARecordedVersion) {
  BaseSpec base;
  base.name = "linux-x";
  base.kind = BaseKind::deb;
  base.package = "linux-source-x";
  base.suites = {"sid"};
  base.mirror = "file:/nonexistent";
  const auto locked = provide(base, {true, false});
  ASSERT_FALSE(locked.has_value());
  EXPECT_THAT(locked.error().what, HasSubstr("has no recorded version"));
}

TEST_F(BaseSource, ASuiteCanNotSmuggleASecondSourceIn) {
  BaseSpec base;
  base.name = "linux-x";
  base.kind = BaseKind::deb;
  base.package = "linux-source-x";
  base.suites = {"sid main\ndeb [trusted=yes] http://evil.example x"};
  base.mirror = "http://deb.debian.org/debian";
  const auto smuggled = provide(base);
  ASSERT_FALSE(smuggled.has_value());
  EXPECT_EQ(smuggled.error().fault, Fault::scenario);
}

TEST_F(BaseSource, AnArchiveThatIsNotThereIsALabTrouble) {
  BaseSpec base;
  base.name = "linux-x";
  base.kind = BaseKind::deb;
  base.package = "linux-source-x";
  base.suites = {"sid"};
  base.mirror = "file:" + (dir_.path() / "no-archive").string();
  const auto absent = provide(base);
  ASSERT_FALSE(absent.has_value());
  EXPECT_EQ(absent.error().fault, Fault::lab);
  EXPECT_THAT(absent.error().what, HasSubstr("base linux-x"));
}

}  // namespace
}  // namespace luolab
