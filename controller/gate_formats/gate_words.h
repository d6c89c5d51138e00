// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "controller/gate/gate_report.h"

namespace luolab {

/// "may go in", "must not go in", "inconclusive", "lab trouble", "does not apply or build".
std::string_view answer_words(GateAnswer answer);

/// The answer in words; of a gate that has none, "running" or "canceled".
std::string_view outcome_words(const GateReport& report);

/// "regression", "fails on the baseline as well", ...
std::string_view standing_words(Standing standing);

/// A finding that a reader must not overlook.
bool is_news(const GateTest& test);

/// "3 of 3 fail, baseline 0 of 3".
std::string tries_words(const GateTest& test);

/// "120 ms".
std::string seconds_words(double seconds);
/// "+12.0 %".
std::string shift_words(double shift);

}  // namespace luolab
