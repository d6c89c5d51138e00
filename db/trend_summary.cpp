// SPDX-License-Identifier: Apache-2.0
// What attempts say together. Different values of a column are found by seeking from one to the
// next in its index, so that a million equal ones cost one step.
#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "db/column.h"
#include "db/store.h"

namespace luolab {
namespace {

std::vector<std::string> texts_of(const Database& database, std::string_view column) {
  Statement next = database.prepare(
      fmt::format("SELECT {0} FROM trend_points WHERE {0} > ?1 ORDER BY {0} LIMIT 1", column));
  std::vector<std::string> found;
  std::string last;
  while (found.size() < kMostTrendChoices) {
    next.start(last);
    if (!next.step()) break;
    last = next.text(0);
    found.push_back(last);
  }
  return found;
}

std::vector<std::uint64_t> sizes_of(const Database& database) {
  Statement next = database.prepare(
      "SELECT update_bytes FROM trend_points WHERE update_bytes > ?1 "
      "ORDER BY update_bytes LIMIT 1");
  std::vector<std::uint64_t> found;
  std::uint64_t last = 0;
  while (found.size() < kMostTrendChoices) {
    next.start(last);
    if (!next.step()) break;
    last = next.bits(0);
    found.push_back(last);
  }
  return found;
}

using Pair = std::pair<std::string, std::string>;

/// Highest first.
std::vector<Pair> pairs_of(const Database& database, const std::string& scenario) {
  const std::string from = scenario.empty()
                               ? "FROM trend_points INDEXED BY trend_pairs WHERE "
                               : "FROM trend_points INDEXED BY trend_pairs_of_scenario "
                                 "WHERE scenario = ?1 AND ";
  const std::string order = " ORDER BY outgoing_release DESC, incoming_release DESC LIMIT 1";
  Statement first = database.prepare("SELECT outgoing_release, incoming_release " + from +
                                     "outgoing_release IS NOT NULL" + order);
  // Two steps where one would do: a comparison of both columns together walks over all that are
  // equal in the first one.
  Statement same = database.prepare("SELECT outgoing_release, incoming_release " + from +
                                    "outgoing_release = ?2 AND incoming_release < ?3" + order);
  Statement lower = database.prepare("SELECT outgoing_release, incoming_release " + from +
                                     "outgoing_release < ?2" + order);
  const auto one = [](Statement& row) { return Pair{row.text(0), row.text(1)}; };
  std::vector<Pair> found;
  if (scenario.empty()) {
    first.start();
  } else {
    first.start(scenario);
  }
  if (!first.step()) return found;
  found.push_back(one(first));
  while (found.size() < kMostPairs) {
    const Pair last = found.back();
    same.start(scenario, last.first, last.second);
    if (same.step()) {
      found.push_back(one(same));
      continue;
    }
    lower.start(scenario, last.first);
    if (!lower.step()) break;
    found.push_back(one(lower));
  }
  return found;
}

void count_verdict(VersionPair& pair, Verdict verdict) {
  if (verdict == Verdict::PASS || verdict == Verdict::XFAIL) {
    ++pair.passed;
  } else if (verdict == Verdict::FAIL) {
    ++pair.failed;
  } else {
    ++pair.unjudged;
  }
}

std::optional<std::chrono::nanoseconds> median_of(std::vector<std::chrono::nanoseconds> times) {
  if (times.empty()) return {};
  std::sort(times.begin(), times.end());
  const std::size_t middle = times.size() / 2;
  return times.size() % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
}

/// `row`: attempt, verdict, duration; newest first.
VersionPair sum_up(Statement& row, const Pair& releases) {
  VersionPair pair{.outgoing_release = releases.first, .incoming_release = releases.second};
  std::vector<std::chrono::nanoseconds> times;
  while (row.step()) {
    if (pair.newest.value == 0) pair.newest = AttemptId{row.integer(0)};
    count_verdict(pair, verdict_column(row, 1));
    if (!row.is_null(2)) times.push_back(row.duration(2));
  }
  pair.measured = times.size();
  pair.median = median_of(std::move(times));
  return pair;
}

struct Failure {
  AttemptId attempt;
  std::string test, worker;
  std::int64_t outgoing = 0, incoming = 0;
};

/// The newest failure of each test and pair of builds, newest first.
std::vector<Failure> failures_of(const Database& database, const FlakyFilter& filter) {
  Statement row = database.prepare(fmt::format(
      "SELECT attempt, test, worker, outgoing, incoming FROM trend_points INDEXED BY {} "
      "WHERE verdict = 'FAIL' AND outgoing IS NOT NULL AND incoming IS NOT NULL {} "
      "ORDER BY attempt DESC LIMIT ?2",
      filter.scenario.empty() ? "trend_failures" : "trend_failures_of_scenario",
      filter.scenario.empty() ? "" : "AND scenario = ?1"));
  row.start(filter.scenario, filter.newest);
  std::vector<Failure> found;
  std::set<std::tuple<std::string, std::int64_t, std::int64_t>> seen;
  while (row.step()) {
    Failure failure{AttemptId{row.integer(0)}, row.text(1), row.text(2), row.integer(3),
                    row.integer(4)};
    if (seen.emplace(failure.test, failure.outgoing, failure.incoming).second)
      found.push_back(std::move(failure));
  }
  return found;
}

}  // namespace

TrendChoices Store::trend_choices() const {
  return {texts_of(database_, "scenario"), texts_of(database_, "worker"), sizes_of(database_)};
}

std::vector<VersionPair> Store::version_pairs(const PairFilter& filter) const {
  const Snapshot snapshot(database_);
  Statement row = database_.prepare(fmt::format(
      "SELECT attempt, verdict, (SELECT duration_ns FROM phases WHERE name = ?4 "
      "AND phases.attempt = trend_points.attempt AND subject = '' AND hop >= 0 "
      "ORDER BY hop DESC LIMIT 1) FROM trend_points INDEXED BY {} "
      "WHERE outgoing_release = ?2 AND incoming_release = ?3 {} ORDER BY attempt DESC LIMIT ?5",
      filter.scenario.empty() ? "trend_pairs" : "trend_pairs_of_scenario",
      filter.scenario.empty() ? "" : "AND scenario = ?1"));
  std::vector<VersionPair> pairs;
  for (const Pair& releases : pairs_of(database_, filter.scenario)) {
    row.start(filter.scenario, releases.first, releases.second, filter.phase, filter.newest);
    pairs.push_back(sum_up(row, releases));
  }
  return pairs;
}

std::vector<FlakyTest> Store::flaky_tests(const FlakyFilter& filter) const {
  const Snapshot snapshot(database_);
  Statement count = database_.prepare(
      "SELECT (SELECT count(*) FROM (SELECT 1 FROM trend_points WHERE test = ?1 AND outgoing = ?2 "
      "AND incoming = ?3 AND verdict IN ('PASS', 'XFAIL') LIMIT ?4)), "
      "(SELECT count(*) FROM (SELECT 1 FROM trend_points WHERE test = ?1 AND outgoing = ?2 "
      "AND incoming = ?3 AND verdict = 'FAIL' LIMIT ?4))");
  Statement name = database_.prepare(
      "SELECT job, (SELECT title FROM builds WHERE id = ?2), "
      "(SELECT title FROM builds WHERE id = ?3) FROM attempts WHERE id = ?1");
  std::vector<FlakyTest> tests;
  for (const Failure& failure : failures_of(database_, filter)) {
    if (tests.size() == FlakyFilter::kMost) break;
    count.start(failure.test, failure.outgoing, failure.incoming, kMostFlakyCount);
    count.step();
    if (count.integer(0) == 0) continue;
    name.start(failure.attempt.value, failure.outgoing, failure.incoming);
    name.step();
    tests.push_back({.test = failure.test,
                     .outgoing = name.text(1),
                     .incoming = name.text(2),
                     .passed = static_cast<std::size_t>(count.integer(0)),
                     .failed = static_cast<std::size_t>(count.integer(1)),
                     .last_failure = JobId{name.integer(0)},
                     .worker = failure.worker});
  }
  return tests;
}

}  // namespace luolab
