// SPDX-License-Identifier: Apache-2.0
#include "agent/network.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "agent/owned_fd.h"
#include "agent/text_file.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

constexpr const char* kDevices = "/sys/class/net";
constexpr int kRetryMs = 2;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint32_t> parse_address(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return ntohl(address.s_addr);
}

sockaddr socket_address(std::uint32_t address) {
  sockaddr_in internet{};
  internet.sin_family = AF_INET;
  internet.sin_addr.s_addr = htonl(address);
  sockaddr generic;
  std::memcpy(&generic, &internet, sizeof generic);
  return generic;
}

std::string find_device(const std::string& mac) {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(kDevices), closedir);
  if (!folder) return {};
  while (const dirent* const entry = readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (name[0] != '.' && name.size() < IFNAMSIZ &&
        read_line(std::string(kDevices) + "/" + name + "/address") == mac)
      return name;
  }
  return {};
}

ifreq query_of(const std::string& device) {
  ifreq query{};
  std::memcpy(query.ifr_name, device.data(), device.size());
  return query;
}

Done switch_on(int fd, const std::string& device) {
  ifreq query = query_of(device);
  query.ifr_flags = IFF_UP | IFF_RUNNING;
  if (ioctl(fd, SIOCSIFFLAGS, &query) == 0) return done();
  return call_failed("ioctl(SIOCSIFFLAGS)", device);
}

Done set_address(int fd, const std::string& device, unsigned long call, std::uint32_t address) {
  ifreq query = query_of(device);
  query.ifr_addr = socket_address(address);
  if (ioctl(fd, call, &query) == 0) return done();
  return call_failed(call == SIOCSIFADDR ? "ioctl(SIOCSIFADDR)" : "ioctl(SIOCSIFNETMASK)", device);
}

Done set_gateway(int fd, std::uint32_t gateway) {
  rtentry route{};
  route.rt_dst = socket_address(INADDR_ANY);
  route.rt_genmask = socket_address(INADDR_ANY);
  route.rt_gateway = socket_address(gateway);
  route.rt_flags = RTF_UP | RTF_GATEWAY;
  if (ioctl(fd, SIOCADDRT, &route) == 0) return done();
  return call_failed("ioctl(SIOCADDRT)", "the default route");
}

std::uint32_t netmask(std::uint32_t prefix) {
  return prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix);
}

}  // namespace

std::optional<NetworkSetting> parse_network_setting(std::string_view cmdline) {
  for (const std::string_view word : split(cmdline, ' ')) {
    if (!word.starts_with(wire::kSshWord)) continue;
    const auto parts = split(word.substr(wire::kSshWord.size()), ',');
    if (parts.size() != 4) return std::nullopt;
    const auto address = split(parts[1], '/');
    if (address.size() != 2) return std::nullopt;
    const auto own = parse_address(address[0]);
    const auto prefix = parse_number(address[1]);
    const auto gateway = parts[2].empty() ? 0 : parse_address(parts[2]);
    const auto unheard = parse_number(parts[3]);
    if (!own || !prefix || *prefix > 32 || !gateway || !unheard) return std::nullopt;
    return NetworkSetting{std::string(parts[0]), *own, *prefix, *gateway,
                          std::chrono::seconds{*unheard}};
  }
  return std::nullopt;
}

Done set_up_network(const NetworkSetting& setting, std::chrono::milliseconds deadline) {
  using Clock = std::chrono::steady_clock;
  const OwnedFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) return call_failed("socket(AF_INET)", "does the kernel have CONFIG_INET?");
  const auto end = Clock::now() + deadline;
  std::string device = find_device(setting.mac);
  while (device.empty() && Clock::now() < end) {
    poll(nullptr, 0, kRetryMs);
    device = find_device(setting.mac);
  }
  if (device.empty()) {
    return Failure{"network", ENODEV,
                   "no network device has the address " + setting.mac +
                       "; does the kernel have its driver built in?"};
  }
  const Done loopback = switch_on(fd.get(), "lo");
  static_cast<void>(loopback);  // its absence hurts nobody
  Done ready = set_address(fd.get(), device, SIOCSIFADDR, setting.address);
  if (ready) ready = set_address(fd.get(), device, SIOCSIFNETMASK, netmask(setting.prefix));
  if (ready) ready = switch_on(fd.get(), device);
  if (ready && setting.gateway != 0) ready = set_gateway(fd.get(), setting.gateway);
  return ready;
}

std::uint64_t parse_tcp_in_segments(std::string_view snmp) {
  std::vector<std::string_view> names;
  for (const std::string_view line : split(snmp, '\n')) {
    if (!line.starts_with("Tcp:")) continue;
    const auto words = split(line, ' ');
    if (names.empty()) {
      names = words;
      continue;
    }
    for (std::size_t i = 0; i < names.size() && i < words.size(); ++i) {
      if (names[i] == "InSegs") return parse_number(words[i]).value_or(0);
    }
  }
  return 0;
}

bool parse_tcp_listens(std::string_view sockets, std::uint16_t port) {
  constexpr std::string_view kListens = "0A";  // TCP_LISTEN of include/net/tcp_states.h
  char ending[6];
  std::snprintf(ending, sizeof ending, ":%04X", unsigned{port});
  for (const std::string_view line : split(sockets, '\n')) {
    std::vector<std::string_view> words = split(line, ' ');
    std::erase(words, std::string_view());
    if (words.size() > 3 && words[1].ends_with(ending) && words[3] == kListens) return true;
  }
  return false;
}

}  // namespace luolab
