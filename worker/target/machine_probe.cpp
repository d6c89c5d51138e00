// SPDX-License-Identifier: Apache-2.0
#include "worker/target/machine_probe.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr std::uint64_t kLeastDiskBytes = std::uint64_t{64} << 20;

// Nothing but a POSIX shell, the few tools that luolab uses there anyway, and /proc.
constexpr std::string_view kScript = R"sh(
say() { printf '%s=%s\n' "$1" "$2"; }
say arch "$(uname -m)"
say release "$(uname -r)"
say boot_id "$(cat /proc/sys/kernel/random/boot_id)"
say cmdline "$(cat /proc/cmdline)"
while read -r name value unit; do [ "$name" = MemTotal: ] && say memory_kib "$value"; done < /proc/meminfo
say cpus "$(grep -c '^processor' /proc/cpuinfo)"
say uid "$(id -u)"
say kexec_loaded "$(cat /sys/kernel/kexec_loaded 2>/dev/null)"
say kexec_disabled "$(cat /proc/sys/kernel/kexec_load_disabled 2>/dev/null)"
say kexec_symbol "$(grep -c -w __x64_sys_kexec_file_load /proc/kallsyms 2>/dev/null)"
say kallsyms "$( [ -r /proc/kallsyms ] && echo 1)"
say lockdown "$(cat /sys/kernel/security/lockdown 2>/dev/null)"
say kho "$( [ -d /sys/kernel/debug/kho ] && echo 1)"
say liveupdate "$( [ -e /dev/liveupdate ] && echo 1)"
folder=FOLDER
while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
say disk "$(df -Pk "$folder" | tail -n 1)"
for tool in sha256sum mkdir rm cat df id uname grep dirname tail; do
  command -v $tool > /dev/null || say missing $tool
done
say connection "$SSH_CONNECTION"
while read -r line; do say route "$line"; done < /proc/net/route
for device in /sys/class/net/*; do say mac "${device##*/} $(cat $device/address)"; done
say end 1
)sh";

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  std::string word;
  for (const char c : text) {
    if (c != ' ' && c != '\t') {
      word += c;
    } else if (!word.empty()) {
      found.push_back(std::exchange(word, {}));
    }
  }
  if (!word.empty()) found.push_back(word);
  return found;
}

template <class Number = std::uint64_t>
Number number(std::string_view text, int base = 10) {
  Number value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

/// As /proc/net/route has them: network byte order, read as a little-endian number.
std::string dotted(std::uint32_t little_endian) {
  return fmt::format("{}.{}.{}.{}", little_endian & 255, little_endian >> 8 & 255,
                     little_endian >> 16 & 255, little_endian >> 24);
}

std::optional<std::uint32_t> undotted(std::string_view text) {
  std::uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    const auto dot = std::min(text.find('.'), text.size());
    if (dot == 0) return {};
    address |= number<std::uint32_t>(text.substr(0, dot)) << (8 * part);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return address;
}

/// The device by which the SSH connection comes, and how it is set up.
std::string network_of(const std::multimap<std::string, std::string>& said) {
  const auto connection = words(said.contains("connection") ? said.find("connection")->second : "");
  const auto own = connection.size() == 4 ? undotted(connection[2]) : std::nullopt;
  if (!own) return {};
  std::string device, gateway;
  std::uint32_t mask = 0;
  const auto [first, last] = said.equal_range("route");
  for (auto line = first; line != last; ++line) {
    const auto column = words(line->second);
    if (column.size() < 8 || column[0] == "Iface") continue;
    const auto network = number<std::uint32_t>(column[1], 16);
    const auto this_mask = number<std::uint32_t>(column[7], 16);
    if (this_mask != 0 && (*own & this_mask) == network &&
        std::popcount(this_mask) > std::popcount(mask)) {
      device = column[0];
      mask = this_mask;
    }
  }
  for (auto line = first; line != last; ++line) {
    const auto column = words(line->second);
    if (column.size() >= 8 && column[0] == device && column[1] == "00000000" &&
        column[7] == "00000000")
      gateway = dotted(number<std::uint32_t>(column[2], 16));
  }
  const auto [mac, macs_end] = said.equal_range("mac");
  for (auto line = mac; line != macs_end; ++line) {
    const auto pair = words(line->second);
    if (pair.size() == 2 && pair[0] == device)
      return fmt::format("{},{}/{},{}", pair[1], dotted(*own), std::popcount(mask), gateway);
  }
  return {};
}

/// "none [integrity] confidentiality": the one in brackets.
std::string chosen(std::string_view text) {
  const auto open = text.find('['), close = text.find(']');
  if (open == text.npos || close == text.npos) return {};
  return std::string(text.substr(open + 1, close - open - 1));
}

}  // namespace

std::string probe_script(const std::string& folder) {
  std::string script(kScript);
  const std::string place = "FOLDER";
  script.replace(script.find(place), place.size(), folder);
  return script;
}

Result<MachineReport> read_report(std::string_view text) {
  std::multimap<std::string, std::string> said;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    if (const auto equals = line.find('='); equals != line.npos)
      said.emplace(line.substr(0, equals), line.substr(equals + 1));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!said.contains("end")) {
    return lab_error("the machine's shell did not run luolab's questions to their end: \"" +
                     std::string(text.substr(0, 200)) +
                     "\" (the login needs a POSIX shell that prints nothing of its own)");
  }
  const auto one = [&](const char* name) {
    const auto found = said.find(name);
    return found == said.end() ? std::string() : found->second;
  };
  MachineReport report{.arch = one("arch"),
                       .release = one("release"),
                       .boot_id = one("boot_id"),
                       .cmdline = one("cmdline"),
                       .memory_bytes = number(one("memory_kib")) << 10,
                       .cpus = number<std::uint32_t>(one("cpus")),
                       .root = one("uid") == "0",
                       .kexec_loaded = one("kexec_loaded") == "1",
                       .kexec_disabled = one("kexec_disabled") == "1",
                       .kexec_file = one("kexec_symbol") != "0" || one("kallsyms") != "1",
                       .lockdown = chosen(one("lockdown")),
                       .kho = one("kho") == "1",
                       .liveupdate = one("liveupdate") == "1"};
  if (const auto disk = words(one("disk")); disk.size() >= 4)
    report.free_disk_bytes = number(disk[3]) << 10;
  const auto [first, last] = said.equal_range("missing");
  for (auto tool = first; tool != last; ++tool) report.missing.push_back(tool->second);
  report.network = network_of(said);
  return report;
}

std::vector<std::string> obstacles(const MachineReport& report, bool kexec_needed) {
  std::vector<std::string> found;
  if (report.arch != "x86_64")
    found.push_back(fmt::format("its architecture is {}; luolab builds for x86_64", report.arch));
  if (!report.root)
    found.emplace_back(
        "the login is not root: log in as root, or give sudo: true and let `sudo -n` work without "
        "a password (/etc/sudoers.d: USER ALL=(root) NOPASSWD: ALL)");
  if (kexec_needed && report.kexec_disabled)
    found.emplace_back(
        "kernel.kexec_load_disabled is 1, which only a reboot ends: look in /etc/sysctl.d, or give "
        "a boot command");
  if (kexec_needed && !report.kexec_file)
    found.emplace_back(
        "its kernel has no kexec_file_load (CONFIG_KEXEC_FILE): boot another one, or give a boot "
        "command");
  if (kexec_needed && !report.lockdown.empty() && report.lockdown != "none")
    found.push_back(fmt::format(
        "kernel lockdown is \"{}\", so kexec takes signed images only: switch off Secure Boot, or "
        "give a boot command",
        report.lockdown));
  if (report.free_disk_bytes < kLeastDiskBytes)
    found.push_back(
        fmt::format("{} MiB are free where luolab's files go, {} are needed: make room in /var/tmp",
                    report.free_disk_bytes >> 20, kLeastDiskBytes >> 20));
  for (const std::string& tool : report.missing)
    found.push_back(fmt::format("`{}` is missing there: install it", tool));
  return found;
}

}  // namespace luolab
