// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/db/service_store.h"

#include "tests/unit/db/sample_run.h"

namespace luolab {

NewJob sample_new_job(std::uint32_t repetition) {
  Needs needs;
  needs.memory_bytes = 1 << 30;
  needs.tags = {"big"};
  return new_job(sample_job(repetition), needs);
}

Submitted ServiceStore::submit(std::size_t jobs, const NewRun& run) {
  Submission submission{run, {}, {}};
  for (std::size_t i = 0; i < jobs; ++i)
    submission.jobs.push_back(sample_new_job(static_cast<std::uint32_t>(i)));
  return store_.submit(submission);
}

AttemptId ServiceStore::lease(JobId job, std::string_view worker) {
  return store_.lease(job, worker, "instance").value().attempt;
}

AttemptEnd ServiceStore::finish(JobId job, Verdict verdict, std::string_view worker) {
  return report(lease(job, worker), verdict);
}

AttemptEnd ServiceStore::report(AttemptId attempt, Verdict verdict) {
  const AttemptReport sample = sample_report(verdict);
  return store_.finish_attempt(attempt, sample, {false, verdict, sample.reason});
}

std::vector<std::string> ServiceStore::events_after(std::int64_t seq) const {
  std::vector<std::string> kinds;
  for (const EventRow& event : store_.events(seq, 1000)) kinds.push_back(event.kind);
  return kinds;
}

std::int64_t ServiceStore::sql_number(std::string_view query) const {
  const Database database(file_);
  Statement row = database.prepare(query);
  return row.step() ? row.integer(0) : -1;
}

}  // namespace luolab
