// SPDX-License-Identifier: Apache-2.0
#include "worker/target/qmp.h"

#include <boost/json.hpp>

namespace luolab::qmp {
namespace {

std::string text_at(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

boost::json::object object_at(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_object() ? value->as_object() : boost::json::object();
}

std::uint64_t id_of(const boost::json::object& object) {
  const auto* id = object.if_contains("id");
  return id != nullptr && id->is_int64() ? static_cast<std::uint64_t>(id->as_int64()) : 0;
}

}  // namespace

Message read(std::string_view line) {
  boost::system::error_code error;
  const boost::json::value json = boost::json::parse(line, error);
  if (error || !json.is_object()) return Unknown{};
  const auto& object = json.as_object();
  if (object.contains("QMP")) return Greeting{};
  if (object.contains("event")) return Event{text_at(object, "event"), object_at(object, "data")};
  if (const auto* result = object.if_contains("return")) return Reply{id_of(object), true, *result, {}};
  if (object.contains("error")) {
    return Reply{id_of(object), false, {}, text_at(object_at(object, "error"), "desc")};
  }
  return Unknown{};
}

std::string command(std::uint64_t id, std::string_view name, boost::json::object arguments) {
  boost::json::object message{{"execute", name}, {"id", id}};
  if (!arguments.empty()) message["arguments"] = std::move(arguments);
  return boost::json::serialize(message);
}

}  // namespace luolab::qmp
