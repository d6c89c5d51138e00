// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "controller/results/terminal_style.h"
#include "core/protocol/job.h"
#include "core/protocol/report.h"
#include "db/record.h"

namespace luolab {

/// How much is shown of jobs.
enum class ProgressDetail {
  all,
  troubles,  ///< those that did not go well; what runs on a terminal only, or where it takes long
};

/// Shows on standard error how a run goes on: on a terminal one line for each running job that
/// changes in place, elsewhere a plain line whenever a job enters another stage.
class RunProgress {
 public:
  RunProgress(std::size_t jobs, bool terminal, TerminalStyle style,
              ProgressDetail detail = ProgressDetail::all);
  ~RunProgress();

  void job_started(JobId job, const Job& what);
  void job_activity(JobId job, std::string_view activity);
  void job_ended(JobId job, const AttemptReport& report);

 private:
  struct Line {
    std::string title;
    std::string activity;
    std::chrono::steady_clock::time_point said;  ///< when a pipe last got a line for it
  };
  void draw();
  void erase();
  void say_spared(const AttemptReport& report);
  std::string ended_line(const Line& line, const AttemptReport& report) const;

  std::size_t jobs_;
  std::size_t ended_ = 0;
  bool terminal_;
  TerminalStyle style_;
  ProgressDetail detail_;
  std::map<JobId, Line> running_;
  std::string spared_;  ///< the reason of jobs that never began, as said last
  std::size_t drawn_lines_ = 0;
  std::chrono::steady_clock::time_point drawn_at_;
};

}  // namespace luolab
