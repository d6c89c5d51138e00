// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/base/error.h"
#include "core/protocol/contract.h"
#include "core/protocol/kernel_spec.h"

namespace luolab {

/// A kernel that is wrong on purpose: the measure of what the scenarios of a promise find.
struct Mutant {
  std::string name;     ///< "NN-what"; NN is the promise in two digits
  unsigned promise{};   ///< 1 to kContractItems
  std::string summary;  ///< what is wrong, one sentence without a full stop
  Series series;        ///< applied after everything else
};

/// Reads `mutants/NN-what.patch`: one mail with the subject "mutant: SUMMARY" and a line
/// "Promise: N" above the diff.
/// Fault::scenario names the file and what is wrong with it. Blocks on the disk.
Result<Mutant> read_mutant(const std::filesystem::path& file);

}  // namespace luolab
