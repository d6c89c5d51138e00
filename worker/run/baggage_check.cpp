// SPDX-License-Identifier: Apache-2.0
#include "worker/run/baggage_check.h"

#include <map>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/protocol/json_fields.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

namespace json = boost::json;

/// "SIZE bytes with digest XXH3" by name.
std::map<std::string, std::string> files_of(const json::object& baggage) {
  std::map<std::string, std::string> files;
  const json::value* const list = baggage.if_contains("files");
  if (list == nullptr || !list->is_array()) return files;
  for (const json::value& each : list->get_array()) {
    if (!each.is_object()) continue;
    const json::object& file = each.get_object();
    files[text_at(file, "name")] =
        fmt::format("{} bytes with digest {}", number_at(file, "size"), text_at(file, "xxh3"));
  }
  return files;
}

}  // namespace

std::vector<BaggageDifference> compare_baggage(const json::object& packed,
                                               const json::object& unpacked) {
  const std::map<std::string, std::string> before = files_of(packed);
  std::vector<BaggageDifference> differences;
  for (const auto& [name, content] : files_of(unpacked)) {
    const auto was = before.find(name);
    if (was == before.end() || was->second == content) continue;
    differences.push_back({fmt::format("{}/{}", wire::kBaggageSession, name),
                           fmt::format("packed as {}, came back as {}", was->second, content)});
  }
  return differences;
}

}  // namespace luolab
