// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/protocol/json.h"
#include "db/migrations.h"
#include "db/store.h"
#include "tests/unit/db/sample_run.h"

namespace luolab {
namespace {

class StoreOpen : public testing::Test {
 protected:
  std::string refusal() {
    const auto store = Store::open(file_);
    if (store) return "opened";
    EXPECT_EQ(store.error().fault, Fault::lab);
    EXPECT_NE(store.error().what.find(file_.string()), std::string::npos) << store.error().what;
    return store.error().what;
  }
  void create() {
    const std::vector<Job> jobs(200, sample_job());
    Store::open(file_)->create_run({"t", "", "", ""}, jobs);
  }
  TempDir folder_{std::filesystem::temp_directory_path()};
  std::filesystem::path file_ = folder_.path() / "state" / "luolab.db";
};

TEST_F(StoreOpen, CreatesFileAndFolders) {
  EXPECT_TRUE(Store::open(file_));
  EXPECT_TRUE(std::filesystem::exists(file_));
}

TEST_F(StoreOpen, FindsWhatWasThere) {
  create();
  EXPECT_EQ(Store::open(file_)->list_runs(10).size(), 1U);
}

TEST_F(StoreOpen, JobsAndAttemptsFromBeforeForksAreReadAsUnforked) {
  std::filesystem::create_directories(file_.parent_path());
  boost::json::object job = to_json(sample_job()).as_object();
  job.erase("fork");
  {
    Database old(file_);
    migrate(old, known_migrations().first(1));
    old.execute(
        "INSERT INTO runs VALUES (1, 't', '', '', '', 'done', 1, 2, 'o', 1);"
        "INSERT INTO jobs VALUES (1, 1, 0, 't', 's', 50, 'done', 'PASS', '', '" +
        boost::json::serialize(job) +
        "');"
        "INSERT INTO attempts (job, number, worker, state, started_ns, verdict) "
        "VALUES (1, 1, 'w', 'done', 1, 'PASS')");
  }
  const auto record = Store::open(file_).value().job(JobId{1});
  ASSERT_TRUE(record) << record.error().what;
  EXPECT_EQ(record->job.fork, Fork::auto_);
  EXPECT_EQ(record->job.sessions[0].memfds[0].size_bytes, 4097U);
  ASSERT_TRUE(record->report);
  EXPECT_EQ(record->report->start, StartPoint::power_on);
}

TEST_F(StoreOpen, TwiceAtOnceGivesTwoWritersOfOneStore) {
  Store first = Store::open(file_).value();
  Store second = Store::open(file_).value();
  const std::vector<Job> jobs{sample_job()};
  first.create_run({"a", "", "", ""}, jobs);
  second.create_run({"b", "", "", ""}, jobs);
  EXPECT_EQ(first.list_runs(10).size(), 2U);
  EXPECT_EQ(second.list_runs(10).size(), 2U);
}

TEST_F(StoreOpen, RefusesGarbage) {
  std::filesystem::create_directories(file_.parent_path());
  std::ofstream(file_) << std::string(10'000, '\x07');
  EXPECT_NE(refusal().find("no luolab store"), std::string::npos);
  EXPECT_EQ(read_file(file_).value(), std::string(10'000, '\x07'));
}

TEST_F(StoreOpen, RefusesADamagedFile) {
  create();
  const auto size = std::filesystem::file_size(file_);
  {
    std::fstream damage(file_, std::ios::in | std::ios::out | std::ios::binary);
    for (std::uintmax_t page = 4096; page < size; page += 4096) {
      damage.seekp(static_cast<std::streamoff>(page));
      damage << std::string(1000, '\xee');
    }
  }
  EXPECT_NE(refusal().find("damaged"), std::string::npos);
}

TEST_F(StoreOpen, RefusesAFileThatWasCutOff) {
  create();
  std::filesystem::resize_file(file_, std::filesystem::file_size(file_) / 2);
  EXPECT_NE(refusal().find("damaged"), std::string::npos);
}

TEST_F(StoreOpen, RefusesAStoreOfANewerLuolab) {
  create();
  Database(file_).execute("PRAGMA user_version = 1000");
  EXPECT_NE(refusal().find("newer luolab"), std::string::npos);
}

TEST_F(StoreOpen, LeavesTheDatabaseOfAnotherProgramAsItWas) {
  std::filesystem::create_directories(file_.parent_path());
  Database(file_).execute("CREATE TABLE bookmarks (url TEXT)");
  const std::string before = read_file(file_).value();
  EXPECT_NE(refusal().find("another program"), std::string::npos);
  EXPECT_EQ(read_file(file_).value(), before);
}

TEST_F(StoreOpen, SaysWhatToDoWhereTheFolderCannotBeMade) {
  std::ofstream(file_.parent_path()) << "a file where the folder should be";
  EXPECT_NE(refusal().find("--state DIR"), std::string::npos);
}

TEST_F(StoreOpen, SaysWhatToDoWhereNothingMayBeWritten) {
  file_ = "/proc/luolab/luolab.db";
  EXPECT_NE(refusal().find("--state DIR"), std::string::npos);
}

TEST_F(StoreOpen, RefusesAFolderInPlaceOfTheFile) {
  std::filesystem::create_directories(file_);
  EXPECT_NE(refusal().find("--state DIR"), std::string::npos);
}

}  // namespace
}  // namespace luolab
