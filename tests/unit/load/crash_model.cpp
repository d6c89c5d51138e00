// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/load/crash_model.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>

#include "agent/inspection.h"
#include "agent/load/record_scan.h"
#include "worker/run/load_answer.h"

namespace luolab::testing {
namespace {

boost::json::object as_answered(const Json& result) {
  return boost::json::parse(to_line(result)).as_object();
}

}  // namespace

CrashModel::CrashModel(const LoadShape& shape, std::uint64_t seed)
    : shape_(shape),
      key_{seed * 7 + 1, seed * 11 + 2},
      random_(seed),
      memory_(shape.pages * kPageBytes),
      journals_(shape.writers * kPageBytes),
      pending_(shape.writers) {
  for (std::uint64_t index = 0; index < shape.pages; ++index) {
    fill_page(PagePattern::records, key_, index, page(index));
  }
  for (std::uint32_t writer = 0; writer < shape.writers; ++writer) {
    write_journal(key_.mark, writer, PageBytes(journals_.data() + writer * kPageBytes, kPageBytes));
  }
}

LoadJournalPage* CrashModel::journal(std::uint32_t writer) {
  return reinterpret_cast<LoadJournalPage*>(journals_.data() + writer * kPageBytes);
}

std::span<std::byte, kPageBytes> CrashModel::page(std::uint64_t index) {
  return PageBytes(memory_.data() + index * kPageBytes, kPageBytes);
}

void CrashModel::store(std::uint32_t writer) {
  std::vector<Store>& stores = pending_[writer];
  if (stores.empty()) {
    const LoadMemory memory{shape_, key_, writer, memory_, journal(writer)};
    make_load_step(memory, journal(writer)->done + 1,
                   [&](LoadWord* at, LoadWord value) { stores.emplace_back(at, value); });
    std::ranges::reverse(stores);
  }
  *stores.back().first = stores.back().second;
  stores.pop_back();
}

void CrashModel::run(std::uint64_t stores) {
  // Bursts, as processors make them, of lengths that leave the writers anywhere in their steps.
  while (stores > 0) {
    const auto writer = static_cast<std::uint32_t>(random_() % shape_.writers);
    const std::uint64_t burst = std::min<std::uint64_t>(stores, 1 + random_() % 300);
    for (std::uint64_t i = 0; i < burst; ++i) store(writer);
    stores -= burst;
  }
}

void CrashModel::hop() {
  for (std::vector<Store>& stores : pending_) stores.clear();
}

std::vector<std::uint64_t> CrashModel::done() const {
  std::vector<std::uint64_t> steps;
  for (std::uint32_t writer = 0; writer < shape_.writers; ++writer) {
    steps.push_back(
        reinterpret_cast<const LoadJournalPage*>(journals_.data() + writer * kPageBytes)->done);
  }
  return steps;
}

std::uint64_t CrashModel::settled_page() {
  std::set<std::uint64_t> named;
  std::vector<std::uint64_t> written;
  for (std::uint32_t writer = 0; writer < shape_.writers; ++writer) {
    named.insert(load_page(shape_, writer, journal(writer)->started));
  }
  for (std::uint32_t writer = 0; writer < shape_.writers; ++writer) {
    for (std::uint64_t step = 1; step <= journal(writer)->done; ++step) {
      const std::uint64_t page = load_page(shape_, writer, step);
      if (!named.contains(page)) written.push_back(page);
    }
  }
  for (std::uint64_t page = 0; written.empty(); ++page) {
    if (!named.contains(page)) written.push_back(page);
  }
  return written[random_() % written.size()];
}

std::string verdict_of(LoadOracle& oracle, CrashModel& machine) {
  constexpr std::uint64_t kRange = 4 * kPageBytes;
  const Json journals{
      {"writers", scan_journals(machine.memory(), machine.journals(), machine.shape())}};
  std::string problem = oracle.take_journals(read_journals(as_answered(journals)));
  if (!problem.empty()) return problem;
  InspectionRequest request;
  request.layout = machine.layout();
  request.range_bytes = kRange;
  const DigestTree found = inspect(machine.memory(), request).tree;
  if (found == oracle.expected(kRange, HashKind::scalar, false)) return {};
  const Json records = scan_records(machine.memory(), machine.key().mark, 0, machine.shape().pages);
  problem = oracle.describe(read_records(as_answered(records)));
  return problem.empty() ? "the digests differ, and nothing tells why" : problem;
}

}  // namespace luolab::testing
