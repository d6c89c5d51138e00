// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/gate_plan.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "controller/gate/gate.h"
#include "kernel-patches/patch_text.h"

namespace luolab {
namespace {

using std::chrono::milliseconds;

/// What a part of the kernel has to do with the contract (docs/contract.md).
struct Part {
  std::string_view path;  ///< the beginning of a file's path
  std::set<std::uint32_t> promises;
};

const std::array<Part, 6>& parts() {
  static const std::array<Part, 6> all{{
      {"mm/memfd_luo", {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 17, 20, 21, 23}},
      {"mm/", {1, 2, 3, 5, 7, 8, 9, 17, 20, 21, 22, 23}},
      {"kernel/liveupdate/luo_file", {10, 13, 14, 15, 16, 18, 20, 23}},
      {"kernel/liveupdate/kexec_handover", {1, 2, 9, 17, 23}},
      {"kernel/liveupdate/", {10, 11, 12, 13, 14, 16, 18, 19, 20, 22, 23}},
      {"include/", {11, 12, 13}},
  }};
  return all;
}

std::set<std::uint32_t> touched_promises(const GateOrder& order) {
  std::set<std::uint32_t> promises;
  for (const Series& series : order.series) {
    for (const Patch& patch : series.patches) {
      for (const std::string& file : files_of_patch(patch.text)) {
        for (const Part& part : parts()) {
          if (file.starts_with(part.path))
            promises.insert(part.promises.begin(), part.promises.end());
        }
      }
    }
  }
  return promises;
}

/// 0: says most about the series. A test without a promise is about the whole.
int rank(const GateCase& test, const std::set<std::uint32_t>& touched) {
  if (test.candidate.promises.empty()) return 1;
  const bool about = std::ranges::any_of(
      test.candidate.promises, [&](std::uint32_t promise) { return touched.contains(promise); });
  return about ? 0 : 2;
}

std::chrono::nanoseconds both_kernels(const GateCase& test) {
  return expected_time(test.candidate) + expected_time(test.baseline);
}

std::string seconds(std::chrono::nanoseconds time) {
  return fmt::format("{:.0f} s", std::chrono::duration<double>(time).count());
}

}  // namespace

std::chrono::nanoseconds expected_time(const Job& job) {
  std::uint64_t bytes = 0;
  for (const SessionSpec& session : job.sessions) {
    for (const MemfdSpec& memfd : session.memfds) bytes += memfd.size_bytes;
  }
  const auto hops = static_cast<int>(job.hops.size());
  const auto mebibytes = static_cast<int>(bytes >> 20);
  return milliseconds(1500) + hops * (milliseconds(1500) + mebibytes * milliseconds(2));
}

GatePlan plan_gate(const GateSuite& suite, const GateOrder& order) {
  GatePlan plan;
  std::vector<const GateCase*> all;
  for (const GateCase& test : suite.cases) all.push_back(&test);
  if (order.budget == order.budget.zero()) {
    plan.chosen = all;
    return plan;
  }
  const std::set<std::uint32_t> touched = touched_promises(order);
  std::ranges::stable_sort(all, {}, [&](const GateCase* test) {
    return std::pair(rank(*test, touched), both_kernels(*test));
  });
  std::chrono::nanoseconds left = order.budget / 2;
  for (const GateCase* test : all) {
    const auto needs = both_kernels(*test);
    if (needs <= left) {
      left -= needs;
      plan.chosen.push_back(test);
    } else {
      plan.left_out.push_back(
          {test->title,
           fmt::format("needs about {}, and of the budget of {} {} were left for tests",
                       seconds(needs), seconds(order.budget), seconds(left))});
    }
  }
  std::ranges::sort(plan.chosen);  // pointers into one vector: the suite's own order
  return plan;
}

void Gate::choose_tests() {
  GatePlan plan = plan_gate(suite_, order_);
  chosen_ = std::move(plan.chosen);
  report_.left_out = std::move(plan.left_out);
}

}  // namespace luolab
