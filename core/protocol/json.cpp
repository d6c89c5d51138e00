// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/json.h"

namespace luolab {
namespace {

void write(std::string& out, const boost::json::value& json, std::size_t depth) {
  const auto list = [&](char open, char close, const auto& items, const auto& write_item) {
    if (items.empty()) {
      out += {open, close};
      return;
    }
    out += open;
    bool first = true;
    for (const auto& item : items) {
      out += first ? "\n" : ",\n";
      first = false;
      out.append(2 * (depth + 1), ' ');
      write_item(item);
    }
    out += '\n';
    out.append(2 * depth, ' ');
    out += close;
  };
  if (const auto* object = json.if_object()) {
    list('{', '}', *object, [&](const auto& member) {
      out += boost::json::serialize(boost::json::string(member.key())) + ": ";
      write(out, member.value(), depth + 1);
    });
  } else if (const auto* array = json.if_array()) {
    list('[', ']', *array, [&](const auto& item) { write(out, item, depth + 1); });
  } else {
    out += boost::json::serialize(json);
  }
}

}  // namespace

std::string pretty(const boost::json::value& json) {
  std::string out;
  write(out, json, 0);
  out += '\n';
  return out;
}

}  // namespace luolab
