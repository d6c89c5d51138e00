// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/store/pages.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

namespace luolab::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr Milliseconds kBar{20};

struct Page {
  std::string_view name;
  std::function<std::size_t()> read;  ///< gives the number of rows
};

bool print_page(const Page& page) {
  std::vector<Milliseconds> times;
  std::size_t rows = 0;
  for (int i = 0; i < 20; ++i) {
    const auto start = Clock::now();
    rows = page.read();
    times.emplace_back(Clock::now() - start);
  }
  std::sort(times.begin(), times.end());
  const bool fast = times[10] <= kBar;
  fmt::print("{:<34} {:>4} rows  median {:8.3f} ms  worst {:8.3f} ms{}\n", page.name, rows,
             times[10].count(), times.back().count(), fast ? "" : "  TOO SLOW");
  return fast;
}

std::vector<Page> run_pages(const Store& store, RunId run) {
  const auto runs = [&store](RunFilter filter) {
    return [&store, filter] { return store.runs(filter).size(); };
  };
  return {{"runs", runs({})},
          {"runs?state=done", runs({.state = RunState::done})},
          {"runs?state=running", runs({.state = RunState::running})},
          {"runs?verdict=FAIL", runs({.verdict = Verdict::FAIL})},
          {"runs?verdict=SKIP", runs({.verdict = Verdict::SKIP})},
          {"runs?submitter", runs({.submitter = "user7"})},
          {"runs?series", runs({.series_key = "series-7"})},
          {"runs?text", runs({.text = "night user7"})},
          {"run head", [&store, run] { return store.run_head(run) ? 1U : 0U; }}};
}

std::vector<Page> job_pages(const Store& store, RunId run) {
  const auto jobs = [&store](JobFilter filter) {
    return [&store, filter] { return store.jobs(filter).size(); };
  };
  return {
      {"jobs", jobs({})},
      {"jobs, deep (before=1000)", jobs({.before = JobId{1000}})},
      {"jobs?run", jobs({.run = run})},
      {"jobs?run&verdict=FAIL", jobs({.run = run, .verdict = Verdict::FAIL})},
      {"jobs?run&state=queued", jobs({.run = run, .state = JobState::queued})},
      {"jobs?run&scenario=rare", jobs({.run = run, .scenario = "rare-scenario"})},
      {"jobs?state=done", jobs({.state = JobState::done})},
      {"jobs?state=running", jobs({.state = JobState::running})},
      {"jobs?verdict=FAIL", jobs({.verdict = Verdict::FAIL})},
      {"jobs?verdict=SKIP", jobs({.verdict = Verdict::SKIP})},
      {"jobs?scenario", jobs({.scenario = "many-memfds"})},
      {"jobs?scenario=rare", jobs({.scenario = "rare-scenario"})},
      {"jobs?scenario&verdict=FAIL", jobs({.verdict = Verdict::FAIL, .scenario = "many-memfds"})},
      {"jobs?scenario&state=queued", jobs({.state = JobState::queued, .scenario = "many-memfds"})},
      {"jobs?worker", jobs({.worker = "worker-7"})},
      {"jobs?worker&verdict=FAIL", jobs({.verdict = Verdict::FAIL, .worker = "worker-3"})}};
}

std::vector<Page> attempt_pages(const Store& store, AttemptId attempt, JobId job) {
  const auto attempts = [&store](AttemptFilter filter) {
    return [&store, filter] { return store.attempts(filter).size(); };
  };
  return {{"job, summary", [&store, job] { return store.job_summary(job) ? 1U : 0U; }},
          {"attempts", attempts({})},
          {"attempts?job", attempts({.job = job})},
          {"attempts?state=running", attempts({.state = AttemptState::running})},
          {"attempts?state=lost", attempts({.state = AttemptState::lost})},
          {"attempts?worker", attempts({.worker = "worker-7"})},
          {"attempt, whole", [&store, attempt] { return store.attempt(attempt) ? 1U : 0U; }}};
}

std::vector<Page> row_pages(const Store& store, JobId job) {
  const auto phases = [&store](RowFilter filter) {
    return [&store, filter] { return store.phases(filter).size(); };
  };
  return {{"phases", phases({})},
          {"phases?name", phases({.name = "blackout"})},
          {"phases?name&scenario", phases({.name = "blackout", .scenario = "many-memfds"})},
          {"phases?name&scenario=rare", phases({.name = "blackout", .scenario = "rare-scenario"})},
          {"phases?job", phases({.job = job})},
          {"checksums", [&store] { return store.checksums({}).size(); }},
          {"checksums?memfd&scenario",
           [&store] {
             return store.checksums({.name = "vm-0/ram", .scenario = "many-memfds"}).size();
           }},
          {"measurements?name&scenario", [&store] {
             return store.measurements({.name = "tsc.frequency", .scenario = "many-memfds"}).size();
           }}};
}

std::vector<Page> other_pages(const Store& store, RunId run, JobId job) {
  const auto events = [&store](EventFilter filter) {
    return [&store, filter] { return store.events(filter).size(); };
  };
  const auto search = [&store](std::string text) {
    return [&store, text] { return store.search(text, 50).size(); };
  };
  return {{"events, the last", events({.after = store.last_event() - 100})},
          {"events?run", events({.run = run})},
          {"events?job", events({.job = job})},
          {"events?worker", events({.worker = "worker-7"})},
          {"events?kind=run.", events({.kind = "run."})},
          {"events?kind=job.done", events({.kind = "job.done"})},
          {"builds", [&store] { return store.builds(50).size(); }},
          {"search: memfd", search("memfd")},
          {"search: rare scenario", search("rare scenario")},
          {"search: differs hop", search("differs hop")},
          {"search: memfd_luo warning", search("memfd_luo warning")},
          {"search: nothing", search("xyzzy")}};
}

}  // namespace

bool print_pages(const Store& store) {
  const JobSummary job = store.jobs({.limit = 1}).at(0);
  const AttemptId attempt = store.attempts({.limit = 1}).at(0).id;
  bool fast = true;
  for (const auto& pages :
       {run_pages(store, job.run), job_pages(store, job.run), attempt_pages(store, attempt, job.id),
        row_pages(store, job.id), other_pages(store, job.run, job.id)}) {
    for (const Page& page : pages) fast &= print_page(page);
  }
  return fast;
}

}  // namespace luolab::bench
