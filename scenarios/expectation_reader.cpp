// SPDX-License-Identifier: Apache-2.0
#include "scenarios/expectation_reader.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/quantity.h"
#include "scenarios/map_reader.h"

namespace luolab {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 8> kRelations{"is",  "has",     "lacks",  "min",
                                                     "max", "same_as", "within", "differs_from"};

bool is_errno_name(std::string_view text) {
  return text.size() > 1 && text.front() == 'E' && std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

void read_error(const Field& field, StepSpec& step) {
  const auto text = field.text();
  if (!text) return;
  if (is_errno_name(*text)) {
    step.errors.push_back(*text);
  } else {
    field.report(fmt::format("{} is not an errno's name (EBUSY)", in_quotes(*text)));
  }
}

/// A plain scalar as what YAML and the format's sizes make of it; anything quoted is text.
json::value scalar_value(const YamlNode& node) {
  if (node.style == ScalarStyle::quoted) return json::value(node.text);
  if (node.text == "true" || node.text == "false") return json::value(node.text == "true");
  if (const auto size = parse_size(node.text)) return json::value(*size);
  return json::value(node.text);
}

json::value plain_value(const Field& field) {
  if (!field.node().is_sequence()) return scalar_value(field.node());
  json::array values;
  for (const Field& item : field.items()) values.push_back(scalar_value(item.node()));
  return values;
}

/// {"is": value} or the relations as written.
json::object read_member(const Field& field) {
  if (!field.node().is_map()) return {{"is", plain_value(field)}};
  const MapReader map(field, kRelations);
  json::object relations;
  for (const std::string_view relation : kRelations) {
    const Field value = map[relation];
    if (!value) continue;
    if (value.node().is_map()) {
      value.report("a value or a list is expected here, found a map");
    } else {
      relations[relation] = plain_value(value);
    }
  }
  if (field.node().members.empty())
    field.report(
        "nothing is expected here (say is, has, lacks, min, max, "
        "same_as or differs_from)");
  if (relations.contains("within") && !relations.contains("same_as")) {
    field.report("`within` says how far `same_as` may be missed, which is not there");
  }
  return relations;
}

void read_members(const Field& field, StepSpec& step) {
  json::object members;
  for (const YamlMember& member : field.node().members) {
    const Field value(&member.value, child_path(field.path(), member.key.text), field.problems());
    members[member.key.text] = read_member(value);
  }
  step.members = json::serialize(members);
}

}  // namespace

void read_expectation(const Field& field, StepSpec& step) {
  if (!field) return;
  if (field.node().is_map()) {
    read_members(field, step);
  } else if (field.node().is_sequence()) {
    for (const Field& item : field.items()) read_error(item, step);
    if (step.errors.empty()) field.report("the list of errno names is empty");
  } else {
    read_error(field, step);
  }
}

std::vector<std::string> results_named_in(const StepSpec& step) {
  std::vector<std::string> names;
  if (step.members.empty()) return names;
  const json::value members = json::parse(step.members);
  for (const auto& [member, relations] : members.as_object()) {
    for (const std::string_view relation : {"same_as", "differs_from"}) {
      const auto* name = relations.as_object().if_contains(relation);
      if (name != nullptr && name->is_string()) names.emplace_back(name->as_string());
    }
  }
  return names;
}

}  // namespace luolab
