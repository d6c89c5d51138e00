// SPDX-License-Identifier: Apache-2.0
#include "controller/scheduler/unfit.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/quantity.h"

namespace luolab {
namespace {

struct Requirement {
  std::string text;
  std::function<bool(WorkerIndex)> met;
};

std::vector<Requirement> requirements(const Fit& fit, const WorkerPool& pool) {
  std::vector<Requirement> list;
  const auto hello = [&pool](WorkerIndex worker) -> const WorkerHello& {
    return pool.at(worker).hello;
  };
  list.push_back({fmt::format("architecture {}", fit.arch),
                  [=, &fit](WorkerIndex w) { return hello(w).arch == fit.arch; }});
  list.push_back({fmt::format("{} of memory", format_size_rounded(fit.memory_bytes)),
                  [=, &fit](WorkerIndex w) { return hello(w).memory_bytes >= fit.memory_bytes; }});
  list.push_back(
      {counted(fit.cpus, "cpu"), [=, &fit](WorkerIndex w) { return hello(w).cpus >= fit.cpus; }});
  if (fit.kvm) list.push_back({"kvm", [=](WorkerIndex w) { return hello(w).kvm; }});
  for (const std::string& tag : fit.tags) {
    list.push_back({fmt::format("tag {}", tag),
                    [=](WorkerIndex w) { return std::ranges::binary_search(hello(w).tags, tag); }});
  }
  if (!fit.target.empty()) {
    list.push_back({fmt::format("target {}", fit.target), [&pool, &fit](WorkerIndex w) {
                      return pool.reaching(fit.target).contains(w);
                    }});
  }
  return list;
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

std::vector<WorkerIndex> connected(const WorkerPool& pool) {
  std::vector<WorkerIndex> workers;
  for (WorkerIndex worker = 0; worker < pool.table_size(); ++worker) {
    if (pool.at(worker).connected) workers.push_back(worker);
  }
  return workers;
}

std::string are_connected(std::size_t count) {
  return fmt::format("{} {} connected", counted(count, "worker"), count == 1 ? "is" : "are");
}

/// What of it nobody has; all of it, where everything is there but not in one place.
std::string missing(const Fit& fit, const WorkerPool& pool, const std::vector<WorkerIndex>& fleet) {
  std::vector<std::string> unmet;
  std::vector<std::string> all;
  for (const Requirement& requirement : requirements(fit, pool)) {
    all.push_back(requirement.text);
    if (std::ranges::none_of(fleet, requirement.met)) unmet.push_back(requirement.text);
  }
  if (unmet.empty()) {
    return fmt::format("no worker fits: it needs {}; {}, none has all of it", listed(all),
                       are_connected(fleet.size()));
  }
  return fmt::format("no worker fits: it needs {}; {}, {}", listed(unmet),
                     are_connected(fleet.size()),
                     unmet.size() == 1 ? "none has it" : "none has any of it");
}

/// Why a machine can't be used by those who know it; empty: nobody says so.
std::string offline_reason(const std::string& target, const WorkerPool& pool,
                           const std::vector<WorkerIndex>& fleet) {
  for (const WorkerIndex worker : fleet) {
    for (const auto& [name, reason] : pool.at(worker).hello.offline) {
      if (name == target)
        return fmt::format("target {} is offline, says worker {}: {}", name, pool.at(worker).name,
                           reason);
    }
  }
  return {};
}

}  // namespace

std::string counted(std::size_t count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::vector<WorkerIndex> candidates(const Fit& fit, const WorkerPool& pool, const Choice& choice) {
  FittingClasses classes;
  pool.update(classes, fit);
  const bool avoided_too = choice.takes_avoided(fit, classes);
  std::vector<WorkerIndex> workers = connected(pool);
  std::erase_if(workers, [&](WorkerIndex w) { return !choice.could(w, fit, avoided_too); });
  return workers;
}

WhyWaiting why_unfit(const Fit& fit, const WorkerPool& pool) {
  if (!fit.only.empty()) {
    const auto worker = pool.find(fit.only);
    const std::string it = fmt::format("the only worker that may take it ({})", fit.only);
    if (!worker || !pool.at(*worker).connected) return {"worker-away", it + " is not connected"};
    if (pool.suits(*worker, fit)) return {"worker-away", it + " is draining"};
    return {"no-worker-fits", missing(fit, pool, {*worker})};
  }
  const std::vector<WorkerIndex> fleet = connected(pool);
  if (fleet.empty()) return {"no-worker-fits", "no worker is connected"};
  std::vector<std::string> shut;
  for (const WorkerIndex worker : fleet) {
    if (!pool.suits(worker, fit)) continue;
    const bool draining = pool.at(worker).state == WorkerState::draining;
    shut.push_back(
        fmt::format("{} is {}", pool.at(worker).name, draining ? "draining" : "quarantined"));
  }
  if (shut.empty()) {
    const std::string offline = offline_reason(fit.target, pool, fleet);
    if (!offline.empty()) return {"target-offline", offline};
    return {"no-worker-fits", missing(fit, pool, fleet)};
  }
  constexpr std::size_t kNamed = 3;
  const std::size_t unnamed = shut.size() - std::min(shut.size(), kNamed);
  shut.resize(std::min(shut.size(), kNamed));
  return {"no-worker-fits", fmt::format("the workers that fit take nothing now: {}{}", listed(shut),
                                        unnamed > 0 ? fmt::format(", and {} more", unnamed) : "")};
}

}  // namespace luolab
