// SPDX-License-Identifier: Apache-2.0
#include "worker/fleet/fleet_host.h"

#include <fmt/format.h>

#include "core/base/first_line.h"
#include "core/base/shell_word.h"
#include "worker/fleet/install_script.h"
#include "worker/target/remote_command.h"
#include "worker/target/ssh_key.h"

namespace luolab {
namespace {

using std::chrono::seconds;

constexpr seconds kConnect{20};
constexpr seconds kQuestions{60};  // digests of what lies there are among them
constexpr std::uint64_t kSlowestBytesPerSecond = std::uint64_t{1} << 20;

std::string remedy_of(std::string_view complaint, const WorkerLayout& layout) {
  const auto says = [&](std::string_view words) { return complaint.find(words) != complaint.npos; };
  if (says("No space left")) return fmt::format(" (make room where {} lies)", layout.prefix);
  if (says("Read-only file system")) return " (mount it writable, or give another --prefix)";
  if (says("quota")) return " (the login's disk quota)";
  return "";
}

}  // namespace

std::string FleetMachine::address() const {
  return fmt::format("{}@{}:{}", login.user, login.host, login.port);
}

FleetHost::FleetHost(const FleetMachine& machine, Progress progress)
    : machine_(machine), progress_(std::move(progress)) {}

Task<Result<void>> FleetHost::open() {
  tell("connecting");
  SshLogin login = machine_.login;
  if (machine_.host_key.empty()) {
    const auto key = co_await SshSession::host_key(std::move(login), kConnect);
    if (!key) co_return key.error().error;
    co_return scenario_error(fmt::format(
        "its host key is not known, so nothing was done. It shows {}; compare that with "
        "`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the machine, then give\n"
        "  --host-key \"{}\"\nor, in the inventory,\n  host_key: \"{}\"",
        key_fingerprint(*key), *key, *key));
  }
  std::vector<std::string> known{machine_.host_key};
  auto opened = co_await SshSession::open(std::move(login), std::move(known), kConnect);
  if (!opened) co_return opened.error().error;
  session_ = std::move(opened->session);
  co_return Result<void>();
}

Task<Result<HostFacts>> FleetHost::facts(const std::vector<std::string>& libraries) {
  tell("asking");
  std::string command = as_root(machine_.sudo, "sh -s");
  std::string script = host_facts_script(machine_.layout, machine_.user, libraries);
  const auto said = co_await session_->run(std::move(command), std::move(script), kQuestions);
  if (!said) co_return said.error().error;
  if (machine_.sudo && said->output.find("end=1") == std::string::npos) {
    co_return lab_error("sudo -n does not work there: " + std::string(first_line(said->errors)) +
                        " (allow it without a password: /etc/sudoers.d: USER ALL=(root) NOPASSWD: "
                        "ALL, or log in as root)");
  }
  co_return read_host_facts(said->output);
}

Task<Result<SshOutput>> FleetHost::run(std::string script, seconds limit) {
  std::string command = as_root(machine_.sudo, "sh -c " + shell_word(script));
  auto said = co_await session_->run(std::move(command), limit);
  if (!said) co_return said.error().error;
  co_return std::move(*said);
}

Task<Result<SshOutput>> FleetHost::run_alone(std::string script, std::string_view input,
                                             seconds limit) {
  std::string command = as_root(machine_.sudo, exclusive_script(machine_.layout, script));
  auto said = co_await session_->feed(std::move(command), input, limit);
  if (!said) co_return said.error().error;
  if (said->exit_code == kMachineBusy)
    co_return lab_error("another luolab fleet is at work there: wait for it");
  co_return std::move(*said);
}

Task<Result<void>> FleetHost::step(std::string doing, std::string script, std::string_view input) {
  tell(doing);
  const seconds limit =
      kScript + seconds(static_cast<std::int64_t>(input.size() / kSlowestBytesPerSecond));
  const auto said = co_await run_alone(std::move(script), input, limit);
  if (!said) co_return said.error();
  if (said->exit_code == 0) co_return Result<void>();
  const std::string why(first_line(said->errors));
  co_return lab_error(fmt::format("{}: {}{}", doing,
                                  why.empty() ? fmt::format("exit code {}", said->exit_code) : why,
                                  remedy_of(said->errors, machine_.layout)));
}

}  // namespace luolab
