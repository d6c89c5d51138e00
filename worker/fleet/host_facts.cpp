// SPDX-License-Identifier: Apache-2.0
#include "worker/fleet/host_facts.h"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace luolab {
namespace {

// Set before it: $prefix, $config, $user, $libraries and the other places. A POSIX shell, and tools
// whose absence is told.
constexpr std::string_view kQuestions = R"sh(
say() { printf '%s=%s\n' "$1" "$2"; }
say arch "$(uname -m)"
say host_name "$(uname -n)"
say uid "$(id -u)"
say system "$(. /etc/os-release 2>/dev/null; echo "$PRETTY_NAME")"
say glibc "$(getconf GNU_LIBC_VERSION 2>/dev/null)"
say systemd "$(systemctl show --property=Version --value 2>/dev/null)"
say user "$(id -u "$user" 2>/dev/null)"
say kvm_group "$(getent group kvm 2>/dev/null)"
for tool in sha256sum stat find sort xargs cut df flock timeout tar mkdir mv rm rmdir chmod chown install systemctl; do
  command -v $tool > /dev/null || say missing $tool
done
[ -n "$(id -u "$user" 2>/dev/null)" ] || command -v useradd > /dev/null || say missing useradd
known=$(PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null)
for library in $libraries; do
  case $known in *"	$library ("*) ;; *) say library $library ;; esac
done
above() { d=$1; while [ ! -d "$d" ]; do d=$(dirname "$d"); done; echo "$d"; }
for place in "$prefix" "$config" "$state"; do
  [ -w "$(above $place)" ] || say unwritable "$(above $place)"
done
say free_prefix "$(df -Pk "$(above $prefix)" | tail -n 1)"
say free_config "$(df -Pk "$(above $config)" | tail -n 1)"
for item in $files; do
  [ -f $item ] && say item "$item $(sha256sum < $item | cut -c 1-64) $(stat -c '%a %U' $item)"
done
[ -d $data ] && say item "$data $(tree $data) $(stat -c '%a %U' $data)"
for item in $files $data $record; do
  for rest in $item.luolab-new $item.luolab-old; do [ -e $rest ] && say leftover $rest; done
done
for folder in $folders; do [ -d $folder ] || say absent $folder; done
[ -d $state ] && say state_folder 1
[ -e $prefix/lib/systemd/system/luolab-controller.service ] && say controller 1
[ -f $record ] && while read -r line; do say record "$line"; done < $record
[ -f $options ] && while read -r line; do
  case $line in WORKER_OPTIONS=*) say options "${line#*=}" ;; esac
done < $options
[ -f $unit ] && while read -r line; do
  case $line in User=*) say unit_user "${line#*=}" ;; esac
done < $unit
[ -d $state/spool ] && say spooled "$(find $state/spool -mindepth 2 -maxdepth 2 -type d -name '[0-9]*' | wc -l)"
say enabled "$(systemctl is-enabled $unit_name 2>/dev/null)"
say active "$(systemctl is-active $unit_name 2>/dev/null)"
say end 1
)sh";

std::string variable(std::string_view name, std::string_view value) {
  return std::string(name) + "='" + std::string(value) + "'\n";
}

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> found;
  for (std::string word; stream >> word;) found.push_back(word);
  return found;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// Of the line that `df -Pk` prints.
std::uint64_t free_bytes(const std::string& line) {
  const auto column = words(line);
  return column.size() >= 4 ? number(column[3]) << 10 : 0;
}

void note_item(HostFacts& facts, const std::string& value) {
  const auto word = words(value);
  if (word.size() == 4) facts.items[word[0]] = {word[1], word[2], word[3]};
}

void note(HostFacts& facts, std::string_view name, std::string value) {
  const auto list = [&](std::string_view known, std::vector<std::string>& values) {
    if (name == known && std::ranges::find(values, value) == values.end()) values.push_back(value);
  };
  const auto text = [&](std::string_view known, std::string& kept) {
    if (name == known) kept = value;
  };
  const auto truth = [&](std::string_view known, bool& kept) {
    if (name == known) kept = !value.empty();
  };
  text("arch", facts.arch);
  text("host_name", facts.host_name);
  text("system", facts.system);
  text("options", facts.options);
  text("unit_user", facts.unit_user);
  text("enabled", facts.enabled);
  text("active", facts.active);
  truth("systemd", facts.systemd);
  truth("user", facts.user);
  truth("kvm_group", facts.kvm_group);
  truth("controller", facts.controller);
  truth("state_folder", facts.state_folder);
  list("missing", facts.missing);
  list("library", facts.libraries);
  list("unwritable", facts.unwritable);
  list("absent", facts.absent_folders);
  list("leftover", facts.leftovers);
  list("record", facts.record);
  if (name == "uid") facts.root = value == "0";
  if (name == "glibc") facts.glibc = value.substr(value.rfind(' ') + 1);
  if (name == "free_prefix") facts.free_prefix_bytes = free_bytes(value);
  if (name == "free_config") facts.free_config_bytes = free_bytes(value);
  if (name == "spooled") facts.spooled = number(value);
  if (name == "item") note_item(facts, value);
}

}  // namespace

bool HostFacts::installed(const WorkerLayout& layout) const {
  return has(layout.unit) || has(layout.options) || has(layout.token) || has(layout.authority);
}

std::string HostFacts::option(std::string_view flag) const {
  const auto word = words(options);
  const auto found = std::ranges::find(word, flag);
  return found == word.end() || found + 1 == word.end() ? "" : *(found + 1);
}

std::string tree_digest_script(std::string_view folder) {
  return "cd " + std::string(folder) +
         " && find . -type f | LC_ALL=C sort | xargs -r -d '\\n' sha256sum | sha256sum | cut -c "
         "1-64";
}

std::string host_facts_script(const WorkerLayout& layout, std::string_view user,
                              const std::vector<std::string>& libraries) {
  const std::vector<std::string> files{layout.program, layout.agent, layout.unit,
                                       layout.options, layout.token, layout.authority};
  return variable("prefix", layout.prefix) + variable("config", layout.config) +
         variable("state", layout.state) + variable("data", layout.data) +
         variable("record", layout.record) + variable("options", layout.options) +
         variable("unit", layout.unit) + variable("unit_name", kWorkerUnit) +
         variable("user", user) + variable("files", joined(files)) +
         variable("folders", joined(layout.folders())) + variable("libraries", joined(libraries)) +
         "tree() { " + tree_digest_script("$1") + "; }\n" + std::string(kQuestions);
}

Result<HostFacts> read_host_facts(std::string_view text) {
  HostFacts facts;
  bool whole = false;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    if (const auto equals = line.find('='); equals != line.npos)
      note(facts, line.substr(0, equals), std::string(line.substr(equals + 1)));
    whole |= line == "end=1";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!whole) {
    return lab_error("the machine's shell did not answer luolab's questions to their end: \"" +
                     std::string(text.substr(0, 200)) +
                     "\" (the login needs a POSIX shell that prints nothing of its own)");
  }
  return facts;
}

}  // namespace luolab
