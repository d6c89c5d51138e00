// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/gate.h"

#include <chrono>

#include <fmt/format.h>

#include "controller/gate/base_commit.h"

namespace luolab {
namespace {

/// "mm: memfd_luo: keep the size" of a mail's patch; else the file's name.
std::string patch_title(const Patch& patch) { return patch.name; }

GateReport empty_report(const GateOrder& order, const std::string& id) {
  GateReport report;
  report.id = id;
  report.state = "running";
  report.title = order.title;
  report.suite = order.suite;
  report.command = order.command;
  report.origin = order.origin;
  report.base_commit = order.base_commit;
  report.notes = base_commit_notes(order);
  for (const Series& series : order.series) {
    if (report.title.empty()) report.title = series.name;
    for (const Patch& patch : series.patches) report.patches.push_back({patch_title(patch), {}});
  }
  return report;
}

}  // namespace

Gate::Gate(GateOrder order, GateSuite suite, std::string id, GateRunner& runner)
    : order_(std::move(order)),
      suite_(std::move(suite)),
      runner_(runner),
      report_(empty_report(order_, id)) {}

Task<GateReport> Gate::run() {
  const auto began = std::chrono::steady_clock::now();
  report_.started = runner_.now();
  report_.lab = runner_.lab();
  if (co_await build()) {
    choose_tests();
    co_await test();
    co_await measure();
  }
  report_.wall_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  co_return co_await finish();
}

Task<GateReport> Gate::finish() {
  if (report_.reason.empty()) {
    GateDecision decision = decide(report_);
    report_.answer = decision.answer;
    report_.reason = std::move(decision.reason);
  }
  report_.state = "done";
  report_.stage.clear();
  report_.finished = runner_.now();
  co_await runner_.publish(report_);
  co_return report_;
}

Task<void> Gate::enter(std::string stage) {
  report_.stage = std::move(stage);
  co_await runner_.publish(report_);
}

GateStep Gate::step(std::string name, std::vector<Job> jobs) const {
  std::string title =
      fmt::format("gate {}: {}", report_.id.empty() ? report_.title : report_.id, name);
  return {std::move(name), std::move(title), std::move(jobs)};
}

std::size_t Gate::patch_count() const { return report_.patches.size(); }

std::vector<Series> Gate::first_patches(std::size_t count) const {
  std::vector<Series> all;
  for (const Series& series : order_.series) {
    if (count == 0) break;
    Series part{series.name, series.patches};
    if (part.patches.size() > count) part.patches.resize(count);
    count -= part.patches.size();
    all.push_back(std::move(part));
  }
  return all;
}

}  // namespace luolab
