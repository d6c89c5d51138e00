// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/machine_room.h"

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>

namespace luolab {
namespace {

bool is_root() { return ::geteuid() == 0; }

}  // namespace

Task<void> MachineRoom::open() {
  ProcessSpec unshare{.program = "unshare", .arguments = {"--net"}};
  if (!is_root())
    unshare.arguments.insert(unshare.arguments.begin(), {"--user", "--map-root-user"});
  std::string hub = "hub", exception;
  try {
    co_await hold(hub, std::move(unshare));
    for (const char* command : {"link set lo up", "link add lab0 type bridge",
                                "addr add 10.77.0.1/24 dev lab0", "link set lab0 up"}) {
      std::string arguments = command;
      co_await ip(hub, std::move(arguments));
    }
  } catch (const std::runtime_error& error) {
    exception = error.what();
  }
  if (exception.empty()) co_return;
  throw std::runtime_error(
      "network namespaces can't be made here: run this test as root, or allow user namespaces "
      "(sysctl -w kernel.unprivileged_userns_clone=1); " +
      exception);
}

Task<void> MachineRoom::add(std::string machine, std::string address) {
  ProcessSpec unshare{.program = "unshare", .arguments = {"--net"}};
  if (!is_root()) {
    unshare = {.program = "nsenter",
               .arguments = {"--user=" + namespace_of("hub", "user"), "--preserve-credentials",
                             "unshare", "--net"}};
  }
  co_await hold(machine, std::move(unshare));
  const std::string hub = "hub", port = fmt::format("port{}", holders_.size());
  holders_[machine].port = port;
  const pid_t pid = holders_[machine].program->pid();
  for (const std::string& command :
       {fmt::format("link add {} type veth peer name lan0 netns {}", port, pid),
        fmt::format("link set {} master lab0 up", port)}) {
    co_await ip(hub, command);
  }
  for (const std::string& command :
       {std::string("link set lo up"), fmt::format("addr add {}/24 dev lan0", address),
        std::string("link set lan0 up")}) {
    co_await ip(machine, command);
  }
}

Task<void> MachineRoom::plug(std::string machine, bool in) {
  const std::string hub = "hub", command = fmt::format("link set {} {}", holders_.at(machine).port,
                                                       in ? "up" : "down");
  co_await ip(hub, command);
}

ProcessSpec MachineRoom::at(const std::string& machine, ProcessSpec spec) const {
  std::vector<std::string> arguments{"--net=" + namespace_of(machine, "net")};
  if (!is_root()) {
    arguments.push_back("--user=" + namespace_of("hub", "user"));
    arguments.emplace_back("--preserve-credentials");
  }
  // Entering a user namespace makes the kernel forget whose death the program dies with.
  for (const char* word : {"setpriv", "--pdeathsig", "KILL"}) arguments.emplace_back(word);
  arguments.push_back(spec.program);
  spec.program = "nsenter";
  spec.arguments.insert(spec.arguments.begin(), arguments.begin(), arguments.end());
  return spec;
}

/// A process that does nothing but live in its namespaces, until its input ends.
Task<void> MachineRoom::hold(std::string machine, ProcessSpec unshare) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  const UniqueFd input(ends[0]);
  Holder& holder = holders_[machine];
  holder.leash = UniqueFd(ends[1]);
  for (const char* word : {"sh", "-c", "echo made; exec cat"}) unshare.arguments.emplace_back(word);
  unshare.descriptors[0] = input.get();
  holder.program = std::make_unique<Program>(executor_, machine, std::move(unshare));
  std::string made = "made";
  co_await holder.program->says(std::move(made));
}

Task<void> MachineRoom::ip(std::string machine, std::string arguments) {
  ProcessSpec spec{.program = "ip"};
  boost::algorithm::split(spec.arguments, arguments, boost::algorithm::is_any_of(" "));
  ProcessSpec there = at(machine, std::move(spec));
  co_await output_of(std::move(there));
}

std::string MachineRoom::namespace_of(const std::string& machine, std::string_view kind) const {
  return fmt::format("/proc/{}/ns/{}", holders_.at(machine).program->pid(), kind);
}

}  // namespace luolab
