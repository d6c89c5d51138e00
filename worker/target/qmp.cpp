// SPDX-License-Identifier: Apache-2.0
#include "worker/target/qmp.h"

#include <boost/json.hpp>

#include "core/protocol/json_fields.h"

namespace luolab::qmp {

Message read(std::string_view line) {
  boost::system::error_code error;
  const boost::json::value json = boost::json::parse(line, error);
  if (error || !json.is_object()) return Unknown{};
  const auto& object = json.as_object();
  if (object.contains("QMP")) return Greeting{};
  if (object.contains("event")) return Event{text_at(object, "event"), object_at(object, "data")};
  if (const auto* result = object.if_contains("return"))
    return Reply{number_at(object, "id"), true, *result, {}};
  if (object.contains("error")) {
    return Reply{number_at(object, "id"), false, {}, text_at(object_at(object, "error"), "desc")};
  }
  return Unknown{};
}

std::string command(std::uint64_t id, std::string_view name, boost::json::object arguments) {
  boost::json::object message{{"execute", name}, {"id", id}};
  if (!arguments.empty()) message["arguments"] = std::move(arguments);
  return boost::json::serialize(message);
}

}  // namespace luolab::qmp
