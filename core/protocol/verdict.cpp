// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/verdict.h"

#include <string>

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

namespace luolab {

std::string_view verdict_name(Verdict verdict) {
  return boost::describe::enum_to_string(verdict, "MISS");
}

std::optional<Verdict> parse_verdict(std::string_view name) {
  Verdict verdict{};
  if (!boost::describe::enum_from_string(std::string(name).c_str(), verdict)) return {};
  return verdict;
}

}  // namespace luolab
