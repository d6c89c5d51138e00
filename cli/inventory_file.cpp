// SPDX-License-Identifier: Apache-2.0
#include "cli/inventory_file.h"

#include <array>
#include <set>

#include "cli/machine_access.h"
#include "core/base/file.h"
#include "scenarios/document_text.h"
#include "scenarios/yaml_parser.h"

namespace luolab {
namespace {

constexpr std::array<std::string_view, 8> kDefaults{"port", "user",  "key",    "sudo",
                                                    "tags", "slots", "prefix", "run_as"};
constexpr std::array<std::string_view, 11> kMachine{
    "name", "host", "port", "user", "key", "host_key", "sudo", "tags", "slots", "prefix", "run_as"};
constexpr std::uint64_t kMostSlots = 256;

void read_layout(const Field& field, FleetMachine& machine) {
  const auto prefix = field.text();
  if (!prefix) return;
  auto layout = worker_layout(*prefix);
  if (layout)
    machine.layout = std::move(*layout);
  else
    field.report(layout.error().what);
}

void read_tags(const Field& list, FleetMachine& machine) {
  if (!list) return;
  machine.tags.clear();
  for (const Field& item : list.items())
    if (const auto tag = item.word()) machine.tags.push_back(*tag);
}

/// `base` with what the map says.
FleetMachine read_keys(const MapReader& map, FleetMachine base) {
  FleetMachine machine = std::move(base);
  MachineAccess access = read_machine_access(map, {machine.login, machine.host_key, machine.sudo});
  machine.login = std::move(access.login);
  machine.host_key = std::move(access.host_key);
  machine.sudo = access.sudo;
  read_tags(map["tags"], machine);
  machine.slots =
      static_cast<std::uint32_t>(map["slots"].number(1, kMostSlots).value_or(machine.slots));
  machine.user = map["run_as"].word().value_or(machine.user);
  read_layout(map["prefix"], machine);
  return machine;
}

FleetMachine read_machine(const Field& field, const FleetMachine& defaults) {
  const MapReader map(field, kMachine);
  map.required("host");
  FleetMachine machine = read_keys(map, defaults);
  machine.name = map["name"].word().value_or("");
  return machine;
}

/// Two entries for one place would be two installations in each other's way.
void check_unique(const Field& item, const FleetMachine& machine, std::set<std::string>& seen) {
  if (!machine.name.empty() && !seen.insert("name " + machine.name).second)
    item.report("the name " + machine.name + " is taken");
  if (!machine.login.host.empty() &&
      !seen.insert(machine.address() + " " + machine.layout.prefix).second)
    item.report(machine.address() + " is there already");
}

Error all_of(std::vector<Diagnostic> errors) {
  std::string text = to_string(sorted(std::move(errors)));
  text.pop_back();  // the last line's end
  return scenario_error(std::move(text));
}

}  // namespace

Result<std::vector<FleetMachine>> parse_inventory(std::string_view text, std::string_view file,
                                                  const FleetMachine& base) {
  if (auto refusal = refusal_of_text(text, file)) return all_of({*refusal});
  const YamlStream stream = parse_yaml(text, file);
  if (!stream.problems.empty()) return all_of(stream.problems);
  if (stream.documents.size() != 1)
    return all_of({{std::string(file), 1, 1, "", "must be one document with a list of machines"}});
  Problems problems(file);
  const MapReader map(Field(&stream.documents.front(), "", problems), {"defaults", "machines"});
  const FleetMachine defaults = read_keys(MapReader(map["defaults"], kDefaults), base);
  std::vector<FleetMachine> machines;
  std::set<std::string> seen;
  for (const Field& item : map.required("machines").items()) {
    machines.push_back(read_machine(item, defaults));
    check_unique(item, machines.back(), seen);
  }
  if (!problems.empty()) return all_of(problems.take());
  return machines;
}

Result<std::vector<FleetMachine>> read_inventory(const std::filesystem::path& file,
                                                 const FleetMachine& base) {
  const auto text = read_file(file, kLargestDocumentBytes);
  if (!text) return text.error();
  return parse_inventory(*text, file.string(), base);
}

}  // namespace luolab
