// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <gmock/gmock.h>

#include "tests/unit/db/service_store.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class BackupTest : public ServiceStore {
 protected:
  static bool go_on(BackupProgress) { return true; }
  std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(target_.path()))
      ++count;
    return count;
  }
  TempDir target_{std::filesystem::temp_directory_path()};
  std::filesystem::path copy_ = target_.path() / "copy.db";
};

TEST_F(BackupTest, GivesAStoreWithAllThatWasCommitted) {
  const Submitted run = submit(3);
  finish(run.jobs[0]);
  ASSERT_TRUE(store_.backup(copy_, go_on));
  Store copy = Store::open(copy_).value();
  EXPECT_EQ(copy.jobs({}).size(), 3U);
  EXPECT_TRUE(copy.job(run.jobs[0]).value().report);
  EXPECT_TRUE(copy.check_integrity());
}

TEST_F(BackupTest, IsOneStateWhileOthersWrite) {
  for (int i = 0; i < 40; ++i) submit(100);
  const std::size_t before = store_.list_runs(1000).size();
  std::size_t written = 0;
  const auto write_meanwhile = [&](BackupProgress) {
    submit(1);
    ++written;
    return true;
  };
  ASSERT_TRUE(Store::open_reader(file_)->backup(copy_, write_meanwhile));
  EXPECT_GE(written, 1U);
  EXPECT_EQ(Store::open(copy_)->list_runs(1000).size(), before);
  EXPECT_EQ(store_.list_runs(1000).size(), before + written);
}

TEST_F(BackupTest, LeavesNothingWhenItIsStopped) {
  submit(3);
  const auto stopped = store_.backup(copy_, [](BackupProgress) { return false; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().fault, Fault::canceled);
  EXPECT_EQ(files(), 0U);
}

TEST_F(BackupTest, ReplacesAnOlderOneWhole) {
  submit(1);
  ASSERT_TRUE(store_.backup(copy_, go_on));
  submit(1);
  ASSERT_TRUE(store_.backup(copy_, go_on));
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(Store::open(copy_)->list_runs(10).size(), 2U);
}

TEST_F(BackupTest, SaysWhereItCannotBeWritten) {
  const auto refused = store_.backup(target_.path() / "none" / "copy.db", go_on);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::lab);
  EXPECT_THAT(refused.error().what, HasSubstr("none/copy.db"));
}

TEST_F(BackupTest, AStoreThatWasDamagedIsFoundOut) {
  submit(1500);  // so many that the second half of the file holds rows alone
  ASSERT_TRUE(store_.check_integrity());
  ASSERT_TRUE(store_.backup(copy_, go_on));
  const auto size = std::filesystem::file_size(copy_);
  Store copy = Store::open(copy_).value();
  {
    std::fstream damage(copy_, std::ios::in | std::ios::out | std::ios::binary);
    for (std::uintmax_t page = size / 2 / 4096 * 4096; page < size; page += 4096) {
      damage.seekp(static_cast<std::streamoff>(page));
      damage << std::string(1000, '\xee');
    }
  }
  const Store reader = Store::open_reader(copy_).value();
  const auto found = reader.check_integrity();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().fault, Fault::lab);
  EXPECT_THAT(found.error().what, HasSubstr(".recover"));
}

}  // namespace
}  // namespace luolab
