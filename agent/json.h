// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace luolab {

using Json = nlohmann::json;

/// One line, without newline. Bytes that are no UTF-8 are replaced.
inline std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace luolab
