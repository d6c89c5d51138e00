// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/boot_comparison.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "controller/statistics/block_order.h"

namespace luolab {
namespace {

constexpr std::size_t kBootsOfABlock = 4;

bool is_candidate(BlockOrder order, std::size_t boot) {
  const bool inside = boot == 1 || boot == 2;
  return inside == (order == BlockOrder::baseline_outside);
}

/// All of the phase in one boot: its wholes at every hop.
std::optional<double> seconds_of(const AttemptReport& report, const std::string& phase) {
  std::optional<double> sum;
  for (const Phase& part : report.phases) {
    if (part.name != phase || part.hop < 0 || !part.subject.empty()) continue;
    sum = sum.value_or(0) + std::chrono::duration<double>(part.duration).count();
  }
  return sum;
}

bool is_sound(const GateResult& result) {
  return result.attempts <= 1 &&
         (result.verdict == Verdict::PASS || result.verdict == Verdict::DONE);
}

/// What was measured so far, and the blocks that are still to be made.
class Blocks {
 public:
  explicit Blocks(const BootComparison& comparison) : comparison_(comparison) {
    for (const std::string& phase : comparison.phases) samples_.push_back({phase, {}, {}});
  }

  /// The boots of so many more blocks, in their order.
  std::vector<Job> next(std::size_t blocks) {
    orders_ = block_orders(comparison_.seed, begun_ + blocks);
    orders_.erase(orders_.begin(), orders_.begin() + static_cast<std::ptrdiff_t>(begun_));
    std::vector<Job> jobs;
    for (std::size_t block = 0; block < blocks; ++block) {
      for (std::size_t boot = 0; boot < kBootsOfABlock; ++boot) {
        const bool mine = is_candidate(orders_[block], boot);
        Job job = mine ? comparison_.candidate : comparison_.baseline;
        job.point.insert_or_assign("kernel", mine ? "candidate" : "baseline");
        job.repetition = static_cast<std::uint32_t>(kBootsOfABlock * (begun_ + block) + boot);
        job.fork = Fork::never;
        jobs.push_back(std::move(job));
      }
    }
    begun_ += blocks;
    return jobs;
  }

  void take(const std::vector<GateResult>& results) {
    for (std::size_t block = 0; block < orders_.size(); ++block) {
      const auto boots = std::span(results).subspan(kBootsOfABlock * block, kBootsOfABlock);
      for (std::size_t boot = 0; boot < kBootsOfABlock; ++boot) {
        if (is_candidate(orders_[block], boot) && boots[boot].verdict == Verdict::FAIL)
          failures_.push_back(boots[boot]);
      }
      if (std::ranges::all_of(boots, is_sound)) {
        add(orders_[block], boots);
      } else {
        ++dropped_;
      }
    }
  }

  std::size_t sound() const { return sound_; }
  std::size_t begun() const { return begun_; }
  std::uint32_t dropped() const { return dropped_; }
  const std::vector<PhaseSamples>& samples() const { return samples_; }
  const std::vector<std::string>& baseline_jobs() const { return baseline_jobs_; }
  const std::vector<std::string>& candidate_jobs() const { return candidate_jobs_; }
  std::vector<GateResult> failures() const { return failures_; }

 private:
  void add(BlockOrder order, std::span<const GateResult> boots) {
    for (std::size_t boot = 0; boot < boots.size(); ++boot) {
      (is_candidate(order, boot) ? candidate_jobs_ : baseline_jobs_).push_back(boots[boot].job);
      for (PhaseSamples& phase : samples_) {
        auto& list = is_candidate(order, boot) ? phase.candidate : phase.baseline;
        list.push_back(seconds_of(boots[boot].report, phase.name));
      }
    }
    ++sound_;
  }

  const BootComparison& comparison_;
  std::vector<PhaseSamples> samples_;
  std::vector<std::string> baseline_jobs_, candidate_jobs_;  ///< of each sample
  std::vector<BlockOrder> orders_;                           ///< of the blocks that are being made
  std::vector<GateResult> failures_;
  std::size_t begun_ = 0;
  std::size_t sound_ = 0;
  std::uint32_t dropped_ = 0;
};

/// Boots that stand next to each other, and were both measured.
void add_pairs(GatePhase& phase, const PhaseSamples& samples, const Blocks& blocks) {
  for (std::size_t i = 0; i < samples.baseline.size(); ++i) {
    if (!samples.baseline[i] || !samples.candidate[i]) continue;
    phase.baseline.push_back(*samples.baseline[i]);
    phase.candidate.push_back(*samples.candidate[i]);
    phase.baseline_jobs.push_back(blocks.baseline_jobs()[i]);
    phase.candidate_jobs.push_back(blocks.candidate_jobs()[i]);
  }
}

GatePhase gate_phase(const PhaseDecision& decision, const PhaseSamples& samples,
                     const Blocks& blocks, const BootComparison& comparison) {
  GatePhase phase;
  phase.scenario = comparison.scenario;
  phase.phase = decision.name;
  phase.outcome = decision.outcome;
  phase.shift = decision.shift;
  phase.low = decision.low.value_or(decision.shift);
  phase.high = decision.high.value_or(decision.shift);
  phase.has_interval = decision.low.has_value();
  phase.confidence = 1 - comparison.settings.alpha;
  phase.p = decision.p;
  phase.p_adjusted = decision.p_adjusted;
  phase.matters = decision.matters;
  phase.baseline_median = decision.baseline_median;
  phase.candidate_median = decision.candidate_median;
  phase.boots_needed = static_cast<std::uint32_t>(decision.boots_needed);
  add_pairs(phase, samples, blocks);
  phase.sentence = decision.sentence;
  return phase;
}

}  // namespace

Task<ComparedBoots> compare_boots(BootComparison comparison, GateRunner& runner) {
  Blocks blocks(comparison);
  const std::size_t most = 2 * comparison.settings.looks.back();
  LatencyDecision decision;
  std::size_t wanted = comparison.settings.looks.front();
  for (std::size_t round = 1; blocks.begun() < most; ++round) {
    GateStep step;
    step.name = fmt::format("{}-{}", comparison.name, round);
    step.title = comparison.title;
    step.jobs = blocks.next(wanted - blocks.sound());
    step.in_turn = true;
    step.worker = comparison.worker;
    const std::vector<GateResult> results = co_await runner.run(std::move(step));
    blocks.take(results);
    if (!blocks.failures().empty()) break;  // correctness comes first
    if (blocks.sound() < wanted) continue;
    decision = analyse(blocks.samples(), comparison.settings);
    if (!decision.go_on || decision.next_look == 0) break;
    wanted = decision.next_look;
  }
  ComparedBoots compared;
  compared.failures = blocks.failures();
  compared.dropped = blocks.dropped();
  for (std::size_t i = 0; i < decision.phases.size(); ++i) {
    if (decision.phases[i].blocks > 0)
      compared.phases.push_back(
          gate_phase(decision.phases[i], blocks.samples()[i], blocks, comparison));
  }
  co_return compared;
}

}  // namespace luolab
