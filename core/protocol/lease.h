// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>

#include "core/protocol/job.h"

namespace luolab {

// What a worker and its controller say to each other (docs/worker-protocol.md). A lease is the
// right to make one attempt; the attempt's number is its fencing token.

/// What one job asks of the worker that runs it. Part of a job's row, so that a scheduler needs no
/// whole job.
struct Needs {
  std::string arch = "x86_64";
  std::uint64_t memory_bytes = 0;  ///< of the machine
  std::uint32_t cpus = 1;
  bool kvm = false;                 ///< hardware virtualisation
  std::vector<std::string> tags;    ///< a worker must have all of them
  std::string target;               ///< a machine by its name, one job at a time; empty: any
  std::vector<std::string> builds;  ///< build_key of each kernel that can be shared
  friend bool operator==(const Needs&, const Needs&) = default;
};
BOOST_DESCRIBE_STRUCT(Needs, (), (arch, memory_bytes, cpus, kvm, tags, target, builds))

/// What the job's kernels and target ask for. The tag "kvm" stands for hardware virtualisation and
/// becomes `kvm`. Tags and builds are sorted, each once; `builds` has no empty keys. Pure.
Needs needs_of(const Job& job);

/// The name under which every worker can itself be asked for (Needs::target), by one job at a time.
std::string worker_target(const std::string& worker);

/// The key by which a fleet shares the build of a kernel: 64 hexadecimal digits over the base, the
/// texts of patches and fragments, and the architecture. Empty where the base's content is not
/// named by the spec itself (kinds git, dir, prebuilt), so that each worker builds its own.
std::string build_key(const KernelSpec& kernel);

/// A machine that a worker knows and can't use now.
struct OfflineTarget {
  std::string name;
  std::string reason;  ///< for people
  bool operator==(const OfflineTarget&) const = default;
};
BOOST_DESCRIBE_STRUCT(OfflineTarget, (), (name, reason))

/// What a worker says of itself when it connects, and whenever that changes.
struct WorkerHello {
  std::string name;                ///< 1 to 63 of a-z A-Z 0-9 . _ -, unique in the fleet
  std::string instance;            ///< random, new with each start of the process
  std::string version;             ///< of luolab
  std::uint32_t slots = 1;         ///< jobs at a time
  std::uint64_t memory_bytes = 0;  ///< for all its machines together
  std::uint32_t cpus = 1;          ///< of the host
  std::string arch = "x86_64";
  bool kvm = false;
  std::vector<std::string> tags;
  std::vector<std::string> targets;    ///< machines that it reaches, by name
  std::vector<OfflineTarget> offline;  ///< others, which failed their health check
  std::vector<std::string> builds;     ///< build keys that it has
  std::vector<std::int64_t> attempts;  ///< that it runs, or has results of that were not taken
};
BOOST_DESCRIBE_STRUCT(WorkerHello, (),
                      (name, instance, version, slots, memory_bytes, cpus, arch, kvm, tags, targets,
                       offline, builds, attempts))

struct WorkerWelcome {
  std::chrono::nanoseconds heartbeat{};  ///< send one that often
  std::chrono::nanoseconds lease{};      ///< without one for so long, attempts are given to others
  std::vector<std::int64_t> stale;       ///< of `attempts`: not this worker's any more; drop them
};
BOOST_DESCRIBE_STRUCT(WorkerWelcome, (), (heartbeat, lease, stale))

/// Asks for work. Waits on the controller until there is some.
struct LeaseRequest {
  std::string instance;
  std::chrono::nanoseconds wait{};  ///< at most so long; the controller may answer earlier
  std::vector<std::int64_t> held;   ///< attempts it has: a grant that got lost is given again
};
BOOST_DESCRIBE_STRUCT(LeaseRequest, (), (instance, wait, held))

/// How a worker comes by a kernel of its job.
struct BuildOffer {
  std::string key;       ///< build_key; empty: the worker's own affair
  std::string artifact;  ///< SHA-256 of a finished build's archive; empty: build it and hand it in
};
BOOST_DESCRIBE_STRUCT(BuildOffer, (), (key, artifact))

struct LeaseGrant {
  std::int64_t attempt = 0;  ///< the fencing token
  std::uint32_t number = 1;  ///< of this job's attempts, from 1
  std::int64_t run = 0;
  std::int64_t job_id = 0;
  bool from_power_on = false;  ///< it must not start in a fork: one failed there
  Job job;
  std::vector<BuildOffer> builds;  ///< one per build_key of the job's kernels
};
BOOST_DESCRIBE_STRUCT(LeaseGrant, (), (attempt, number, run, job_id, from_power_on, job, builds))

struct AttemptActivity {
  std::int64_t attempt = 0;
  std::string activity;  ///< what goes on, for people
};
BOOST_DESCRIBE_STRUCT(AttemptActivity, (), (attempt, activity))

/// Renews the leases of all attempts it names.
struct Heartbeat {
  std::string instance;
  std::vector<AttemptActivity> attempts;
};
BOOST_DESCRIBE_STRUCT(Heartbeat, (), (instance, attempts))

struct HeartbeatAnswer {
  std::vector<std::int64_t> cancel;  ///< end them now, and report what there is
  std::vector<std::int64_t> stale;   ///< not this worker's any more: end them, report nothing
  bool drain = false;                ///< finish what runs, take nothing new
};
BOOST_DESCRIBE_STRUCT(HeartbeatAnswer, (), (cancel, stale, drain))

/// What became of something a worker delivered.
enum class Delivery {
  taken,    ///< it is on disk, or was already: it may be forgotten
  refused,  ///< stale: the attempt is not this worker's any more; it is to be forgotten
};
BOOST_DESCRIBE_ENUM(Delivery, taken, refused)

}  // namespace luolab
