// SPDX-License-Identifier: Apache-2.0
#include "scenarios/step_reader.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/quantity.h"
#include "scenarios/expectation_reader.h"
#include "scenarios/map_reader.h"
#include "scenarios/step_catalog.h"

namespace luolab {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kMostTimes = 100'000;
constexpr std::size_t kMostSteps = 1'000;
constexpr std::array<std::string_view, 6> kModifiers{"do", "expect", "save", "hop", "by", "check"};

std::optional<json::value> read_bytes(const Field& field) {
  // Digits alone look like a number to YAML, and are meant as they stand.
  if (!field || !field.node().is_scalar()) return {};
  const std::string& text = field.node().text;
  const bool digits = text.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (!text.empty() && text.size() % 2 == 0 && digits) return json::value(text);
  field.report(fmt::format("{} is no sequence of bytes in hexadecimal digits, two each (00ff)",
                           in_quotes(text)));
  return {};
}

std::optional<json::value> read_signed(const Field& field) {
  if (!field || !field.node().is_scalar()) return {};
  const std::string& text = field.node().text;
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && stopped == end) return json::value(value);
  field.report(fmt::format("{} is not a whole number", in_quotes(text)));
  return {};
}

std::optional<json::value> read_word(const Field& field, const StepMember& member) {
  if (member.choices.empty()) {
    if (auto text = field.text()) return json::value(*text);
    return {};
  }
  std::string_view kind = member.name;
  if (kind.ends_with('s')) kind.remove_suffix(1);  // one of the "seals" is a seal
  if (const auto index = field.choice(kind, member.choices)) {
    return json::value(member.choices[*index]);
  }
  return {};
}

std::optional<json::value> read_words(const Field& field, const StepMember& member) {
  json::array words;
  for (const Field& item : field.items()) {
    if (auto word = read_word(item, member)) words.push_back(std::move(*word));
  }
  return words;
}

template <class T>
std::optional<json::value> as_json(const std::optional<T>& value) {
  return value ? std::optional(json::value(*value)) : std::nullopt;
}

std::optional<json::value> read_member(const Field& field, const StepMember& member) {
  switch (member.kind) {
    case MemberKind::handle:
    case MemberKind::text:
      return read_word(field, member);
    case MemberKind::words:
      return read_words(field, member);
    case MemberKind::number:
      return as_json(field.number(member.range.min, member.range.max));
    case MemberKind::signed_number:
      return read_signed(field);
    case MemberKind::size:
      return as_json(field.size_bytes());
    case MemberKind::flag:
      return as_json(field.boolean());
    case MemberKind::bytes:
      return read_bytes(field);
  }
  return {};
}

json::object read_members(const MapReader& map, const StepOperation& operation) {
  json::object arguments;
  for (const StepMember& member : operation.members) {
    const Field field = member.required ? map.required(member.name) : map[member.name];
    if (!field) continue;
    if (auto value = read_member(field, member)) arguments[member.name] = std::move(*value);
  }
  return arguments;
}

const StepOperation* read_operation(const Field& step) {
  const YamlNode* name = step.node().is_map() ? step.node().find("do") : nullptr;
  if (name == nullptr) {
    step.report("a step is a map that says what to do: {do: preserve, session: s, ...}");
    return nullptr;
  }
  const Field field(name, child_path(step.path(), "do"), step.problems());
  const auto text = field.text();
  if (!text) return nullptr;
  const StepOperation* operation = find_step_operation(*text);
  if (operation != nullptr) return operation;
  std::vector<std::string_view> known{"repeat"};
  for (const StepOperation& each : step_operations()) known.push_back(each.name);
  step.problems().add_unknown(*name, field.path(), "operation", *text, known);
  return nullptr;
}

bool is_repeat(const Field& step) {
  const YamlNode* name = step.node().is_map() ? step.node().find("do") : nullptr;
  return name != nullptr && name->text == "repeat";
}

std::vector<std::string_view> known_keys(std::span<const StepMember> members, bool modifiers) {
  std::vector<std::string_view> keys(kModifiers.begin(),
                                     modifiers ? kModifiers.end() : kModifiers.begin() + 1);
  for (const StepMember& member : members) keys.push_back(member.name);
  return keys;
}

/// The steps of a `repeat`, as requests of their own.
json::array read_repeated(const Field& list) {
  json::array requests;
  for (const Field& item : list.items()) {
    const StepOperation* operation = read_operation(item);
    if (operation == nullptr) continue;
    if (!operation->repeatable) {
      item.report(fmt::format("{} can't be repeated", in_quotes(operation->name)));
      continue;
    }
    json::object request =
        read_members(MapReader(item, known_keys(operation->members, false)), *operation);
    request["op"] = json::string(operation->name);
    requests.push_back(std::move(request));
  }
  return requests;
}

void read_modifiers(const MapReader& map, StepSpec& step, std::size_t hops) {
  read_expectation(map["expect"], step);
  step.save = map["save"].word().value_or("");
  step.hop = static_cast<std::uint32_t>(map["hop"].number(1, hops).value_or(0));
  step.by = map["by"].text().value_or("");
  step.name = map["check"].word().value_or("");
}

StepSpec read_repeat(const Field& field, std::size_t hops) {
  constexpr std::array<StepMember, 2> kMembers{StepMember{"times"}, StepMember{"steps"}};
  const MapReader map(field, known_keys(kMembers, true));
  StepSpec step;
  step.op = "repeat";
  json::object arguments;
  arguments["times"] = map.required("times").number(1, kMostTimes).value_or(1);
  arguments["ops"] = read_repeated(map.required("steps"));
  step.arguments = json::serialize(arguments);
  read_modifiers(map, step, hops);
  return step;
}

StepSpec read_step(const Field& field, std::size_t hops) {
  if (is_repeat(field)) return read_repeat(field, hops);
  StepSpec step;
  const StepOperation* operation = read_operation(field);
  if (operation == nullptr) return step;
  const MapReader map(field, known_keys(operation->members, true));
  step.op = operation->name;
  step.arguments = json::serialize(read_members(map, *operation));
  read_modifiers(map, step, hops);
  if (!step.by.empty() && !operation->by_actors) {
    map["by"].report(
        fmt::format("{} is the lab's own; an actor can't do it", in_quotes(operation->name)));
  }
  if (step.op == "kexec" && step.errors.empty()) {
    field.report(
        "a kexec among the steps is one that is refused: say with which errno "
        "(expect: EINVAL); the lab itself makes the others");
  }
  return step;
}

/// What has been made by the steps so far.
struct Made {
  std::set<std::string> actors;
  std::set<std::string> results;
};

/// Memfds whose content the worker knows, and those of them that a load writes.
struct KnownMemfds {
  std::set<std::string> all;
  std::set<std::string> under_load;
};

void check_step(const StepSpec& step, const Field& at, const KnownMemfds& memfds, Made& made) {
  const json::object arguments = json::parse(step.arguments).as_object();
  const auto text = [&](std::string_view key) {
    const auto* value = arguments.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : "";
  };
  if (step.op == "verify" && !memfds.all.contains(text("memfd"))) {
    at.report(
        fmt::format("{} is no memfd of `sessions` (SESSION/NAME); only their content is "
                    "known",
                    in_quotes(text("memfd"))));
  }
  if (step.op == "memfd.write" && memfds.under_load.contains(text("memfd"))) {
    at.report(
        fmt::format("{} is written by a load; what both leave can't be told apart (write to "
                    "another memfd)",
                    in_quotes(text("memfd"))));
  }
  if (step.op == "actor.start") made.actors.insert(text("actor"));
  if (!step.by.empty() && !made.actors.contains(step.by)) {
    at.report(fmt::format("no actor {} was started (add {{do: actor.start, actor: {}}} before)",
                          in_quotes(step.by), step.by));
  }
  for (const std::string& name : results_named_in(step)) {
    if (!made.results.contains(name)) {
      at.report(fmt::format("no step before this one saves {} (add save: {} to one)",
                            in_quotes(name), name));
    }
  }
  if (!step.save.empty()) made.results.insert(step.save);
}

}  // namespace

std::vector<StepSpec> read_steps(const Field& list, std::size_t hops) {
  std::vector<StepSpec> steps;
  const std::vector<Field> items = list.items();
  if (items.size() > kMostSteps) {
    list.report(fmt::format("{} steps; {} are the most (use repeat)", items.size(), kMostSteps));
    return steps;
  }
  for (const Field& item : items) {
    steps.push_back(read_step(item, hops));
    steps.back().place = item.path();
  }
  return steps;
}

void check_steps(const std::vector<StepSpec>& before, const std::vector<StepSpec>& after,
                 const std::vector<SessionSpec>& sessions, const std::vector<LoadSpec>& loads,
                 const Field& before_list, const Field& after_list) {
  KnownMemfds memfds;
  for (const SessionSpec& session : sessions) {
    for (const MemfdSpec& memfd : session.memfds) memfds.all.insert(memfd_title(session, memfd));
  }
  for (const LoadSpec& load : loads) {
    if (load.kind == LoadKind::memory_writer) memfds.under_load.insert(load.memfd);
  }
  Made made;
  for (const auto& [steps, list] : {std::pair{&before, &before_list}, {&after, &after_list}}) {
    const std::vector<Field> items = list->items();
    for (std::size_t i = 0; i < std::min(steps->size(), items.size()); ++i) {
      if (!(*steps)[i].op.empty()) check_step((*steps)[i], items[i], memfds, made);
    }
    made.actors.clear();  // an actor does not outlive its kernel
  }
}

}  // namespace luolab
