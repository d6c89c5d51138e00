// SPDX-License-Identifier: Apache-2.0
#include "worker/run/fork_groups.h"

#include <algorithm>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/sha256.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

/// Every kernel lies in the guest's memory, as a file of the initramfs.
constexpr std::size_t kMostIncomingKernels = 4;

/// Filling less than this, in all jobs but the first, takes less time than saving a second machine.
constexpr std::uint64_t kWorthSavingBytes = std::uint64_t{64} << 20;

std::uint64_t memfd_bytes(const Job& job) {
  std::uint64_t sum = 0;
  for (const SessionSpec& session : job.sessions) {
    for (const MemfdSpec& memfd : session.memfds) sum += memfd.size_bytes;
  }
  return sum;
}

template <class... Part>
std::string digest_of(const Part&... parts) {
  Sha256 sum;
  (sum.add_field(boost::json::serialize(to_json(parts))), ...);
  return sum.hex();
}

/// What a machine is, and what boots in it.
std::string machine_key(const Job& job) { return digest_of(job.kernels[job.outgoing], job.target); }

/// The job without what it is called and without what matters only after the preparation: jobs for
/// which this is equal prepare alike. A new member of Job counts unless it is left out here.
Job as_prepared(Job job) {
  const Job blank;
  job.scenario = blank.scenario;
  job.summary = blank.summary;
  job.point = blank.point;
  job.repetition = blank.repetition;
  job.kernels = blank.kernels;
  job.outgoing = blank.outgoing;
  job.hops = blank.hops;
  job.checks = blank.checks;
  job.timeouts = blank.timeouts;
  job.hop_cmdlines = blank.hop_cmdlines;
  job.promises = blank.promises;
  job.broken = blank.broken;
  job.source = blank.source;
  job.before = blank.before;
  job.after = blank.after;
  job.known_issues = blank.known_issues;
  job.faults = blank.faults;
  job.fork = blank.fork;
  return job;
}

/// Loads run from before preserve on, an echo load from boot on: such machines are not saved.
bool can_fork(const Job& job) { return job.fork != Fork::never && job.load.empty(); }

std::map<std::string, const KernelSpec*> incoming_kernels(const Job& job) {
  std::map<std::string, const KernelSpec*> kernels;
  for (const std::uint32_t hop : job.hops) {
    kernels.emplace(digest_of(job.kernels[hop]), &job.kernels[hop]);
  }
  return kernels;
}

std::string machine_and_kernels_key(const Job& job) {
  std::string key = machine_key(job);
  for (const auto& [digest, kernel] : incoming_kernels(job)) key += "|" + digest;
  return key;
}

}  // namespace

ForkGroups::ForkGroups(std::span<const Job> jobs) {
  for (const Job& job : jobs) {
    if (can_fork(job)) place(job);
  }
  for (const Job& job : jobs) {
    if (!can_fork(job)) continue;
    const Keys keys = keys_of(job);
    ++users_[keys.booted];
    ++users_[keys.prepared];
    if (!keys.handed_over.empty()) ++users_[keys.handed_over];
  }
}

void ForkGroups::place(const Job& job) {
  const auto [known, is_new] = boot_of_.try_emplace(machine_and_kernels_key(job), 0);
  if (!is_new) return;
  const auto kernels = incoming_kernels(job);
  std::vector<Boot>& boots = boots_[machine_key(job)];
  const auto has_room = [&](const Boot& boot) {
    const auto is_new_to_it = [&](const auto& kernel) {
      return std::ranges::find(boot.kernels, kernel.first) == boot.kernels.end();
    };
    const auto more = std::ranges::count_if(kernels, is_new_to_it);
    return boot.kernels.size() + static_cast<std::size_t>(more) <= kMostIncomingKernels;
  };
  auto boot = std::ranges::find_if(boots, has_room);
  if (boot == boots.end()) boot = boots.insert(boots.end(), Boot{});
  known->second = static_cast<std::size_t>(boot - boots.begin());
  for (const auto& [digest, kernel] : kernels) {
    if (std::ranges::find(boot->kernels, digest) != boot->kernels.end()) continue;
    boot->kernels.push_back(digest);
    boot->incoming.push_back(*kernel);
  }
}

ForkGroups::Keys ForkGroups::keys_of(const Job& job) const {
  const auto boot = boot_of_.find(machine_and_kernels_key(job));
  if (boot == boot_of_.end()) return {};
  Keys keys;
  keys.booted = fmt::format("{}#{}", machine_key(job), boot->second);
  keys.prepared = keys.booted + "/" + digest_of(as_prepared(job));
  // A disk that was written to is not saved with the machine.
  if (job.fork == Fork::after_kexec && job.target.disk_bytes == 0) {
    std::vector<KernelSpec> hops;
    for (const std::uint32_t hop : job.hops) hops.push_back(job.kernels[hop]);
    keys.handed_over = keys.prepared + "/" + digest_of(hops, job.hop_cmdlines, job.before);
  }
  return keys;
}

std::size_t ForkGroups::users(const std::string& key) const {
  const auto found = users_.find(key);
  return found == users_.end() ? 0 : found->second;
}

std::vector<TemplateWish> ForkGroups::wishes(const Job& job) const {
  if (!can_fork(job)) return {};
  const Keys keys = keys_of(job);
  const auto boots = boots_.find(machine_key(job));
  if (keys.booted.empty() || boots == boots_.end()) return {};
  const Boot& boot = boots->second[boot_of_.at(machine_and_kernels_key(job))];
  std::vector<TemplateWish> wishes;
  // From the end: a point is worth it where more jobs pass it than go on to the next one.
  std::size_t further = 1;
  for (const auto& [point, key] : {std::pair(StartPoint::handed_over, keys.handed_over),
                                   std::pair(StartPoint::prepared, keys.prepared),
                                   std::pair(StartPoint::booted, keys.booted)}) {
    const std::size_t count = key.empty() ? 0 : users(key);
    if (count <= further) continue;
    const bool booted_too = users(keys.booted) > count;
    if (point == StartPoint::prepared && booted_too && wishes.empty() &&
        (count - 1) * memfd_bytes(job) < kWorthSavingBytes) {
      continue;
    }
    wishes.push_back({key, point, boot.incoming, job.target.memory_bytes, count});
    further = count;
  }
  std::ranges::reverse(wishes);
  return wishes;
}

}  // namespace luolab
