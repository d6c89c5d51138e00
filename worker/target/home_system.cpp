// SPDX-License-Identifier: Apache-2.0
#include "worker/target/home_system.h"

#include <fmt/format.h>

#include "core/base/file.h"
#include "core/base/first_line.h"
#include "core/base/sha256.h"
#include "worker/target/remote_command.h"

namespace luolab {
namespace {

using std::chrono::seconds;

constexpr seconds kCommand{20};
constexpr std::uint64_t kSlowestBytesPerSecond = std::uint64_t{1} << 20;

seconds upload_limit(std::uint64_t bytes) {
  return seconds(30 + static_cast<std::int64_t>(bytes / kSlowestBytesPerSecond));
}

}  // namespace

Task<Result<MachineReport>> ask_machine(SshSession& session, bool sudo) {
  std::string command = sudo ? "sudo -n sh" : "sh";
  std::string script = probe_script(kMachineFolder);
  // sudo hides the connection from the script.
  script.insert(0, "SSH_CONNECTION=${SSH_CONNECTION:-$1}\n");
  command += " -s -- \"$SSH_CONNECTION\"";
  const auto said = co_await session.run(std::move(command), std::move(script), kCommand);
  if (!said) co_return said.error().error;
  if (sudo && said->exit_code != 0 && said->output.find("end=1") == std::string::npos) {
    co_return lab_error("sudo -n does not work there: " + std::string(first_line(said->errors)) +
                        " (allow it without a password: /etc/sudoers.d: USER ALL=(root) NOPASSWD: "
                        "ALL, or log in as root)");
  }
  auto report = read_report(said->output);
  if (!report && !said->errors.empty()) {
    co_return lab_error(report.error().what + ": " + std::string(first_line(said->errors)));
  }
  co_return report;
}

Task<Result<void>> upload_files(SshSession& session, const MachineFiles& files, const Tell& tell) {
  std::string make =
      fmt::format("mkdir -p -m 700 {0} && cd {0} && sha256sum * 2>/dev/null; true", kMachineFolder);
  const auto there = co_await session.run(std::move(make), kCommand);
  if (!there) co_return there.error().error;
  for (const auto& [name, file] : files) {
    auto bytes = read_file(file);
    if (!bytes) co_return bytes.error();
    const std::string digest = sha256_of(*bytes);
    if (there->output.find(digest + "  " + name + "\n") != std::string::npos) continue;
    tell(fmt::format("uploading {} ({} KiB)", name, bytes->size() >> 10));
    const auto limit = upload_limit(bytes->size());
    const std::uint32_t mode = name == "agent" ? 0700 : 0600;
    std::string path = fmt::format("{}/{}", kMachineFolder, name);
    std::string check = fmt::format("sha256sum {}", path);
    const auto put = co_await session.put(std::move(path), std::move(*bytes), mode, limit);
    if (!put) co_return put.error().error;
    const auto sum = co_await session.run(std::move(check), kCommand);
    if (!sum) co_return sum.error().error;
    if (!sum->output.starts_with(digest)) {
      co_return lab_error(fmt::format("{} came to {} after the upload, not {}: is its disk full?",
                                      name, sum->output.substr(0, 64), digest));
    }
  }
  co_return Result<void>();
}

Task<SshResult<void>> HomeSystem::open(std::chrono::nanoseconds limit) {
  SshLogin login = machine_.login;
  std::vector<std::string> known{machine_.host_key};
  auto opened = co_await SshSession::open(std::move(login), std::move(known), limit);
  if (!opened) co_return opened.error();
  session_ = std::move(opened->session);
  co_return SshResult<void>();
}

Task<Result<MachineReport>> HomeSystem::ask() {
  co_return co_await ask_machine(*session_, machine_.sudo);
}

Task<Result<std::string>> run_command(SshSession& session, std::string machine,
                                      std::string command) {
  std::string script = command, shell = "sh -s";
  const auto ended = co_await session.run(std::move(shell), std::move(script), kCommand);
  if (!ended) co_return ended.error().error;
  if (ended->exit_code == 0) co_return ended->output;
  co_return lab_error(fmt::format("{}: `{}` ended with {}: {}", machine, first_line(command),
                                  ended->exit_code, first_line(ended->errors)));
}

Task<Result<std::string>> HomeSystem::run(std::string command) {
  std::string name = machine_.name;
  co_return co_await run_command(*session_, std::move(name), std::move(command));
}

Task<Result<void>> HomeSystem::lock(LockOwner self, std::chrono::seconds hold) {
  std::string script = lock_script(self, hold);
  const auto answer = co_await run(std::move(script));
  if (!answer) co_return answer.error();
  if (const auto got = read_lock(*answer); !got) co_return in_context(machine_.name, got.error());
  co_return Result<void>();
}

Task<Result<void>> HomeSystem::unlock(LockOwner self) {
  std::string script = unlock_script(self);
  const auto unlocked = co_await run(std::move(script));
  if (!unlocked) co_return unlocked.error();
  co_return Result<void>();
}

Task<Result<void>> HomeSystem::clean() {
  std::string away = fmt::format("rm -rf {}", kMachineFolder);
  const auto done = co_await run(std::move(away));
  if (!done) co_return done.error();
  co_return Result<void>();
}

Task<Result<void>> HomeSystem::unload_and_clean() {
  const std::string unload = fmt::format(
      "[ \"$(cat /sys/kernel/kexec_loaded)\" = 0 ] || {}/agent --unload", kMachineFolder);
  std::string command = as_root(machine_.sudo, unload);
  const auto unloaded = co_await run(std::move(command));
  const auto cleaned = co_await clean();
  if (!unloaded) co_return unloaded.error();
  co_return cleaned;
}

}  // namespace luolab
