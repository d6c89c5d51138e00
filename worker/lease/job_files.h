// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/async/task.h"
#include "core/base/error.h"
#include "core/protocol/job.h"
#include "worker/lease/controller_api.h"

namespace luolab {

/// Gets the programs that a job's loads name by their digest ("artifact:SHA256") into `folder`, and
/// makes the loads name the files. Fault::lab where one can't be had. Cancelling ends it.
Task<Result<void>> obtain_files(ControllerApi& api, Job& job, std::filesystem::path folder);

}  // namespace luolab
