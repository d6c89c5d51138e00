// SPDX-License-Identifier: Apache-2.0
#include "worker/fleet/install_script.h"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "core/base/sha256.h"
#include "core/base/shell_word.h"
#include "worker/target/remote_command.h"

namespace luolab {
namespace {

std::string fresh(const std::string& path) { return path + ".luolab-new"; }
std::string former(const std::string& path) { return path + ".luolab-old"; }

/// What systemctl knows the unit by: systemd does not look into other prefixes by itself.
std::string unit_of(const WorkerLayout& layout) {
  return layout.standard ? std::string(kWorkerUnit) : layout.unit;
}

std::vector<std::string> all_paths(const WorkerLayout& layout) {
  return {layout.program, layout.agent, layout.data,      layout.unit,
          layout.options, layout.token, layout.authority, layout.record};
}

std::string remove_beside(const std::vector<std::string>& paths) {
  std::string text = "rm -rf";
  for (const std::string& path : paths) text += " " + fresh(path) + " " + former(path);
  return text + "\n";
}

/// Those of the record that begin with `kind`, without it.
std::vector<std::string> recorded(const HostFacts& facts, std::string_view kind) {
  std::vector<std::string> found;
  for (const std::string& line : facts.record) {
    if (line.starts_with(kind)) found.push_back(line.substr(kind.size()));
  }
  return found;
}

std::string remove_folders(std::vector<std::string> folders) {
  std::ranges::sort(folders, std::greater<>());  // what is within before what is around
  std::string text;
  for (const std::string& folder : folders)
    text += fmt::format("[ ! -d {0} ] || rmdir --ignore-fail-on-non-empty {0}\n", folder);
  return text;
}

std::string remove_user(std::string_view user) {
  return fmt::format("! id -u {0} > /dev/null 2>&1 || userdel {0}\n", user);
}

std::string require_digest(std::string_view script, std::string_view digest) {
  return fmt::format(
      "[ \"$({})\" = {} ] || {{ echo 'what arrived is not what was sent' >&2; exit 1; }}\n", script,
      digest);
}

std::string write_input(const std::string& path, std::string_view digest) {
  return "cat > " + path + "\n" +
         require_digest(fmt::format("sha256sum < {} | cut -c 1-64", path), digest);
}

/// Leaves what was there before: a former content, or nothing.
std::string restore(const std::string& path, bool was_there) {
  std::string text = fmt::format("rm -rf {}\nif [ -e {} ]; then rm -rf {}; mv -T {} {}\n",
                                 fresh(path), former(path), path, former(path), path);
  if (!was_there) text += fmt::format("else rm -rf {}\n", path);
  return text + "fi\n";
}

}  // namespace

std::string exclusive_script(const WorkerLayout& layout, std::string_view script) {
  const auto slash = layout.prefix.rfind('/');
  const std::string above = slash == 0 ? "/" : layout.prefix.substr(0, slash);
  return fmt::format(
      "d={}; while [ ! -d $d ]; do d=$(dirname $d); done; exec flock -w 60 -E {} $d sh -c {}",
      above, kMachineBusy, shell_word(script));
}

std::string record_text(const HostFacts& facts, const InstallPlan& plan, std::string_view user,
                        std::string_view token) {
  std::string text;
  for (const std::string& line : facts.record) {
    if (token.empty() || !line.starts_with("token ")) text += line + "\n";
  }
  for (const std::string& folder : facts.absent_folders) text += "folder " + folder + "\n";
  if (plan.make_user) text += fmt::format("user {}\n", user);
  if (!token.empty()) text += fmt::format("token {}\n", token);
  return text;
}

std::string begin_script(const WorkerLayout& layout, const HostFacts& facts,
                         const InstallPlan& plan, std::string_view user, std::string_view record) {
  std::string text = "set -e\numask 022\n";
  if (!facts.leftovers.empty()) text += remove_beside(all_paths(layout));
  for (const std::string& folder : facts.absent_folders)
    text += fmt::format("[ -d {0} ] || mkdir {0}\n", folder);
  text += fmt::format("[ ! -e {0} ] || cp -p {0} {1}\n", layout.record, former(layout.record));
  text += write_input(fresh(layout.record), sha256_of(record));
  text += fmt::format("mv {} {}\n", fresh(layout.record), layout.record);
  if (plan.make_user) {
    text += fmt::format(
        "id -u {0} > /dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir "
        "{1} --shell /usr/sbin/nologin --comment 'luolab worker' {0}\n",
        user, layout.state);
    if (facts.kvm_group) text += fmt::format("usermod -aG kvm {}\n", user);
  }
  if (!facts.state_folder) text += fmt::format("install -d -m 700 -o {} {}\n", user, layout.state);
  return text;
}

std::string stage_script(const InstalledItem& item) {
  const std::string place = fresh(item.path);
  std::string text = fmt::format("set -e\numask 077\nrm -rf {}\n", place);
  if (item.tree) {
    text += fmt::format("mkdir {0}\ntar -x -f - --no-same-owner -C {0}\n", place);
    text += fmt::format("chmod -R u=rwX,go=rX {}\n", place);
    text += require_digest(tree_digest_script(place), item.content.sha256);
  } else {
    text += write_input(place, item.content.sha256);
  }
  return text + fmt::format("chown {} {}\nchmod {} {}\n", item.owner, place, item.mode, place);
}

std::string trial_script(const InstalledItem& program) {
  return fresh(program.path) + " --version";
}

std::string commit_script(const InstallPlan& plan) {
  std::string text = "set -e\n";
  for (const InstalledItem& item : plan.changed)
    text += fmt::format("rm -rf {}\n[ -e {} ]\n", former(item.path), fresh(item.path));
  for (const InstalledItem& item : plan.changed) {
    // A file is replaced in one go; the former one stays under its other name.
    const char* const keep = item.tree ? "mv -T" : "ln";
    text += fmt::format("[ ! -e {0} ] || {1} {0} {2}\nmv -T {3} {0}\n", item.path, keep,
                        former(item.path), fresh(item.path));
  }
  return text;
}

std::string start_script(const WorkerLayout& layout, const InstallPlan& plan, int wait_seconds) {
  std::string text = "set -e\n";
  if (!plan.changed.empty()) text += "systemctl daemon-reload\n";
  if (plan.enable) text += fmt::format("systemctl --quiet enable {}\n", unit_of(layout));
  if (plan.restart)
    text += fmt::format("timeout {} systemctl restart {}\n", wait_seconds, kWorkerUnit);
  return text;
}

std::string complaint_script() {
  return fmt::format(
      "start=$(systemctl show --property=InvocationID --value {0} 2>/dev/null)\n"
      "[ -z \"$start\" ] || journalctl -q -o cat -n 5 _SYSTEMD_INVOCATION_ID=$start 2>/dev/null\n",
      kWorkerUnit);
}

std::string settle_script(const WorkerLayout& layout) { return remove_beside(all_paths(layout)); }

std::string undo_script(const WorkerLayout& layout, const HostFacts& facts, const InstallPlan& plan,
                        std::string_view user, bool started) {
  const bool ran = facts.active == "active" || facts.active == "activating";
  std::string text;
  if (started && !ran) text += fmt::format("systemctl stop {}\n", kWorkerUnit);
  if (started && plan.enable) text += fmt::format("systemctl disable {}\n", kWorkerUnit);
  text += "set -e\n";
  for (const InstalledItem& item : plan.changed) text += restore(item.path, facts.has(item.path));
  text += restore(layout.record, !facts.record.empty());
  if (!facts.state_folder) text += fmt::format("rm -rf {}\n", layout.state);
  if (plan.make_user) text += remove_user(user);
  text += remove_folders(facts.absent_folders);
  if (!started) return text;
  text += fmt::format("systemctl daemon-reload\nsystemctl reset-failed {} 2>/dev/null || true\n",
                      kWorkerUnit);
  if (ran) text += fmt::format("systemctl --no-block restart {}\n", kWorkerUnit);
  return text;
}

std::string stop_script(const WorkerLayout& layout, bool discard) {
  std::string text =
      fmt::format("ran=$(systemctl is-active {0})\nsystemctl stop {0} || [ ! -e {1} ] || exit 1\n",
                  kWorkerUnit, layout.unit);
  if (discard) return text;
  return text + fmt::format(
                    "[ -d {0}/spool ] || exit 0\n"
                    "n=$(find {0}/spool -mindepth 2 -maxdepth 2 -type d -name '[0-9]*' | wc -l)\n"
                    "[ $n -gt 0 ] || exit 0\n"
                    "[ \"$ran\" != active ] || systemctl --no-block start {1}\n"
                    "echo spooled=$n\nexit 3\n",
                    layout.state, kWorkerUnit);
}

std::string remove_script(const WorkerLayout& layout, const HostFacts& facts) {
  std::string text = fmt::format("[ ! -e {} ] || systemctl disable {} || exit 1\nset -e\n",
                                 layout.unit, kWorkerUnit);
  text += remove_beside(all_paths(layout));
  text += fmt::format("rm -rf {} {} {} {} {}\n", layout.unit, layout.options, layout.token,
                      layout.authority, layout.state);
  // The record goes last: whoever is interrupted finds it when he comes again.
  if (!facts.controller)
    text += fmt::format("rm -rf {} {} {}\n", layout.program, layout.agent, layout.data);
  text += fmt::format("systemctl daemon-reload\nsystemctl reset-failed {} 2>/dev/null || true\n",
                      kWorkerUnit);
  for (const std::string& user : recorded(facts, "user ")) text += remove_user(user);
  text += fmt::format("rm -f {}\n", layout.record);
  auto folders = recorded(facts, "folder ");
  for (const std::string& own : {layout.record.substr(0, layout.record.rfind('/')), layout.config})
    if (std::ranges::find(folders, own) == folders.end()) folders.push_back(own);
  return text + remove_folders(std::move(folders));
}

}  // namespace luolab
