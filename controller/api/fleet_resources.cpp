// SPDX-License-Identifier: Apache-2.0
#include "controller/api/fleet_resources.h"

#include "controller/api/resources.h"
#include "core/protocol/json.h"

namespace luolab {

LeaseResource resource_of(const Lease& lease) {
  return {attempt_text(lease.attempt),
          id_text(lease.job),
          id_text(lease.run),
          lease.worker,
          lease.activity,
          precise_time(lease.expires),
          lease.canceled};
}

WorkerResource resource_of(const WorkerRow& worker, const Lab& lab) {
  const auto connected = lab.workers().find(worker.name);
  WorkerHello hello;
  if (connected != lab.workers().end()) {
    hello = connected->second.hello;
  } else if (auto last = from_json<WorkerHello>(worker.hello_json)) {
    hello = std::move(*last);
  }
  WorkerResource resource{
      .name = worker.name,
      .version = hello.version,
      .slots = hello.slots,
      .busy = static_cast<std::uint32_t>(lab.leases().of_worker(worker.name).size()),
      .memory_bytes = hello.memory_bytes,
      .cpus = hello.cpus,
      .arch = hello.arch,
      .kvm = hello.kvm,
      .tags = hello.tags,
      .targets = hello.targets,
      .misses = worker.misses,
      .first_seen = precise_time(worker.first_seen),
      .last_seen = precise_time(worker.last_seen)};
  if (connected == lab.workers().end()) {
    resource.reason = "not connected; last seen " + time_text(worker.last_seen);
    return resource;
  }
  resource.last_seen = precise_time(connected->second.seen);
  if (connected->second.admin == AdminState::draining) {
    resource.status = WorkerStatus::draining;
    resource.reason = "an operator asked it to take nothing new";
  } else if (lab.quarantined(worker.name)) {
    resource.status = WorkerStatus::quarantined;
    resource.reason = connected->second.health_reason;
  } else {
    resource.status = WorkerStatus::online;
  }
  return resource;
}

}  // namespace luolab
