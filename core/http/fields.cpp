// SPDX-License-Identifier: Apache-2.0
#include <boost/algorithm/string/predicate.hpp>

#include "core/http/message.h"

namespace luolab {

std::string HttpFields::get(std::string_view name) const {
  std::string joined;
  bool found = false;
  for (const auto& [own_name, value] : fields_) {
    if (!boost::algorithm::iequals(own_name, name)) continue;
    if (found) joined += ", ";
    joined += value;
    found = true;
  }
  return joined;
}

bool HttpFields::has(std::string_view name) const { return count(name) > 0; }

std::size_t HttpFields::count(std::string_view name) const {
  std::size_t found = 0;
  for (const auto& [own_name, value] : fields_) {
    if (boost::algorithm::iequals(own_name, name)) ++found;
  }
  return found;
}

}  // namespace luolab
