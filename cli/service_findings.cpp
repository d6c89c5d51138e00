// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>

#include <fmt/format.h>

#include "cli/finding.h"
#include "core/async/process.h"
#include "core/base/unique_fd.h"

namespace luolab {
namespace {

/// Two connections of each of 10,000 workers, and what else is open.
constexpr rlim_t kManyDescriptors = 32768;
constexpr std::uint16_t kPort = 7480;

Finding check_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max == RLIM_INFINITY)
    return {Finding::Grade::good, "controller: any number of open files", {}};
  if (limit.rlim_max >= kManyDescriptors)
    return {Finding::Grade::good,
            fmt::format("controller: {} open files, enough for {} workers", limit.rlim_max,
                        limit.rlim_max / 3),
            {}};
  return {Finding::Grade::note,
          fmt::format("controller: at most {} open files, enough for {} workers", limit.rlim_max,
                      limit.rlim_max / 3),
          "ulimit -Hn 262144 as root, or LimitNOFILE=262144 in its unit"};
}

Finding check_port() {
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kPort);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const auto* const plain = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(socket.get(), plain, sizeof address) == 0)
    return {Finding::Grade::good, fmt::format("controller: port {} is free", kPort), {}};
  if (errno != EADDRINUSE)
    return {Finding::Grade::note, fmt::format("controller: port {} can't be had", kPort),
            "luolab controller --listen ADDRESS:PORT"};
  return {Finding::Grade::note,
          fmt::format("controller: port {} is in use, by a controller perhaps", kPort),
          "ss -ltnp, or luolab controller --listen ADDRESS:PORT"};
}

Finding check_openssl() {
  const auto found = find_program("openssl");
  if (!found.empty()) return {Finding::Grade::good, fmt::format("openssl: {}", found.string()), {}};
  return {Finding::Grade::note, "openssl is missing (makes certificates for a controller)",
          "apt-get install openssl"};
}

}  // namespace

std::vector<Finding> service_findings() {
  return {check_openssl(), check_descriptors(), check_port()};
}

}  // namespace luolab
