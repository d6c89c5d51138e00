// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/json_fields.h"

namespace luolab {

std::string text_at(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::uint64_t number_of(const boost::json::value& value) {
  boost::system::error_code error;
  const auto number = value.to_number<std::uint64_t>(error);
  return error ? 0 : number;
}

std::uint64_t number_at(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? 0 : number_of(*value);
}

bool flag_at(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->as_bool();
}

boost::json::object object_at(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_object() ? value->as_object() : boost::json::object();
}

std::vector<boost::json::object> objects_at(const boost::json::object& object,
                                            std::string_view key) {
  std::vector<boost::json::object> found;
  const boost::json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return found;
  for (const boost::json::value& item : value->get_array()) {
    if (item.is_object()) found.push_back(item.get_object());
  }
  return found;
}

}  // namespace luolab
