// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/foreign_guest.h"

#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <system_error>

#include <boost/asio/co_spawn.hpp>

#include "core/base/file.h"

namespace luolab {
namespace {

const std::string kScript = LUOLAB_SOURCE_DIR "/tests/kernel/foreign_machine.py";

}  // namespace

ForeignGuest::ForeignGuest(asio::io_context& io, std::string name, std::filesystem::path folder,
                           const std::filesystem::path& kernel,
                           const std::vector<std::string>& more)
    : io_(io), name_(std::move(name)), folder_(folder.string()) {
  ProcessSpec spec{.program = "python3"};
  spec.arguments = {kScript, "run", folder_, "--kernel", kernel.string()};
  spec.arguments.insert(spec.arguments.end(), more.begin(), more.end());
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw std::system_error(errno, std::generic_category(), "pipe2");
  const UniqueFd theirs(ends[0]);
  leash_ = UniqueFd(ends[1]);
  spec.descriptors[0] = theirs.get();
  keeper_ = std::make_unique<Program>(io_.get_executor(), name_, std::move(spec));
}

Task<void> ForeignGuest::ready() {
  co_await keeper_->says("port ");
  co_await keeper_->says("\n");
}

Task<void> ForeignGuest::home() {
  ProcessSpec spec{.program = "tail"};
  spec.arguments = {"-n", "+1", "-F", folder_ + "/console.log"};
  Program console(io_.get_executor(), name_ + "'s console", std::move(spec));
  co_await console.says("home: SSH starts");
}

SshMachine ForeignGuest::machine() const {
  const std::string& said = keeper_->output();
  SshMachine machine;
  machine.name = name_;
  machine.login.host = "127.0.0.1";
  machine.login.port = static_cast<std::uint16_t>(std::stoi(said.substr(said.find("port ") + 5)));
  machine.login.key_file = folder_ + "/client_key";
  machine.host_key = read_file(folder_ + "/host_key.pub").value();
  machine.host_key.pop_back();
  machine.console = "tail -n 0 -F " + folder_ + "/console.log 2>/dev/null";
  machine.power = {.cycle = command("cycle"), .status = command("status")};
  machine.home_limit = std::chrono::seconds(90);
  return machine;
}

std::string ForeignGuest::command(const std::string& word) const {
  return "python3 " + kScript + " " + word + " " + folder_;
}

void await_on(asio::io_context& io, Task<void> task) {
  bool done = false;
  std::exception_ptr failure;
  asio::co_spawn(io, std::move(task), [&](std::exception_ptr error) {
    failure = error;
    done = true;
  });
  while (!done) io.run_one();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace luolab
