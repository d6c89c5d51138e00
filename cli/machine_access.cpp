// SPDX-License-Identifier: Apache-2.0
#include "cli/machine_access.h"

namespace luolab {
namespace {

template <class T, class Kept>
void keep(const std::optional<T>& read, Kept& value) {
  if (read) value = static_cast<Kept>(*read);
}

}  // namespace

MachineAccess read_machine_access(const MapReader& map, MachineAccess defaults) {
  MachineAccess access = std::move(defaults);
  keep(map["host"].text(), access.login.host);
  keep(map["port"].number(1, 65535), access.login.port);
  keep(map["user"].text(), access.login.user);
  keep(map["key"].text(), access.login.key_file);
  keep(map["host_key"].text(), access.host_key);
  keep(map["sudo"].boolean(), access.sudo);
  if (map["host_key"] && !access.host_key.empty() &&
      access.host_key.find(' ') == std::string::npos) {
    map["host_key"].report(
        "is no \"TYPE BASE64\" as in a known_hosts file (`luolab target probe ssh://HOST` shows "
        "it)");
  }
  return access;
}

}  // namespace luolab
