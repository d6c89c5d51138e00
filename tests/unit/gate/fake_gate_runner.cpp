// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/gate/fake_gate_runner.h"

#include <fmt/format.h>

namespace luolab {
namespace {

std::size_t patches_of(const Job& job) {
  for (const Series& series : job.kernels.front().series) {
    if (series.name == "mine") return series.patches.size();
  }
  return 0;
}

}  // namespace

GateResult FakeGateRunner::ended(Verdict verdict, std::string failed_check) {
  GateResult result;
  result.verdict = verdict;
  result.report.verdict = verdict;
  result.report.worker = "host";
  if (verdict == Verdict::FAIL) {
    result.reason = failed_check + " differs";
    result.report.checks.push_back({0, std::move(failed_check), "", Verdict::FAIL, "differs"});
  }
  return result;
}

GateResult FakeGateRunner::built(std::string content) {
  GateResult result = ended(Verdict::DONE);
  result.worker = "w1";
  result.report.builds.push_back({"key-" + content, "title", "7.3.4", "7.3.4-1", "id-" + content,
                                  fmt::format(R"({{"runtime_sha256": "{}"}})", content)});
  return result;
}

GateResult FakeGateRunner::refused(Verdict verdict, std::string reason) {
  GateResult result = ended(verdict);
  result.reason = std::move(reason);
  return result;
}

Task<std::vector<GateResult>> FakeGateRunner::run(GateStep step) {
  std::vector<GateResult> results;
  for (const Job& job : step.jobs) {
    const std::size_t patches = patches_of(job);
    results.push_back(job.build_only ? builds(patches) : does(job, patches > 0));
    results.back().job = fmt::format("j{}", ++jobs_);
  }
  steps.push_back(std::move(step));
  co_return results;
}

Task<std::optional<KnownResult>> FakeGateRunner::recall(std::string key) {
  const auto found = known.find(key);
  if (found == known.end()) co_return std::nullopt;
  co_return KnownResult{found->second, Verdict::PASS, {}};
}

Task<void> FakeGateRunner::remember(std::string key, std::string job) {
  known[std::move(key)] = std::move(job);
  co_return;
}

Task<void> FakeGateRunner::publish(const GateReport& report) {
  if (stages.empty() || stages.back() != report.stage) stages.push_back(report.stage);
  co_return;
}

Catalog gate_catalog() {
  return {{{.name = "linux-7.3"}},
          {{"other-layout", {{"0001-x.patch", "the text"}}}},
          {{"liveupdate", "CONFIG_LIVEUPDATE=y\n"}, {"qemu-x86_64", "CONFIG_64BIT=y\n"}}};
}

GateOrder gate_order(std::size_t patches) {
  GateOrder order;
  order.suite = "small";
  order.latency = false;
  Series mine{"mine", {}};
  for (std::size_t i = 1; i <= patches; ++i) {
    mine.patches.push_back({fmt::format("{:04}-a.patch", i),
                            "--- a/mm/memfd_luo.c\n+++ b/mm/memfd_luo.c\n@@ -1 +1 @@\n-a\n+b\n"});
  }
  order.series = {mine};
  for (const char* name : {"one", "two"}) {
    order.documents.push_back(
        {fmt::format("{}.yaml", name),
         fmt::format("apiVersion: luolab/v1\nname: {}\nsummary: it stays\npromise: 1\n"
                     "broken: it is lost\n"
                     "kernels: {{outgoing: {{base: linux-7.3}}}}\n"
                     "sessions: [{{name: s, memfds: [{{name: m, size: 1MiB}}]}}]\n",
                     name)});
  }
  return order;
}

}  // namespace luolab
