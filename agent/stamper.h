// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

namespace luolab {

/// A thread that keeps writing the TSC into a cell of preserved memory, until the kernel stops
/// user space: what the incoming kernel finds there is the last moment that the outgoing one's user
/// space ran. Runs at SCHED_IDLE on a machine with one CPU, so as not to delay the reboot. The cell
/// must outlive the object; the destructor stops and joins the thread, for a reboot that was
/// refused.
class Stamper {
 public:
  explicit Stamper(std::atomic<std::uint64_t>& cell);
  Stamper(const Stamper&) = delete;
  Stamper& operator=(const Stamper&) = delete;
  ~Stamper();

 private:
  void run();

  std::atomic<std::uint64_t>& cell_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace luolab
