// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "controller/lab/lab.h"
#include "controller/lab/store_writer.h"

namespace luolab {

/// What is shown in one moment, besides what has been counted.
struct MetricsNow {
  std::uint64_t connections = 0;  ///< of HTTP
  std::int64_t newest_event = 0;
};

/// Figures of the service for Prometheus (docs/operations.md lists them): base units, prefix
/// "luolab_". Hears of jobs as the lab's observer. One thread.
class Metrics final : public LabObserver {
 public:
  Metrics();
  ~Metrics() override;

  void job_started(JobId job, AttemptId attempt, std::chrono::nanoseconds waited) override;
  void job_ended(JobId job, Verdict verdict, const std::string& reason,
                 const AttemptReport* report) override;
  void run_ended(RunId run) override;

  void request_answered(int status, std::chrono::nanoseconds duration);
  void events_published(std::size_t events, std::chrono::nanoseconds since_commit);

  /// The exposition text, format 0.0.4.
  std::string text(const Lab& lab, const StoreWriterStats& store, const MetricsNow& present);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace luolab
