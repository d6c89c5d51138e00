// SPDX-License-Identifier: Apache-2.0
// A disk without room, and a database that somebody else holds: clear answers, nothing lost, and
// no help needed afterwards.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "db/sqlite.h"
#include "tests/integration/api/api_test.h"

namespace luolab {
namespace {

void must(int result, const char* what) {
  if (result != 0) throw std::system_error(errno, std::generic_category(), what);
}

void write_word(const char* file, const std::string& word) { std::ofstream(file) << word; }

/// A file system of a few MiB that only this process sees. Needs root, or user namespaces.
class SmallDisk {
 public:
  explicit SmallDisk(std::filesystem::path folder) : folder_(std::move(folder)) {
    const std::string user = std::to_string(::getuid());
    const std::string group = std::to_string(::getgid());
    must(::unshare(CLONE_NEWNS | (user == "0" ? 0 : CLONE_NEWUSER)), "unshare");
    if (user != "0") {
      write_word("/proc/self/setgroups", "deny");
      write_word("/proc/self/uid_map", "0 " + user + " 1");
      write_word("/proc/self/gid_map", "0 " + group + " 1");
    }
    must(::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "mount --make-rprivate /");
    std::filesystem::create_directories(folder_);
    must(::mount("luolab-test", folder_.c_str(), "tmpfs", 0, "size=8m"), "mount -t tmpfs");
  }
  ~SmallDisk() { ::umount2(folder_.c_str(), MNT_DETACH); }

  /// Takes all the room there is.
  void fill() {
    const UniqueFd file(::open(filler().c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    const std::string block(4096, 'x');
    while (::write(file.get(), block.data(), block.size()) > 0) {
    }
    EXPECT_EQ(errno, ENOSPC) << std::strerror(errno);
  }
  void make_room() { std::filesystem::remove(filler()); }

 private:
  std::filesystem::path filler() const { return folder_ / "filler"; }
  std::filesystem::path folder_;
};

class Disk : public ApiTest {};

TEST_F(Disk, WithoutRoomNothingIsTakenHalfAndAllGoesOnWhenThereIsSome) {
  SmallDisk disk(state_);
  start();
  const std::string kept = submit(2);
  SimulatedWorker worker = connected("w1");
  const LeaseGrant grant = worker.lease();
  disk.fill();
  const std::string newest = client().get("/api/v1/status").body;
  ApiAnswer refused;
  for (int i = 0; i < 50 && refused.status != 507; ++i)  // what the log of the store has room for
    refused = client().submit(scenario(500));
  EXPECT_EQ(refused.status, 507) << refused.body;
  EXPECT_EQ(refused.problem(), "disk-full");
  EXPECT_NE(refused.fields.get("Retry-After"), "");
  EXPECT_EQ(worker.console(grant.attempt, 0, std::string(100'000, 'c')).status, 507);
  EXPECT_EQ(worker.upload(grant.attempt, std::string(100'000, 'a')).status, 507);
  EXPECT_EQ(client().get("/api/v1/runs/" + kept).status, 200);
  EXPECT_EQ(client().get("/healthz").status, 200);

  disk.make_room();
  const ApiAnswer taken = client().submit(scenario());
  EXPECT_EQ(taken.status, 201) << taken.body;
  EXPECT_EQ(worker.upload(grant.attempt, std::string(100'000, 'a')).status, 201);
  EXPECT_EQ(worker.report(grant.attempt, Verdict::PASS), 204);
  EXPECT_EQ(job(fmt::format("j{}", grant.job_id)).at("verdict").as_string(), "PASS");
  stop();
  EXPECT_TRUE(store().check_integrity());
  start();
  EXPECT_EQ(run(kept).at("jobs").to_number<int>(), 2);
  service_.reset();
}

class HeldStore : public ApiTest {};

TEST_F(HeldStore, LongerThanThePatienceIsA503ThatSaysToTryAgain) {
  start();
  submit(2);
  SimulatedWorker worker = connected("w1");
  const LeaseGrant grant = worker.lease();
  const std::string before = state_text();
  {
    Database other(store_file(state_));
    other.execute("BEGIN IMMEDIATE");
    const ApiAnswer refused = client().submit(scenario());
    EXPECT_EQ(refused.status, 503) << refused.body;
    EXPECT_EQ(refused.problem(), "store-busy");
    EXPECT_NE(refused.fields.get("Retry-After"), "");
    EXPECT_EQ(worker.report(grant.attempt, Verdict::PASS), 503);
    EXPECT_EQ(worker.heartbeat({grant.attempt}).stale.size(), 0u);
    EXPECT_EQ(client().get("/api/v1/runs").status, 200);
    EXPECT_EQ(state_text(), before);
    other.execute("ROLLBACK");
  }
  EXPECT_EQ(client().submit(scenario()).status, 201);
  EXPECT_EQ(worker.report(grant.attempt, Verdict::PASS), 204);
  worker.work(Verdict::PASS);
}

TEST_F(HeldStore, AWorkerThatAsksMeanwhileIsToldToTryAgainAndLosesNoJob) {
  start();
  const std::string run = submit();
  SimulatedWorker worker = connected("w1");
  {
    Database other(store_file(state_));
    other.execute("BEGIN IMMEDIATE");
    EXPECT_EQ(worker.ask(std::chrono::seconds{10}).status, 503);
    other.execute("ROLLBACK");
  }
  EXPECT_EQ(std::to_string(worker.work(Verdict::PASS).run), run);
}

}  // namespace
}  // namespace luolab
