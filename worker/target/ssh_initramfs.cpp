// SPDX-License-Identifier: Apache-2.0
#include "worker/target/ssh_initramfs.h"

#include <set>
#include <sstream>

#include <fmt/format.h>

#include "core/async/process.h"
#include "core/base/file.h"
#include "core/wire/agent_wire.h"
#include "worker/target/initramfs.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using Kind = InitramfsEntry::Kind;

constexpr const char* kRemedy = "apt-get install dropbear-bin";

std::string without_slash(std::string_view path) { return std::string(path.substr(1)); }

/// The shared objects of a program, as its own loader finds them.
Task<Result<std::set<std::string>>> libraries_of(std::string program) {
  ProcessSpec spec{.program = "ldd"};
  spec.arguments = {program};
  auto listed = co_await run_process(std::move(spec));
  if (!listed) co_return listed.error();
  if (listed->exit_code != 0) co_return lab_error("ldd " + program + ": " + listed->output);
  std::set<std::string> found;
  std::istringstream words(listed->output);
  for (std::string word; words >> word;) {
    if (word.starts_with('/')) found.insert(word);
  }
  co_return found;
}

/// The file, and before it the folders above it that are not there yet.
Result<void> add_file(std::vector<InitramfsEntry>& entries, std::set<std::string>& folders,
                      const std::string& path, std::uint32_t mode) {
  auto bytes = read_file(path);
  if (!bytes) return bytes.error();
  const std::string inside = without_slash(path);
  for (std::size_t end = inside.find('/'); end != inside.npos; end = inside.find('/', end + 1)) {
    if (folders.insert(inside.substr(0, end)).second)
      entries.push_back({Kind::folder, inside.substr(0, end), 0755, {}});
  }
  entries.push_back({Kind::file, inside, mode, std::move(*bytes)});
  return {};
}

}  // namespace

Task<Result<ServerKey>> make_server_key(fs::path scratch) {
  const fs::path file = scratch / "host_key";
  ProcessSpec spec{.program = "dropbearkey"};
  spec.arguments = {"-t", "ed25519", "-f", file.string()};
  auto made = co_await run_process(std::move(spec));
  if (!made) co_return lab_error(fmt::format("{} ({})", made.error().what, kRemedy));
  const auto at = made->output.find("ssh-ed25519 ");
  auto bytes = read_file(file);
  if (made->exit_code != 0 || at == std::string::npos || !bytes)
    co_return lab_error("dropbearkey made no key: " + made->output);
  fs::remove(file);
  const std::string line = made->output.substr(at, made->output.find('\n', at) - at);
  co_return ServerKey{std::move(*bytes), line.substr(0, line.find(' ', line.find(' ') + 1))};
}

Task<Result<std::string>> pack_ssh_server(ServerKey host_key, std::string client_key) {
  const std::string server(wire::kSshServer);
  if (!fs::exists(server)) co_return lab_error(fmt::format("{} is missing ({})", server, kRemedy));
  std::string program = server;
  auto libraries = co_await libraries_of(std::move(program));
  if (!libraries) co_return libraries.error();
  std::vector<InitramfsEntry> entries{
      {Kind::folder, "etc", 0755, {}},
      {Kind::folder, "etc/dropbear", 0700, {}},
      {Kind::folder, "root", 0700, {}},
      {Kind::folder, "root/.ssh", 0700, {}},
      {Kind::file, "etc/passwd", 0644, "root:x:0:0::/root:/init\n"},
      {Kind::file, "etc/group", 0644, "root:x:0:\n"},
      {Kind::file, "etc/shells", 0644, "/init\n"},
      {Kind::file, without_slash(wire::kSshHostKey), 0600, std::move(host_key.bytes)},
      {Kind::file, "root/.ssh/authorized_keys", 0600, client_key + "\n"}};
  std::set<std::string> folders{"etc", "etc/dropbear", "root"};
  libraries->insert(server);
  for (const std::string& file : *libraries) {
    if (const auto added = add_file(entries, folders, file, 0755); !added) co_return added.error();
  }
  co_return pack_initramfs(entries);
}

}  // namespace luolab
