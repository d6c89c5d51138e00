// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>
#include <vector>

#include "tests/bench/scheduling/options.h"

namespace luolab::simulation {

using Random = std::mt19937_64;

/// "w17", and back.
std::string worker_name(std::size_t worker);
std::size_t worker_number(const std::string& name);

/// A mixed fleet: 2 to 8 slots, odd amounts of memory, some with kvm, tags and machines of their
/// own.
std::vector<WorkerOffer> make_fleet(const Options& options, Random& random);

/// Kinds of jobs and how often each comes; every one fits many workers of the fleet.
struct JobKind {
  Needs needs;  ///< without builds
  double weight = 1;
};
std::vector<JobKind> make_kinds(const std::vector<WorkerOffer>& fleet);

}  // namespace luolab::simulation
