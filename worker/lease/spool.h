// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/protocol/lease.h"
#include "core/protocol/report.h"

namespace luolab {

/// An attempt whose results wait on disk until the controller has taken them.
struct SpooledAttempt {
  std::int64_t attempt = 0;
  std::int64_t job_id = 0;
  AttemptReport report;           ///< paths of its artifacts are those in the spool
  std::filesystem::path console;  ///< empty: it has none
};

/// Where a worker keeps what it has and the controller has not: FOLDER/ATTEMPT/ with grant.json
/// from the moment an attempt is begun, evidence/ with files by their digests, and report.json from
/// the moment it has ended. What a call did is on disk when it returns, so that a worker that is
/// killed at any instant either never began the attempt, or finds it again.
/// Throws std::system_error where the disk refuses. One process (a lock says so) and one thread.
class Spool {
 public:
  /// Makes the folder. An entry whose attempt had no report when its process died gets one: MISS.
  /// Fault::lab where another process uses the folder.
  static Result<Spool> open(std::filesystem::path folder);

  /// Notes that the attempt is made here.
  void begin(const LeaseGrant& grant);
  /// Lets the console file of a running attempt survive this process. It stays where it is; where
  /// the spool lies on another file system, nothing is kept until the attempt has ended.
  void share_console(std::int64_t attempt, const std::filesystem::path& console);
  /// Keeps a copy of a file as evidence.
  Artifact keep(std::int64_t attempt, const std::filesystem::path& file, std::string_view name);
  /// The last word: from now on the attempt is to be delivered.
  void finish(std::int64_t attempt, const AttemptReport& report);

  /// Those with a report, the oldest first.
  std::vector<std::int64_t> finished() const;
  /// Fault::lab where there is no such entry, or it can't be read. Artifacts whose files are gone
  /// are not in its report.
  Result<SpooledAttempt> load(std::int64_t attempt) const;
  /// Forgets the attempt. No error where there is none.
  void remove(std::int64_t attempt);
  /// Moves an entry that can never be delivered to FOLDER/rejected, for people.
  void set_aside(std::int64_t attempt);

  const std::filesystem::path& folder() const { return folder_; }

 private:
  Spool(std::filesystem::path folder, FileLock lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}
  std::filesystem::path entry(std::int64_t attempt) const;
  void recover();
  void recover_entry(std::int64_t attempt);

  std::filesystem::path folder_;
  FileLock lock_;
};

}  // namespace luolab
