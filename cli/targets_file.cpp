// SPDX-License-Identifier: Apache-2.0
#include "cli/targets_file.h"

#include <set>

#include "cli/machine_access.h"
#include "core/base/file.h"
#include "scenarios/document_text.h"
#include "scenarios/map_reader.h"
#include "scenarios/yaml_parser.h"

namespace luolab {
namespace {

constexpr std::array<std::string_view, 2> kRoots{"ours", "own"};
constexpr std::uint64_t kMostHomeSeconds = 24 * 3600;

PowerCommands read_power(const Field& field) {
  const MapReader map(field, {"on", "off", "cycle", "status"});
  PowerCommands power;
  for (const auto& [key, command] : {std::pair{"on", &power.on},
                                     {"off", &power.off},
                                     {"cycle", &power.cycle},
                                     {"status", &power.status}}) {
    *command = map[key].text().value_or("");
  }
  return power;
}

std::string read_words(const Field& list) {
  std::string words;
  for (const Field& item : list.items()) {
    const auto word = item.text();
    if (word) words += (words.empty() ? "" : " ") + *word;
  }
  return words;
}

void read_home(const Field& field, SshMachine& machine) {
  const MapReader map(field, {"kernel", "within"});
  machine.home_release = map["kernel"].text().value_or("");
  if (const auto within = map["within"].duration()) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*within);
    if (seconds.count() >= 10 && seconds.count() <= static_cast<std::int64_t>(kMostHomeSeconds)) {
      machine.home_limit = seconds;
    } else {
      map["within"].report("is not between 10s and 24h");
    }
  }
}

void read_access(const MapReader& map, SshMachine& machine) {
  map.required("host");
  map.required("host_key");
  MachineAccess access = read_machine_access(map, {});
  machine.login = std::move(access.login);
  machine.host_key = std::move(access.host_key);
  machine.sudo = access.sudo;
}

SshMachine read_machine(const Field& field) {
  const MapReader map(field,
                      {"name", "host", "port", "user", "key", "host_key", "sudo", "root", "initrd",
                       "cmdline", "network", "boot_command", "home", "power", "console"});
  SshMachine machine;
  machine.name = map.required("name").word().value_or("");
  read_access(map, machine);
  if (const auto root = map["root"].choice("root", kRoots)) {
    machine.root = *root == 0 ? RootSystem::ours : RootSystem::own;
  }
  machine.initrd = map["initrd"].text().value_or("");
  if (machine.root == RootSystem::own && map["root"] && !map["initrd"]) {
    map["root"].report("own needs initrd: the machine's initrd for the kernel under test");
  }
  machine.cmdline = read_words(map["cmdline"]);
  machine.network = map["network"].text().value_or("");
  machine.boot_command = map["boot_command"].text().value_or("");
  read_home(map["home"], machine);
  machine.power = read_power(map["power"]);
  const MapReader console(map["console"], {"command"});
  machine.console = console["command"].text().value_or("");
  return machine;
}

Error all_of(std::vector<Diagnostic> errors) {
  std::string text = to_string(sorted(std::move(errors)));
  text.pop_back();  // the last line's end
  return scenario_error(std::move(text));
}

}  // namespace

Result<std::vector<SshMachine>> parse_targets(std::string_view text, std::string_view file) {
  if (auto refusal = refusal_of_text(text, file)) return all_of({*refusal});
  const YamlStream stream = parse_yaml(text, file);
  if (!stream.problems.empty()) return all_of(stream.problems);
  if (stream.documents.size() != 1) {
    return all_of({{std::string(file), 1, 1, "", "must be one document with a list of targets"}});
  }
  Problems problems(file);
  const MapReader map(Field(&stream.documents.front(), "", problems), {"targets"});
  std::vector<SshMachine> machines;
  std::set<std::string> names;
  for (const Field& item : map.required("targets").items()) {
    machines.push_back(read_machine(item));
    const std::string& name = machines.back().name;
    if (!name.empty() && !names.insert(name).second) item.report("the name " + name + " is taken");
  }
  if (!problems.empty()) return all_of(problems.take());
  return machines;
}

Result<std::vector<SshMachine>> read_targets_file(const std::filesystem::path& file) {
  const auto text = read_file(file, kLargestDocumentBytes);
  if (!text) return text.error();
  return parse_targets(*text, file.string());
}

}  // namespace luolab
