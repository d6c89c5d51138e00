// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/scheduler/busy_lab.h"

#include "tests/unit/scheduler/lab.h"

namespace luolab {

BusyLab::BusyLab(const SchedulerLimits& limits)
    : scheduler_(limits), watch_(limits), now_(at(std::chrono::hours{100})) {}

void BusyLab::connect(const WorkerOffer& offer) {
  watch_.worker(offer);
  scheduler_.set_worker(offer);
  free_[offer.name] = offer.hello.slots;
  watch_.demand(offer.name, offer.hello.slots);
  scheduler_.set_demand(offer.name, offer.hello.slots);
}

void BusyLab::submit(const ReadyJob& job, std::chrono::nanoseconds lasts) {
  watch_.waits(job);
  scheduler_.add(job);
  ++waiting_of_[job.submitter];
  waiting_[job.id.value] = {job, lasts, {}};
}

bool BusyLab::step() {
  for (const Placement& placement : scheduler_.schedule(now_)) place(placement);
  if (running_.empty()) return false;
  const auto next = running_.begin();
  now_ = next->first;
  const Submitted ended = next->second;
  running_.erase(next);
  watch_.ended(ended.job.id);
  scheduler_.ended(ended.job.id, now_);
  const std::uint32_t slots = ++free_[ended.worker];
  watch_.demand(ended.worker, slots);
  scheduler_.set_demand(ended.worker, slots);
  return true;
}

void BusyLab::place(const Placement& placement) {
  watch_.placed(placement);
  auto node = waiting_.extract(placement.job.value);
  Submitted& it = node.mapped();
  it.worker = placement.worker;
  --free_[it.worker];
  --waiting_of_[it.job.submitter];
  used_[it.job.submitter] += it.lasts;
  running_.emplace(now_ + it.lasts, it);
}

std::size_t BusyLab::waiting(const std::string& submitter) const {
  const auto known = waiting_of_.find(submitter);
  return known == waiting_of_.end() ? 0 : known->second;
}

std::chrono::duration<double> BusyLab::used(const std::string& submitter) const {
  const auto known = used_.find(submitter);
  return known == used_.end() ? std::chrono::nanoseconds{0} : known->second;
}

}  // namespace luolab
