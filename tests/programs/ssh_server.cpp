// SPDX-License-Identifier: Apache-2.0
#include "tests/programs/ssh_server.h"

#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

#include <fmt/format.h>

#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kServer = "/usr/sbin/sshd";

}  // namespace

std::uint16_t free_port() {
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  ::bind(listener.get(), generic, length);
  ::getsockname(listener.get(), generic, &length);
  return ntohs(address.sin_port);
}

SshServer::SshServer(const std::vector<std::string>& environment)
    : folder_(fs::temp_directory_path()) {
  if (!fs::exists(kServer))
    throw std::runtime_error(fmt::format("{} is missing: apt-get install openssh-server", kServer));
  fs::create_directories("/run/sshd");
  ProcessSpec keygen{.program = "ssh-keygen"};
  keygen.arguments = {"-q", "-t", "ed25519", "-N", "", "-f", (folder_.path() / "host").string()};
  run_task(io_, output_of(std::move(keygen)));
  write_scratch_file(folder_.path() / "authorized", client_.public_text + "\n");
  write_scratch_file(key_file(), client_.private_text);
  fs::permissions(key_file(), fs::perms::owner_read | fs::perms::owner_write);
  login_.port = free_port();
  login_.host = "127.0.0.1";
  login_.user = ::getpwuid(::getuid())->pw_name;
  login_.key_text = client_.private_text;
  ProcessSpec server{.program = kServer};
  server.arguments = {"-D", "-e",
                      "-f", "/dev/null",
                      "-h", (folder_.path() / "host").string(),
                      "-p", std::to_string(login_.port),
                      "-o", "ListenAddress=127.0.0.1",
                      "-o", "AuthorizedKeysFile=" + (folder_.path() / "authorized").string(),
                      "-o", "StrictModes=no",
                      "-o", "PidFile=none",
                      "-o", "UsePAM=no",
                      "-o", "PermitRootLogin=yes",
                      "-o", "Subsystem=sftp internal-sftp"};
  std::string variables;
  for (const std::string& variable : environment) variables += " " + variable;
  if (!variables.empty()) {
    server.arguments.push_back("-o");
    server.arguments.push_back("SetEnv" + variables);
  }
  server_.emplace(io_.get_executor(), "sshd", std::move(server));
  const std::string key = read_file(folder_.path() / "host.pub").value();
  host_key_ = key.substr(0, key.find(' ', key.find(' ') + 1));
}

std::string SshServer::address() const {
  return fmt::format("{}@{}:{}", login_.user, login_.host, login_.port);
}

}  // namespace luolab
