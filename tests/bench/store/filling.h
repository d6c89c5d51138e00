// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "db/store.h"

namespace luolab::bench {

inline constexpr std::size_t kJobsPerRun = 1000;

/// Adds finished runs of kJobsPerRun jobs each, one transaction per run: every job has one attempt
/// with a report of phases, checksums, checks, a measurement, a build and a file; one in 20 has
/// FAIL with a console finding.
void fill(Store& store, std::size_t jobs);

NewJob bench_job(std::size_t number);
AttemptReport bench_report(std::size_t number);

}  // namespace luolab::bench
