// SPDX-License-Identifier: Apache-2.0
#include "cli/job_watcher.h"

namespace luolab {

Task<void> JobWatcher::wait_for(std::size_t jobs) {
  while (ended_ < jobs) co_await changed_.wait();
}

void JobWatcher::job_ended(JobId job, Verdict verdict, const std::string& reason,
                           const AttemptReport* report) {
  AttemptReport told = report != nullptr ? *report : AttemptReport{};
  told.verdict = verdict;
  told.reason = reason;
  on_job_ended_(job, told);
  ++ended_;
  changed_.wake();
}

}  // namespace luolab
