// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/store/throughput.h"

#include <ctime>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "controller/lab/store_writer.h"
#include "core/async/task_group.h"
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

/// Takes its jobs through lease and finish, one after the other.
Task<void> lane(StoreWriter& writer, std::vector<JobId> jobs) {
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    auto lease = [job = jobs[i]](Store& store) { return store.lease(job, "w", "i")->attempt; };
    const AttemptId attempt = co_await writer.write(lease);
    auto finish = [attempt, i](Store& store) {
      const AttemptReport report = bench_report(i);
      return store.finish_attempt(attempt, report, {false, report.verdict, report.reason});
    };
    co_await writer.write(finish);
  }
}

Task<void> all_lanes(StoreWriter& writer, std::vector<std::vector<JobId>> shares) {
  TaskGroup lanes(co_await asio::this_coro::executor);
  for (auto& share : shares) lanes.spawn(lane(writer, std::move(share)));
  co_await lanes.join();
}

}  // namespace

PairRate measure_pairs(const std::filesystem::path& file, std::size_t pairs, std::size_t lanes) {
  asio::io_context io;
  Store store = Store::open(file).value();
  const Submitted submitted = store.submit(queue_of(pairs));
  std::vector<std::vector<JobId>> shares(lanes);
  for (std::size_t i = 0; i < pairs; ++i) shares[i % lanes].push_back(submitted.jobs[i]);
  StoreWriter writer(io.get_executor(), std::move(store));
  std::exception_ptr failure;
  asio::co_spawn(io, all_lanes(writer, std::move(shares)),
                 [&](std::exception_ptr error) { failure = error; });
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t cpu_start = std::clock();
  io.run();
  if (failure) std::rethrow_exception(failure);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const double cpu_seconds = static_cast<double>(std::clock() - cpu_start) / CLOCKS_PER_SEC;
  const auto count = static_cast<double>(pairs);
  return {count / took.count(), cpu_seconds / count * 1e6};
}

}  // namespace luolab::bench
