// SPDX-License-Identifier: Apache-2.0
#include "worker/run/template_pool.h"

#include <algorithm>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <gtest/gtest.h>

#include "core/async/task_group.h"
#include "tests/unit/async/run_task.h"
#include "worker/run/machine_template.h"

namespace luolab {
namespace {

constexpr std::uint64_t kLarge = 64 << 20;

Job job(std::uint32_t cpus, std::uint64_t size_bytes) {
  Job made;
  made.kernels.resize(1);
  made.kernels[0].base.name = "linux-7.3";
  made.hops = {0};
  made.target.cpus = cpus;
  made.sessions = {{"s", {{.name = "m", .size_bytes = size_bytes}}}};
  return made;
}

class TemplatePoolTest : public testing::Test {
 protected:
  /// Makes what is asked and writes it down.
  TemplatePool::Make maker() {
    return [this](const TemplateWish& wish, TemplateRef base) -> Task<TemplateRef> {
      co_await asio::post(io_.get_executor(), asio::use_awaitable);
      auto made = std::make_shared<MachineTemplate>();
      made->point = wish.point;
      made_.push_back(start_point_name(wish.point) + (base ? " from another" : ""));
      co_return made;
    };
  }

  static Task<void> note(TemplatePool& pool, const Job& of, const TemplatePool::Make& make,
                         std::vector<TemplateRef>& got) {
    got.push_back(co_await pool.get(of, make));
  }

  Task<std::vector<TemplateRef>> all_at_once(TemplatePool& pool, const std::vector<Job>& jobs,
                                             const TemplatePool::Make& make) {
    std::vector<TemplateRef> got;
    TaskGroup group(io_.get_executor());
    for (const Job& each : jobs) group.spawn(note(pool, each, make, got));
    co_await group.join();
    co_return got;
  }

  asio::io_context io_;
  std::vector<std::string> made_;
};

TEST_F(TemplatePoolTest, OneJobMakesItAndTheOthersWaitForIt) {
  const std::vector<Job> jobs(3, job(1, 1));
  TemplatePool pool(io_.get_executor(), jobs);
  const auto got = run_task(io_, all_at_once(pool, jobs, maker()));
  EXPECT_EQ(made_, std::vector<std::string>{"prepared"});
  ASSERT_EQ(got.size(), 3U);
  for (const TemplateRef& each : got) EXPECT_EQ(each, got[0]);
}

TEST_F(TemplatePoolTest, WhereManyWantItNobodyWaitsForIt) {
  const std::vector<Job> jobs(8, job(1, 1));
  TemplatePool pool(io_.get_executor(), jobs);
  const std::vector<Job> first_two(2, jobs[0]);
  const auto got = run_task(io_, all_at_once(pool, first_two, maker()));
  EXPECT_EQ(made_, std::vector<std::string>{"prepared"});
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(std::ranges::count(got, nullptr), 1);
  EXPECT_TRUE(run_task(io_, pool.get(jobs[2], maker())));
  EXPECT_EQ(made_.size(), 1U);
}

TEST_F(TemplatePoolTest, AMachineGoesWhenItsLastJobHasIt) {
  const std::vector<Job> jobs(2, job(1, 1));
  TemplatePool pool(io_.get_executor(), jobs);
  EXPECT_TRUE(run_task(io_, pool.get(jobs[0], maker())));
  EXPECT_EQ(pool.size(), 1U);
  EXPECT_TRUE(run_task(io_, pool.get(jobs[1], maker())));
  EXPECT_EQ(pool.size(), 0U);
}

TEST_F(TemplatePoolTest, AFurtherMachineIsMadeFromTheNearerOne) {
  const std::vector<Job> jobs{job(1, kLarge), job(1, kLarge), job(1, 1)};
  TemplatePool pool(io_.get_executor(), jobs);
  EXPECT_EQ(run_task(io_, pool.get(jobs[0], maker()))->point, StartPoint::prepared);
  EXPECT_EQ(run_task(io_, pool.get(jobs[2], maker()))->point, StartPoint::booted);
  EXPECT_EQ(made_, (std::vector<std::string>{"booted", "prepared from another"}));
}

TEST_F(TemplatePoolTest, AMachineThatCouldNotBeMadeIsNotTriedAgain) {
  const std::vector<Job> jobs(3, job(1, 1));
  TemplatePool pool(io_.get_executor(), jobs);
  int tries = 0;
  const TemplatePool::Make fails = [&](const TemplateWish&, TemplateRef) -> Task<TemplateRef> {
    ++tries;
    co_return nullptr;
  };
  for (const Job& each : jobs) EXPECT_FALSE(run_task(io_, pool.get(each, fails)));
  EXPECT_EQ(tries, 1);
}

TEST_F(TemplatePoolTest, WhereTheFurtherOneFailsTheNearerOneServes) {
  const std::vector<Job> jobs{job(1, kLarge), job(1, kLarge), job(1, 1)};
  TemplatePool pool(io_.get_executor(), jobs);
  const TemplatePool::Make booted_only = [&](const TemplateWish& wish,
                                             TemplateRef) -> Task<TemplateRef> {
    if (wish.point != StartPoint::booted) co_return nullptr;
    co_return std::make_shared<MachineTemplate>();
  };
  EXPECT_EQ(run_task(io_, pool.get(jobs[0], booted_only))->point, StartPoint::booted);
}

TEST_F(TemplatePoolTest, WhoWaitsForAMakerThatIsInterruptedMakesItHimself) {
  const std::vector<Job> jobs(3, job(1, 1));
  TemplatePool pool(io_.get_executor(), jobs);
  asio::cancellation_signal stop;
  bool interrupted = false;
  const TemplatePool::Make never = [&](const TemplateWish&, TemplateRef) -> Task<TemplateRef> {
    asio::post(io_, [&] { stop.emit(asio::cancellation_type::terminal); });
    asio::steady_timer timer(io_, asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
    co_return nullptr;
  };
  asio::co_spawn(io_, pool.get(jobs[0], never),
                 asio::bind_cancellation_slot(stop.slot(),
                                              [&](std::exception_ptr failure, const TemplateRef&) {
                                                interrupted = failure != nullptr;
                                              }));
  const TemplateRef got = run_task(io_, pool.get(jobs[1], maker()));
  EXPECT_TRUE(interrupted);
  EXPECT_TRUE(got);
  EXPECT_EQ(made_.size(), 1U);
}

TEST_F(TemplatePoolTest, TheOneUnusedForLongestGivesWay) {
  std::vector<Job> jobs;
  for (const std::uint32_t cpus : {1U, 2U, 3U}) jobs.insert(jobs.end(), 3, job(cpus, 1));
  TemplatePool pool(io_.get_executor(), jobs, {.most = 2});
  run_task(io_, pool.get(jobs[0], maker()));
  run_task(io_, pool.get(jobs[3], maker()));
  run_task(io_, pool.get(jobs[1], maker()));  // now that of two cpus is the older one
  run_task(io_, pool.get(jobs[6], maker()));
  EXPECT_EQ(pool.size(), 2U);
  EXPECT_EQ(made_.size(), 3U);
  run_task(io_, pool.get(jobs[2], maker()));
  EXPECT_EQ(made_.size(), 3U) << "that of one cpu was still there";
  run_task(io_, pool.get(jobs[4], maker()));
  EXPECT_EQ(made_.size(), 4U) << "that of two had to be made again";
}

TEST_F(TemplatePoolTest, AMachineLargerThanTheWholePoolIsNotMade) {
  const std::vector<Job> jobs(2, job(1, 1));
  TemplatePool pool(io_.get_executor(), jobs, {.most_bytes = jobs[0].target.memory_bytes - 1});
  EXPECT_FALSE(run_task(io_, pool.get(jobs[0], maker())));
  EXPECT_TRUE(made_.empty());
}

}  // namespace
}  // namespace luolab
