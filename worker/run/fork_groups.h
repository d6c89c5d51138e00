// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/protocol/job.h"
#include "core/protocol/report.h"

namespace luolab {

/// A machine worth saving: several jobs of the run have everything before the point in common.
struct TemplateWish {
  std::string key;  ///< equal keys: one machine serves
  StartPoint point = StartPoint::booted;
  std::vector<KernelSpec> incoming;  ///< of all jobs that boot alike: they share the initramfs
  std::uint64_t memory_bytes = 0;
  std::size_t users = 0;  ///< jobs of the run that pass this point
};

/// Finds out which jobs of a run have a stretch in common. Pure. It only says where trying is worth
/// it: whether a machine fits a job is decided by Transcript::replay.
class ForkGroups {
 public:
  explicit ForkGroups(std::span<const Job> jobs);

  /// The machines that this job can start from, each one further than the one before it and made
  /// from it. Empty: power-on.
  std::vector<TemplateWish> wishes(const Job& job) const;

 private:
  struct Boot {
    std::vector<std::string> kernels;  ///< digests of the incoming kernels
    std::vector<KernelSpec> incoming;
  };
  struct Keys {
    std::string booted;
    std::string prepared;
    std::string handed_over;  ///< empty: the job does not want it
  };
  Keys keys_of(const Job& job) const;
  std::size_t users(const std::string& key) const;
  void place(const Job& job);

  std::map<std::string, std::vector<Boot>> boots_;  ///< by what the machines have in common
  std::map<std::string, std::size_t> boot_of_;      ///< machine and kernels -> which of them
  std::map<std::string, std::size_t> users_;
};

}  // namespace luolab
