// SPDX-License-Identifier: Apache-2.0
#include "worker/run/load_plan.h"

#include <algorithm>
#include <filesystem>

#include <boost/describe/enum_to_string.hpp>
#include <fmt/format.h>

namespace luolab {
namespace {

constexpr const char* kGuestDisk = "/dev/vda";  // the only disk that QEMU gives the guest

LoadOrder wire_order(PageOrder order) {
  switch (order) {
    case PageOrder::random:
      return LoadOrder::random;
    case PageOrder::hot_spot:
      return LoadOrder::hot_spot;
    case PageOrder::sequential:
      break;
  }
  return LoadOrder::sequential;
}

/// A page for each writer. The agent writes it when the load starts.
MemfdPlan plan_journal(std::size_t number, const LoadSpec& load) {
  const std::string name = fmt::format("journal-{}", number);
  const MemfdSpec spec{.name = name,
                       .token = number,
                       .size_bytes = load.threads * kPageBytes,
                       .pattern = Pattern::zero};
  return {.session = kLoadSession,
          .spec = spec,
          .title = fmt::format("{}/{}", kLoadSession, name),
          .layout = {spec.size_bytes, 0, 0, {}}};
}

}  // namespace

std::string kind_word(LoadKind kind) {
  std::string word = boost::describe::enum_to_string(kind, "load");
  std::ranges::replace(word, '_', '-');
  return word;
}

std::vector<LoadPlan> plan_loads(const Job& job, const std::vector<MemfdPlan>& memfds) {
  std::vector<LoadPlan> plans;
  for (const LoadSpec& load : job.load) {
    if (load.kind == LoadKind::echo) continue;
    LoadPlan plan{load, fmt::format("{}-{}", plans.size(), kind_word(load.kind)), {}, {}, {}, {}};
    const auto memfd = std::ranges::find(memfds, load.memfd, &MemfdPlan::title);
    if (memfd != memfds.end()) {
      plan.memfd = static_cast<std::size_t>(memfd - memfds.begin());
      // The order may be known to all; the mark key is at hand and differs from memfd to memfd.
      plan.shape = {wire_order(load.order), memfd->key.mark, memfd->spec.size_bytes / kPageBytes,
                    load.threads};
    }
    if (load.kind == LoadKind::io && job.target.disk_bytes > 0) plan.device = kGuestDisk;
    if (load.kind == LoadKind::memory_writer) plan.journal = plan_journal(plans.size(), load);
    plans.push_back(std::move(plan));
  }
  return plans;
}

const LoadSpec* echo_of(const Job& job) {
  const auto echo = std::ranges::find(job.load, LoadKind::echo, &LoadSpec::kind);
  return echo == job.load.end() ? nullptr : &*echo;
}

std::string program_name(const LoadSpec& load) {
  return "program-" + std::filesystem::path(load.file).filename().string();
}

}  // namespace luolab
