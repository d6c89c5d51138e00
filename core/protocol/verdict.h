// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include <boost/describe/enum.hpp>

namespace luolab {

/// What is known about the kernel after a job. The words are KCIDB's (schema v5.3),
/// but for XFAIL.
enum class Verdict {
  PASS,   ///< every check held, and continuity was proved
  FAIL,   ///< the kernel under test is at fault, and there is evidence
  ERROR,  ///< the test itself broke
  MISS,   ///< the lab broke; nothing is known about the kernel
  SKIP,   ///< not applicable: a patch does not apply, an option is missing
  DONE,   ///< a measurement without a judgement
  XFAIL,  ///< the kernel deviates in the way that the scenario names as a known issue (KTAP's word)
};
BOOST_DESCRIBE_ENUM(Verdict, PASS, FAIL, ERROR, MISS, SKIP, DONE, XFAIL)

std::string_view verdict_name(Verdict verdict);
std::optional<Verdict> parse_verdict(std::string_view name);

}  // namespace luolab
