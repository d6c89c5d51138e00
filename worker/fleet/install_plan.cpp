// SPDX-License-Identifier: Apache-2.0
#include "worker/fleet/install_plan.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr std::uint64_t kReserveBytes = std::uint64_t{16} << 20;

bool is_payload(const InstalledItem& item) {
  return item.step == "program" || item.step == "agent" || item.step == "data" ||
         item.step == "unit";
}

bool differs(const HostFacts& facts, const InstalledItem& item) {
  const auto found = facts.items.find(item.path);
  if (found == facts.items.end()) return true;
  const FoundItem& there = found->second;
  return there.sha256 != item.content.sha256 || there.mode != item.mode ||
         there.owner != item.owner;
}

/// "2.36" as numbers that compare.
std::pair<int, int> version_of(std::string_view text) {
  int major = 0, minor = 0;
  std::sscanf(std::string(text).c_str(), "%d.%d", &major, &minor);
  return {major, minor};
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : std::string(between)) + word;
  return line;
}

/// Debian 12's packages of the libraries that luolab itself names.
std::string packages_of(const std::vector<std::string>& libraries) {
  static const std::map<std::string_view, std::string_view> kPackages{
      {"libspdlog.so.1.10", "libspdlog1.10"},
      {"libprometheus-cpp-core.so.1.0", "libprometheus-cpp-core1.0"},
      {"libsqlite3.so.0", "libsqlite3-0"},
      {"libssh.so.4", "libssh-4"},
      {"libyaml-cpp.so.0.7", "libyaml-cpp0.7"},
      {"libelf.so.1", "libelf1"},
      {"libarchive.so.13", "libarchive13"},
      {"libboost_url.so.1.81.0", "libboost-url1.81.0"},
      {"libboost_json.so.1.81.0", "libboost-json1.81.0"},
      {"libboost_filesystem.so.1.81.0", "libboost-filesystem1.81.0"},
      {"libssl.so.3", "libssl3"},
      {"libcrypto.so.3", "libssl3"},
      {"libnettle.so.8", "libnettle8"},
      {"libfmt.so.9", "libfmt9"}};
  std::vector<std::string> packages;
  for (const std::string& library : libraries) {
    const auto found = kPackages.find(library);
    if (found != kPackages.end() && std::ranges::find(packages, found->second) == packages.end())
      packages.emplace_back(found->second);
  }
  return packages.empty() ? "install their packages"
                          : "Debian 12: apt-get install " + joined(packages, " ");
}

constexpr const char* kNotRoot =
    "the login is not root: log in as root, or give sudo and let `sudo -n` work without a password "
    "(/etc/sudoers.d: USER ALL=(root) NOPASSWD: ALL)";

void check_access(const HostFacts& facts, std::vector<std::string>& found) {
  if (!facts.systemd)
    found.emplace_back(
        "no systemd answers `systemctl show`: a worker's unit needs a machine that systemd runs");
  if (!facts.missing.empty())
    found.push_back(
        fmt::format("{} missing there: apt-get install coreutils findutils util-linux "
                    "tar passwd systemd",
                    joined(facts.missing, ", ")));
}

void check_system(const HostFacts& facts, std::string_view glibc, std::vector<std::string>& found) {
  if (facts.arch != "x86_64")
    found.push_back(fmt::format("its architecture is {}; luolab builds for x86_64", facts.arch));
  if (facts.glibc.empty() || version_of(facts.glibc) < version_of(glibc)) {
    found.push_back(fmt::format(
        "its C library is {} ({}), luolab was built with glibc {}: build luolab on a system like "
        "the machine's, and give --from, or bring the machine to Debian 12",
        facts.glibc.empty() ? "no glibc" : facts.glibc, facts.system, glibc));
  }
  if (!facts.libraries.empty())
    found.push_back(fmt::format("the program needs {}: {}", joined(facts.libraries, ", "),
                                packages_of(facts.libraries)));
}

void check_space(const WorkerLayout& layout, const HostFacts& facts, const InstallPlan& plan,
                 std::vector<std::string>& found) {
  std::uint64_t needed = 0;
  for (const InstalledItem& item : plan.changed) needed += item.content.bytes->size();
  if (needed == 0) return;
  needed += kReserveBytes;
  if (facts.free_prefix_bytes < needed) {
    found.push_back(fmt::format("{} MiB are free for {}, {} are needed: make room there",
                                facts.free_prefix_bytes >> 20, layout.prefix, needed >> 20));
  }
  if (facts.free_config_bytes < (std::uint64_t{1} << 20))
    found.push_back(fmt::format("no room for {}: make 1 MiB there", layout.config));
  for (const std::string& folder : facts.unwritable)
    found.push_back(
        fmt::format("{} can't be written: a read-only file system? Mount it writable, "
                    "or give another --prefix",
                    folder));
}

}  // namespace

bool InstallPlan::changes() const {
  return std::ranges::any_of(steps, [](const InstallStep& step) { return step.change; });
}

InstallPlan make_plan(FleetOrder order, const HostFacts& facts,
                      const std::vector<InstalledItem>& items) {
  InstallPlan plan;
  plan.make_user = order == FleetOrder::add && !facts.user;
  if (order == FleetOrder::add) plan.steps.push_back({"user", plan.make_user});
  for (const InstalledItem& item : items) {
    if (order == FleetOrder::upgrade && !is_payload(item)) continue;
    plan.steps.push_back({item.step, differs(facts, item)});
    if (plan.steps.back().change) plan.changed.push_back(item);
  }
  if (!facts.leftovers.empty()) plan.steps.push_back({"leftovers", true});
  const bool runs = facts.active == "active" || facts.active == "activating";
  plan.enable = order == FleetOrder::add && facts.enabled != "enabled";
  plan.restart = !plan.changed.empty() || (order == FleetOrder::add && !runs);
  plan.steps.push_back({"service", plan.enable || plan.restart});
  return plan;
}

std::vector<std::string> install_obstacles(FleetOrder order, const WorkerLayout& layout,
                                           const HostFacts& facts, const InstallPlan& plan,
                                           std::string_view user, std::string_view glibc) {
  if (!facts.root) return {kNotRoot};  // what else such a login sees is not what root sees
  std::vector<std::string> found;
  check_access(facts, found);
  check_system(facts, glibc, found);
  check_space(layout, facts, plan, found);
  if (order == FleetOrder::add && !facts.user && user != kWorkerUser)
    found.push_back(fmt::format("it has no user {}: make it there, or leave out --run-as", user));
  if (order == FleetOrder::upgrade && !facts.installed(layout))
    found.push_back(
        fmt::format("no worker is installed below {}: luolab fleet add", layout.prefix));
  return found;
}

std::vector<std::string> removal_obstacles(const HostFacts& facts) {
  if (!facts.root) return {kNotRoot};
  std::vector<std::string> found;
  check_access(facts, found);
  return found;
}

}  // namespace luolab
