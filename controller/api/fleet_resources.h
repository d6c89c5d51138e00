// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "controller/lab/lab.h"
#include "db/worker_record.h"

namespace luolab {

// What the API shows of workers, their machines and their leases; forms are those of resources.h.

enum class WorkerStatus { online, draining, quarantined, offline };
BOOST_DESCRIBE_ENUM(WorkerStatus, online, draining, quarantined, offline)

struct WorkerResource {
  std::string name;
  WorkerStatus status = WorkerStatus::offline;
  std::string reason;  ///< why it is not online
  std::string version;
  std::uint32_t slots = 0;
  std::uint32_t busy = 0;  ///< attempts that it runs
  std::uint64_t memory_bytes = 0;
  std::uint32_t cpus = 0;
  std::string arch;
  bool kvm = false;
  std::vector<std::string> tags;
  std::vector<std::string> targets;
  std::uint32_t misses = 0;
  std::string first_seen;
  std::string last_seen;
};
BOOST_DESCRIBE_STRUCT(WorkerResource, (),
                      (name, status, reason, version, slots, busy, memory_bytes, cpus, arch, kvm,
                       tags, targets, misses, first_seen, last_seen))

/// Who can't use a machine that it knows, and why.
struct OfflineResource {
  std::string worker;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(OfflineResource, (), (worker, reason))

/// A machine that is reached by name, and who reaches it.
struct TargetResource {
  std::string name;
  std::vector<std::string> workers;
  std::vector<OfflineResource> offline;  ///< for these it failed its health check
};
BOOST_DESCRIBE_STRUCT(TargetResource, (), (name, workers, offline))

struct LeaseResource {
  std::string attempt;
  std::string job;
  std::string run;
  std::string worker;
  std::string activity;
  std::string expires;
  bool canceled = false;
};
BOOST_DESCRIBE_STRUCT(LeaseResource, (), (attempt, job, run, worker, activity, expires, canceled))

LeaseResource resource_of(const Lease& lease);
/// What the store knows, with what the lab sees of it now.
WorkerResource resource_of(const WorkerRow& worker, const Lab& lab);

}  // namespace luolab
