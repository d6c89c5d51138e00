// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/report.h"

#include <algorithm>

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

namespace luolab {

std::string start_point_name(StartPoint point) {
  std::string name = boost::describe::enum_to_string(point, "");
  std::ranges::replace(name, '_', '-');
  return name;
}

std::optional<StartPoint> parse_start_point(std::string_view name) {
  std::string enumerator(name);
  std::ranges::replace(enumerator, '-', '_');
  StartPoint point{};
  if (!boost::describe::enum_from_string(enumerator.c_str(), point)) return {};
  return point;
}

}  // namespace luolab
