// SPDX-License-Identifier: Apache-2.0
#include "agent/stamper.h"

#include <sched.h>

#include "agent/clock.h"

namespace luolab {

Stamper::Stamper(std::atomic<std::uint64_t>& cell) : cell_(cell), thread_([this] { run(); }) {}

Stamper::~Stamper() {
  stop_ = true;
  thread_.join();
}

void Stamper::run() {
  if (std::thread::hardware_concurrency() < 2) {
    const sched_param none{};
    sched_setscheduler(0, SCHED_IDLE, &none);
  }
  while (!stop_) cell_.store(read_tsc(), std::memory_order_relaxed);
}

}  // namespace luolab
