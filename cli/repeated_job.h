// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "cli/job_list.h"
#include "cli/service_client.h"
#include "core/base/places.h"

namespace luolab {

/// A job that is to be run once more, as it was.
struct RepeatedJob {
  std::string job;       ///< "j34", or a file with the job as JSON; empty: none
  ServiceFlags service;  ///< with a controller: the job is one of it
};

/// The job as it was stored: kernels with the texts of their patches and fragments, the point of
/// the matrix, limits. Of `flags`, only `repeat` and `on` change it. Programs of its loads that a
/// controller keeps are copied into the artifact store of this machine; in a file, programs without
/// a leading slash lie beside it. On trouble what is wrong is written to standard error and the
/// result is empty.
std::optional<JobList> read_repeated_job(const RepeatedJob& wanted, const JobFlags& flags,
                                         const Places& places);

}  // namespace luolab
