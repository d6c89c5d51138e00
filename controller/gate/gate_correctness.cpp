// SPDX-License-Identifier: Apache-2.0
// Every test on both kernels, until each has its standing.
#include <algorithm>
#include <random>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "controller/gate/gate.h"
#include "controller/gate/seed.h"
#include "controller/gate/signature.h"
#include "controller/lab/fork_confirmation.h"
#include "core/base/sha256.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

/// More tries than `standing_of` ever asks for one after the other.
constexpr std::size_t kMostRounds = 12;

/// The job as one of a gate's many of the same test.
Job try_of(const GateCase& test, bool is_candidate, std::size_t number) {
  Job job = is_candidate ? test.candidate : test.baseline;
  job.point.insert_or_assign("kernel", is_candidate ? "candidate" : "baseline");
  job.repetition += static_cast<std::uint32_t>(number);
  if (number > 0) job.fork = Fork::never;
  return job;
}

/// Two kernels of the same build, the same test and the same machine give the same key.
std::string known_key(const GateCase& test, const GateKernel& baseline, const GateLab& lab,
                      const std::string& worker) {
  Sha256 key;
  key.add_field(boost::json::serialize(to_json(test.baseline)));
  key.add_field(baseline.build).add_field(baseline.build_id);
  key.add_field(worker).add_field(lab.version);
  return key.hex();
}

bool is_good(Verdict verdict) {
  return verdict == Verdict::PASS || verdict == Verdict::DONE || verdict == Verdict::XFAIL;
}

std::string reproducer(const GateCase& test, const GateOrder& order) {
  std::string command = "luolab run " + test.file;
  if (!order.base.empty()) command += " --base " + order.base;
  for (const Series& series : order.series) command += " --series " + series.name;
  for (const auto& [name, value] : test.candidate.point)
    command += fmt::format(" --set {}={}", name, value);
  return command;
}

GateTest new_test(const GateCase& test) {
  GateTest entry;
  entry.title = test.title;
  entry.scenario = test.candidate.scenario;
  entry.file = test.file;
  entry.summary = test.candidate.summary;
  entry.promises = test.candidate.promises;
  return entry;
}

}  // namespace

Task<void> Gate::test() {
  co_await enter("correctness");
  running_.reserve(chosen_.size());  // slots point into it
  for (const GateCase* test : chosen_) {
    running_.push_back(
        {test, report_.tests.size(), known_key(*test, report_.baseline, report_.lab, worker_)});
    report_.tests.push_back(new_test(*test));
  }
  co_await first_tries();
  for (std::size_t round = 1; round <= kMostRounds; ++round) {
    if (!co_await more_tries(round)) break;
  }
}

// The baseline's result is taken from an earlier gate where there is a good one; the order of the
// two kernels is drawn, so that neither always comes first.
Task<void> Gate::first_tries() {
  std::vector<Slot> slots;
  std::vector<Job> jobs;
  std::mt19937_64 random(seed_of(report_.id + "correctness"));
  for (Running& running : running_) {
    GateTest& entry = report_.tests[running.at];
    const bool candidate_first = (random() & 1) != 0;
    std::string key = running.known_key;
    const std::optional<KnownResult> known = co_await runner_.recall(std::move(key));
    if (known) {
      entry.baseline.push_back({known->job, known->verdict, known->reason, true});
      running.baseline.push_back({known->verdict, {}});
      running.reused = true;
    }
    for (const bool is_candidate : {candidate_first, !candidate_first}) {
      if (known && !is_candidate) continue;
      slots.push_back({&running, is_candidate});
      jobs.push_back(try_of(*running.test, is_candidate, 0));
    }
  }
  std::string name = "correctness";
  co_await take(std::move(slots), std::move(jobs), std::move(name));
}

void Gate::drop_reused(Running& running) {
  if (running.failures.empty() || !std::exchange(running.reused, false)) return;
  running.baseline.erase(running.baseline.begin());
}

// Candidate and baseline in turns, A B B A.
Task<bool> Gate::more_tries(std::size_t round) {
  std::vector<Slot> slots;
  std::vector<Job> jobs;
  for (Running& running : running_) {
    drop_reused(running);
    const StandingSoFar so_far = standing_of(running.candidate, running.baseline);
    std::uint32_t mine = so_far.more_candidate;
    std::uint32_t others = so_far.more_baseline;
    for (bool turn = (round & 1) != 0; mine + others > 0; turn = !turn) {
      for (const bool is_candidate : {turn, !turn}) {
        std::uint32_t& left = is_candidate ? mine : others;
        if (left == 0) continue;
        --left;
        const std::size_t number =
            (is_candidate ? running.candidate : running.baseline).size() +
            static_cast<std::size_t>(std::ranges::count_if(slots, [&](Slot slot) {
              return slot.running == &running && slot.is_candidate == is_candidate;
            }));
        slots.push_back({&running, is_candidate});
        jobs.push_back(try_of(*running.test, is_candidate, number));
      }
    }
  }
  if (jobs.empty()) co_return false;
  co_await enter(fmt::format("confirming, {} boots", jobs.size()));
  std::string name = fmt::format("confirm-{}", round);
  co_await take(std::move(slots), std::move(jobs), std::move(name));
  co_return true;
}

Task<void> Gate::take(std::vector<Slot> slots, std::vector<Job> jobs, std::string name) {
  if (jobs.empty()) co_return;
  GateStep wanted = step(std::move(name), std::move(jobs));
  const std::vector<GateResult> results = co_await runner_.run(std::move(wanted));
  note_origin(results);
  for (std::size_t i = 0; i < slots.size(); ++i) add_try(slots[i], results.at(i));
  for (Running& running : running_) settle(running);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].is_candidate || !is_good(results[i].verdict)) continue;
    std::string key = slots[i].running->known_key;
    std::string job = results[i].job;
    co_await runner_.remember(std::move(key), std::move(job));
  }
  co_await runner_.publish(report_);
}

void Gate::add_try(Slot slot, const GateResult& result) {
  GateTest& entry = report_.tests[slot.running->at];
  auto& tries = slot.is_candidate ? entry.candidate : entry.baseline;
  tries.push_back({result.job, result.verdict, result.reason, false});
  auto& seen = slot.is_candidate ? slot.running->candidate : slot.running->baseline;
  seen.push_back(
      {result.verdict, failure_signature(result.report), failed_in_a_fork_alone(result.report)});
  if (slot.is_candidate && !is_good(result.verdict) && result.verdict != Verdict::SKIP)
    slot.running->failures.push_back(result);
}

Task<void> Gate::test_again(std::size_t test, std::vector<GateResult> failures) {
  Running& running = running_.at(test);
  for (const GateResult& failure : failures) add_try({&running, true}, failure);
  settle(running);
  for (std::size_t round = kMostRounds + 1; round <= 2 * kMostRounds; ++round) {
    if (!co_await more_tries(round)) break;
  }
}

void Gate::settle(Running& running) {
  GateTest& entry = report_.tests[running.at];
  StandingSoFar so_far = standing_of(running.candidate, running.baseline);
  entry.standing = so_far.standing;
  entry.reason = std::move(so_far.reason);
  if (running.failures.empty() || entry.standing == Standing::holds) return;
  const GateResult& first = running.failures.front();
  const std::string signature = failure_signature(first.report);
  entry.signature =
      fmt::format("{}: {}", entry.scenario,
                  signature.empty() ? std::string(verdict_name(first.verdict)) : signature);
  entry.broken = running.test->candidate.broken;
  entry.evidence = evidence_of(first.report, first.job);
  entry.reproduce = reproducer(*running.test, order_);
}

}  // namespace luolab
