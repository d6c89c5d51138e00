// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "core/protocol/job.h"
#include "scenarios/field.h"

namespace luolab {

/// `promise`: one item of the contract, or a list of them.
std::vector<std::uint32_t> read_promises(const Field& field);

/// `known_issues`: where each shows, in which versions, and where it is written down.
std::vector<KnownIssue> read_known_issues(const Field& list);

/// `faults`: troubles that the lab makes, each at one of the `hops`.
std::vector<FaultSpec> read_faults(const Field& list, std::size_t hops);

}  // namespace luolab
