// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/protocol/job.h"

namespace luolab {

/// A program that is larger is not carried by a script.
inline constexpr std::uint64_t kLargestProgramBytes = std::uint64_t{32} << 20;

/// The digest, where a load's program is named by that ("artifact:SHA256").
std::optional<std::string> artifact_named(std::string_view file);

/// The bytes of a program that a load names; nothing where they can't be had.
using FindProgram = std::function<std::optional<std::string>(const std::string& file)>;

/// A shell script that runs this very job again and needs nothing but luolab: it carries the job as
/// it was stored, with the texts of its patches, and the programs of its loads as far as `find` has
/// them. It takes more flags of `luolab run`, ends with that command's exit code, and works in any
/// folder. `id` is what the job is called where it comes from ("j34").
std::string job_script(const Job& job, std::string_view id, const FindProgram& find);

}  // namespace luolab
