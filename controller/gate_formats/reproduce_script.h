// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/protocol/job.h"

namespace luolab {

/// A shell script that runs the job again and needs nothing but luolab: it carries the scenario and
/// the patches, and works in any folder. `documents` is the YAML that the job came from; `settings`
/// narrow it to the job's point. The script ends with luolab's exit code.
/// Names in it are those of the job; texts are quoted so that the shell takes them as they are.
std::string reproduce_script(const Job& job, const std::string& documents, const std::string& base,
                             const std::vector<Series>& series);

}  // namespace luolab
