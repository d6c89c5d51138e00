// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "core/base/file.h"
#include "db/store.h"

namespace luolab {

/// A fresh store with short words for what a service does.
class ServiceStore : public testing::Test {
 protected:
  /// A run of so many sample jobs.
  Submitted submit(std::size_t jobs = 1, const NewRun& run = {"title", "text", "somebody", ""});
  AttemptId lease(JobId job, std::string_view worker = "w1");
  /// Leases the job and finishes it with this verdict.
  AttemptEnd finish(JobId job, Verdict verdict = Verdict::PASS, std::string_view worker = "w1");
  /// Finishes an attempt; its job ends likewise.
  AttemptEnd report(AttemptId attempt, Verdict verdict = Verdict::PASS);

  JobSummary job(JobId id) const { return store_.job_summary(id).value(); }
  RunSummary run(RunId id) const { return store_.run_head(id).value().summary; }
  /// Kinds of the events after `seq`.
  std::vector<std::string> events_after(std::int64_t seq) const;
  /// Kinds of the events that `work` appends.
  template <class Work>
  std::vector<std::string> events_of(Work work) const {
    const std::int64_t before = store_.last_event();
    work();
    return events_after(before);
  }
  /// The same changes through SQL, as only a test may.
  void sql(const std::string& text) const { Database(file_).execute(text); }
  std::int64_t sql_number(std::string_view query) const;

  TempDir folder_{std::filesystem::temp_directory_path()};
  std::filesystem::path file_ = store_file(folder_.path());
  Store store_ = Store::open(file_).value();
};

/// A sample job that says what it needs.
NewJob sample_new_job(std::uint32_t repetition = 0);

}  // namespace luolab
