// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "db/record.h"

namespace luolab {

/// A small job of scenario "sample".
Job sample_job(std::uint32_t repetition = 0);

/// A report in which every list has something, with odd values: unsigned 64-bit maxima, digests
/// that are no hexadecimal, equal and different checksums.
AttemptReport sample_report(Verdict verdict = Verdict::PASS);

/// A finished run whose jobs have these verdicts.
RunRecord sample_run(const std::vector<Verdict>& verdicts);

}  // namespace luolab
