// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/store/throughput.h"

#include <ctime>
#include <latch>

#include "db/store_writer.h"
#include "tests/bench/store/filling.h"

namespace luolab::bench {
namespace {

Submission queue_of(std::size_t jobs) {
  Submission submission;
  submission.run.title = "throughput";
  submission.run.submitter = "bench";
  for (std::size_t i = 0; i < jobs; ++i) submission.jobs.push_back(bench_job(i));
  return submission;
}

/// Takes its jobs through lease and finish, one after the other; lives until `done` counts.
class Lane {
 public:
  Lane(StoreWriter& writer, std::vector<JobId> jobs, std::latch& done)
      : writer_(writer), jobs_(std::move(jobs)), done_(done) {}

  void lease() {
    if (next_ == jobs_.size()) return done_.count_down();
    writer_.post([this](Store& store) { attempt_ = store.lease(jobs_[next_], "w", "i")->attempt; },
                 [this](std::exception_ptr) { finish(); });
  }

 private:
  void finish() {
    writer_.post(
        [this](Store& store) {
          const AttemptReport report = bench_report(next_);
          store.finish_attempt(attempt_, report, {false, report.verdict, report.reason});
        },
        [this](std::exception_ptr) {
          ++next_;
          lease();
        });
  }

  StoreWriter& writer_;
  std::vector<JobId> jobs_;
  std::latch& done_;
  std::size_t next_ = 0;
  AttemptId attempt_;
};

}  // namespace

PairRate measure_pairs(const std::filesystem::path& file, std::size_t pairs, std::size_t lanes) {
  StoreWriter writer(Store::open(file).value());
  const Submission submission = queue_of(pairs);
  Submitted submitted;
  writer.run([&](Store& store) { submitted = store.submit(submission); });
  std::vector<std::vector<JobId>> shares(lanes);
  for (std::size_t i = 0; i < pairs; ++i) shares[i % lanes].push_back(submitted.jobs[i]);
  std::latch done(static_cast<std::ptrdiff_t>(lanes));
  std::vector<std::unique_ptr<Lane>> all;
  for (auto& share : shares) all.push_back(std::make_unique<Lane>(writer, std::move(share), done));
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpu_start = std::clock();
  for (const auto& lane : all) lane->lease();
  done.wait();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const double cpu_seconds = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
  const auto count = static_cast<double>(pairs);
  return {count / took.count(), cpu_seconds / count * 1e6};
}

}  // namespace luolab::bench
