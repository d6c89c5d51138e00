// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/build_share.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/sha256.h"
#include "core/protocol/json.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_controller.h"
#include "worker/kernel/kernel_image.h"
#include "worker/lease/build_archive.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// A bzImage as far as its setup header goes (Documentation/arch/x86/boot.rst).
std::string image_of(std::string_view release) {
  std::string image(0x1000, '\0');
  image.replace(0x202, 4, "HdrS");
  image[0x20e] = '\0';
  image[0x20f] = '\2';  // the version text is at 0x200 more
  image.replace(0x400, release.size(), release);
  return image;
}

/// A finished build, with this program in place of vmlinux: an ELF file with a build id.
fs::path make_build(const fs::path& folder, const std::string& digest) {
  fs::create_directories(folder);
  write_scratch_file(folder / "bzImage", image_of("7.3.4 (builder)"));
  fs::copy_file("/proc/self/exe", folder / "vmlinux");
  write_scratch_file(folder / "config", "CONFIG_LIVEUPDATE=y\n");
  write_scratch_file(folder / "metadata.json", "{\"version\": 1}\n");
  write_record(folder, {.digest = digest,
                        .title = "linux-7.3",
                        .family = std::string(64, 'f'),
                        .release = "a claim",
                        .build_id = "a claim",
                        .base_version = "7.3.4-1"});
  return folder;
}

KernelSpec shared_kernel() {
  KernelSpec kernel;
  kernel.base.name = "linux-7.3";
  kernel.base.kind = BaseKind::deb;
  kernel.base.package = "linux-source-7.3";
  kernel.base.recorded_version = "7.3.4-1";
  kernel.base.recorded_sha256 = std::string(64, 'a');
  return kernel;
}

/// A worker's cache with its share of the fleet's builds.
struct Host {
  Host(asio::io_context& io, ControllerApi& api, LeaseClock& clock, const fs::path& root)
      : cache{root}, share(io.get_executor(), io.get_executor(), api, clock, cache) {
    cache.create();
  }
  CacheFolder cache;
  BuildShare share;
};

class BuildShareTest : public testing::Test {
 protected:
  void SetUp() override {
    controller_.lab.submit({}, 1);
    controller_.lab.attempts[1].grant = grant_;
    grant_.attempt = 1;
    grant_.job.kernels = {kernel_};
    grant_.builds = {{key_, ""}};
  }
  void TearDown() override {
    for (Host* host : {&here_, &there_}) {
      bool ended = false;
      asio::co_spawn(io_, host->share.end(), [&](std::exception_ptr) { ended = true; });
      ASSERT_TRUE(reaches([&] { return ended; }));
    }
  }
  bool reaches(const std::function<bool()>& condition) {
    const auto end = clock_.now() + std::chrono::hours{1};
    for (;;) {
      io_.restart();
      io_.poll();
      if (condition()) return true;
      if (clock_.now() >= end || !clock_.advance()) return false;
    }
  }
  bool obtain(Host& host) {
    bool done = false;
    asio::co_spawn(io_, host.share.obtain(grant_, [](std::string_view) {}),
                   [&](std::exception_ptr failure) { done = !failure; });
    return reaches([&] { return done; });
  }
  bool build_and_hand_in() {
    make_build(here_.cache.build(digest_), digest_);
    here_.share.built(grant_, kernel_, KernelBuild{.digest = digest_});
    return reaches([&] { return controller_.lab.builds.contains(key_); });
  }
  const KernelSpec kernel_ = shared_kernel();
  const std::string key_ = build_key(kernel_);
  const std::string digest_ = std::string(64, 'd');
  TempDir dir_{fs::temp_directory_path()};
  asio::io_context io_;
  FakeClock clock_;
  FakeController controller_{io_.get_executor(), clock_};
  LeaseGrant grant_;
  Host here_{io_, controller_, clock_, dir_.path() / "here"};
  Host there_{io_, controller_, clock_, dir_.path() / "there"};
};

TEST_F(BuildShareTest, WhatOneWorkerBuiltAnotherGets) {
  ASSERT_TRUE(build_and_hand_in());
  grant_.builds[0].artifact = controller_.lab.builds.at(key_);
  ASSERT_TRUE(obtain(there_));
  const auto got = there_.share.find(kernel_);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->digest, digest_);
  EXPECT_EQ(*read_file(got->image), *read_file(here_.cache.build(digest_) / "bzImage"));
  EXPECT_THAT(there_.share.keys(), ElementsAre(key_));
}

TEST_F(BuildShareTest, WhatAnArchiveClaimsOfItsKernelIsNotBelieved) {
  ASSERT_TRUE(build_and_hand_in());
  grant_.builds[0].artifact = controller_.lab.builds.at(key_);
  ASSERT_TRUE(obtain(there_));
  const auto got = there_.share.find(kernel_);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->release, "7.3.4");
  EXPECT_EQ(got->build_id, *build_id_of("/proc/self/exe"));
}

TEST_F(BuildShareTest, ABuildFromElsewhereIsNeitherFoundAsOurOwnNorGrownFrom) {
  ASSERT_TRUE(build_and_hand_in());
  grant_.builds[0].artifact = controller_.lab.builds.at(key_);
  ASSERT_TRUE(obtain(there_));
  EXPECT_FALSE(find_build(there_.cache, digest_));
  const auto builds = list_builds(there_.cache);
  ASSERT_EQ(builds.size(), 1U);
  EXPECT_EQ(builds[0].record.family, "");
}

TEST_F(BuildShareTest, WhatIsHereIsKnownAfterARestart) {
  ASSERT_TRUE(build_and_hand_in());
  const SharedBuilds restarted(here_.cache);
  ASSERT_TRUE(restarted.find(key_));
  EXPECT_THAT(restarted.keys(), ElementsAre(key_));
}

TEST_F(BuildShareTest, ABuildThatTheCacheLostIsNotClaimed) {
  ASSERT_TRUE(build_and_hand_in());
  fs::remove_all(here_.cache.build(digest_));
  EXPECT_FALSE(here_.share.find(kernel_));
  EXPECT_TRUE(here_.share.keys().empty());
}

TEST_F(BuildShareTest, AFailureIsToldSoThatOthersMayTry) {
  here_.share.built(
      grant_, kernel_,
      BuildError{BuildTrouble::compile_failed, kernel_error("mm/shmem.c: error"), {}});
  ASSERT_TRUE(reaches([&] { return controller_.lab.build_failures.contains(key_); }));
  EXPECT_EQ(controller_.lab.build_failures.at(key_), "mm/shmem.c: error");
}

TEST_F(BuildShareTest, AnOutageDelaysTheHandInAndSettlingWaitsForIt) {
  controller_.away = true;
  make_build(here_.cache.build(digest_), digest_);
  here_.share.built(grant_, kernel_, KernelBuild{.digest = digest_});
  bool settled = false;
  asio::co_spawn(io_, here_.share.settle(1), [&](std::exception_ptr, bool) { settled = true; });
  EXPECT_FALSE(reaches([&] { return settled; }));
  controller_.away = false;
  ASSERT_TRUE(reaches([&] { return settled; }));
  EXPECT_TRUE(controller_.lab.builds.contains(key_));
}

TEST_F(BuildShareTest, ABuildThatDoesNotComeInTimeIsMadeHere) {
  grant_.builds[0].artifact = std::string(64, 'e');
  controller_.away = true;
  ASSERT_TRUE(obtain(there_));
  EXPECT_GE(clock_.now(), BuildShare::kPatience);
  EXPECT_FALSE(there_.share.find(kernel_));
}

TEST_F(BuildShareTest, TheSameBuildGivesTheSameArchive) {
  const fs::path build = make_build(dir_.path() / "build", digest_);
  ASSERT_TRUE(pack_build(build, dir_.path() / "one"));
  fs::last_write_time(build / "config", fs::file_time_type::clock::now() - std::chrono::hours{99});
  ASSERT_TRUE(pack_build(build, dir_.path() / "two"));
  EXPECT_EQ(sha256_of_file(dir_.path() / "one"), sha256_of_file(dir_.path() / "two"));
}

struct Closer {
  void operator()(archive* handle) const { archive_free(handle); }
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

/// An archive as a wicked worker would make it: one entry.
void write_archive(const fs::path& file, const std::string& name, unsigned type,
                   const char* link = nullptr) {
  const std::unique_ptr<archive, Closer> out(archive_write_new());
  archive_write_set_format_ustar(out.get());
  archive_write_add_filter_zstd(out.get());
  archive_write_open_filename(out.get(), file.c_str());
  const std::unique_ptr<archive_entry, Closer> entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_filetype(entry.get(), type);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_size(entry.get(), 0);
  if (link != nullptr) archive_entry_set_symlink(entry.get(), link);
  archive_write_header(out.get(), entry.get());
  archive_write_close(out.get());
}

class WickedArchive : public testing::Test {
 protected:
  std::string refusal() {
    const fs::path folder = dir_.path() / "into/build";
    fs::create_directories(folder);
    const auto unpacked = unpack_build(file_, folder);
    return unpacked ? "" : unpacked.error().what;
  }
  TempDir dir_{fs::temp_directory_path()};
  fs::path file_ = dir_.path() / "archive";
};

TEST_F(WickedArchive, APathOutOfTheFolderIsRefused) {
  write_archive(file_, "../config", AE_IFREG);
  EXPECT_THAT(refusal(), HasSubstr("../config"));
  EXPECT_FALSE(fs::exists(dir_.path() / "into/config"));
}

TEST_F(WickedArchive, ALinkIsRefused) {
  write_archive(file_, "config", AE_IFLNK, "/etc/passwd");
  EXPECT_THAT(refusal(), HasSubstr("no plain file"));
}

TEST_F(WickedArchive, AForeignFileIsRefused) {
  write_archive(file_, "obj", AE_IFREG);
  EXPECT_THAT(refusal(), HasSubstr("obj"));
}

TEST_F(WickedArchive, AnArchiveThatLacksFilesIsRefused) {
  write_archive(file_, "config", AE_IFREG);
  EXPECT_THAT(refusal(), HasSubstr("lacks bzImage"));
}

TEST_F(WickedArchive, WhatIsNoArchiveIsRefused) {
  write_scratch_file(file_, "no archive at all");
  EXPECT_NE(refusal(), "");
}

}  // namespace
}  // namespace luolab
