// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controller/results/terminal_style.h"
#include "db/record.h"

namespace luolab {

/// The point of a job that names its mutant.
inline constexpr std::string_view kMutantPoint = "mutant";

/// A wrong kernel that was run. Its jobs bear the name as their point "mutant".
struct MutantEntry {
  std::string name;
  unsigned promise = 0;
};

/// A job that called a mutant wrong, and the first of its checks that did.
struct Killer {
  std::string scenario;
  std::string check;
  std::string detail;
};

struct MutantResult {
  MutantEntry mutant;
  std::vector<Killer> killers;         ///< empty: it survived
  std::vector<std::string> passed;     ///< scenarios that saw nothing wrong
  std::vector<std::string> undecided;  ///< scenarios that told nothing, with the reason
  bool killed() const { return !killers.empty(); }
};

// Pure. Only FAIL kills: an ERROR or a MISS tells nothing about the kernel.

/// In the order of `mutants`.
std::vector<MutantResult> mutant_results(std::span<const MutantEntry> mutants,
                                         const RunRecord& run);

/// A line per mutant, and the kill score: "24 of 24 killed".
std::string kill_table(std::span<const MutantResult> results, const RunRecord& run,
                       const TerminalStyle& style);

/// Schema "luolab.mutants/v1", indented.
std::string kill_json(std::span<const MutantResult> results, const RunRecord& run);

}  // namespace luolab
