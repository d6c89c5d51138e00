// SPDX-License-Identifier: Apache-2.0
#include "worker/target/cpu_wait.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include <gtest/gtest.h>

namespace luolab {
namespace {

/// A child that spins on the first processor that this test may use.
class Spinner {
 public:
  Spinner() : pid_(::fork()) {
    if (pid_ != 0) return;
    cpu_set_t allowed, one;
    ::sched_getaffinity(0, sizeof allowed, &allowed);
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu)
      if (CPU_ISSET(cpu, &allowed)) CPU_SET(cpu, &one);
    ::sched_setaffinity(0, sizeof one, &one);
    for (;;) asm volatile("");
  }
  ~Spinner() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

TEST(CpuWait, CountsWhatAProcessWaitsForAProcessorThatAnotherOneHas) {
  const Spinner one, other;
  // Two on one processor: each waits about half of the time, which shows sooner or later.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (cpu_wait_of(one.pid()) < std::chrono::milliseconds{50}) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "neither was ever seen to wait";
    std::this_thread::yield();
  }
}

TEST(CpuWait, OfAProcessThatIsGoneIsNothing) {
  pid_t pid = 0;
  {
    const Spinner spinner;
    pid = spinner.pid();
  }
  EXPECT_EQ(cpu_wait_of(pid).count(), 0);
}

}  // namespace
}  // namespace luolab
