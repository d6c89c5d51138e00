// SPDX-License-Identifier: Apache-2.0
#include "agent/load/echo_server.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <net/if.h>
#include <net/if_arp.h>

#include "agent/load/counted_load.h"
#include "agent/owned_fd.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

constexpr timeval kLongestWait{0, 50'000};  // so that stopping takes no longer

sockaddr_in address_of(std::uint32_t address, std::uint16_t port) {
  sockaddr_in socket_address{};
  socket_address.sin_family = AF_INET;
  socket_address.sin_addr.s_addr = htonl(address);
  socket_address.sin_port = htons(port);
  return socket_address;
}

// The first device but the loopback; empty where there is none.
std::string find_device() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/sys/class/net"), closedir);
  if (!folder) return {};
  while (const dirent* const entry = readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (name[0] != '.' && name != "lo" && name.size() < IFNAMSIZ) return name;
  }
  return {};
}

Done set_address(int fd, const std::string& device) {
  ifreq query{};
  std::memcpy(query.ifr_name, device.data(), device.size());
  const sockaddr_in value = address_of(wire::kEchoGuestAddress, 0);
  std::memcpy(&query.ifr_addr, &value, sizeof value);
  if (ioctl(fd, SIOCSIFADDR, &query) == 0) return done();
  return call_failed("ioctl(SIOCSIFADDR)", device);
}

Done switch_on(int fd, const std::string& device) {
  ifreq query{};
  std::memcpy(query.ifr_name, device.data(), device.size());
  query.ifr_flags = IFF_UP | IFF_RUNNING;
  if (ioctl(fd, SIOCSIFFLAGS, &query) == 0) return done();
  return call_failed("ioctl(SIOCSIFFLAGS)", device);
}

// The worker's end answers no ARP, so the kernel is told.
Done name_peer(int fd, const std::string& device) {
  arpreq entry{};
  const sockaddr_in peer = address_of(wire::kEchoPeerAddress, 0);
  std::memcpy(&entry.arp_pa, &peer, sizeof peer);
  entry.arp_ha.sa_family = ARPHRD_ETHER;
  std::memcpy(entry.arp_ha.sa_data, wire::kEchoPeerMac.data(), wire::kEchoPeerMac.size());
  entry.arp_flags = ATF_PERM | ATF_COM;
  std::memcpy(entry.arp_dev, device.data(), device.size());
  if (ioctl(fd, SIOCSARP, &entry) == 0) return done();
  return call_failed("ioctl(SIOCSARP)", device);
}

Done set_up_device(int fd, const std::string& device) {
  // Its class gives the address a network of which the peer is a part.
  Done ready = set_address(fd, device);
  if (ready) ready = switch_on(fd, device);
  if (ready) ready = name_peer(fd, device);
  return ready;
}

std::string answer_one(int fd) {
  std::array<char, 2048> datagram;
  sockaddr_in from{};
  socklen_t length = sizeof from;
  auto* const address = reinterpret_cast<sockaddr*>(&from);
  const ssize_t got = recvfrom(fd, datagram.data(), datagram.size(), 0, address, &length);
  if (got < 0) return {};  // none for a while
  if (sendto(fd, datagram.data(), static_cast<std::size_t>(got), 0, address, length) == got)
    return {};
  return std::string("sendto: ") + std::strerror(errno);
}

}  // namespace

Outcome<std::unique_ptr<Load>> start_echo_server() {
  const auto fd = std::make_shared<OwnedFd>(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!*fd) return call_failed("socket(AF_INET)", "does the kernel have CONFIG_INET?");
  const std::string device = find_device();
  if (device.empty()) {
    return Failure{"load.start", ENODEV, "the machine has no network device"};
  }
  if (Done ready = set_up_device(fd->get(), device); !ready) return ready.failure();
  const sockaddr_in port = address_of(INADDR_ANY, wire::kEchoPort);
  if (bind(fd->get(), reinterpret_cast<const sockaddr*>(&port), sizeof port) != 0) {
    return call_failed("bind", "UDP port " + std::to_string(wire::kEchoPort));
  }
  setsockopt(fd->get(), SOL_SOCKET, SO_RCVTIMEO, &kLongestWait, sizeof kLongestWait);
  return std::unique_ptr<Load>(
      new CountedLoad({}, [fd](std::uint32_t) { return answer_one(fd->get()); }));
}

}  // namespace luolab
