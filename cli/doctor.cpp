// SPDX-License-Identifier: Apache-2.0
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <iostream>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/finding.h"
#include "cli/interrupt.h"
#include "controller/results/terminal_style.h"
#include "core/async/process.h"
#include "core/base/quantity.h"
#include "worker/target/accel.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

struct NeededProgram {
  const char* program;
  const char* package;
  const char* purpose;
};

constexpr NeededProgram kPrograms[] = {
    {"qemu-system-x86_64", "qemu-system-x86", "runs the machines"},
    {"gcc", "gcc", "compiles kernels"},
    {"make", "make", "builds kernels"},
    {"flex", "flex", "builds kernels"},
    {"bison", "bison", "builds kernels"},
    {"bc", "bc", "builds kernels"},
    {"perl", "perl", "builds kernels"},
    {"lz4", "lz4", "compresses kernels"},
    {"xz", "xz-utils", "unpacks kernel sources"},
    {"patch", "patch", "applies series"},
    {"git", "git", "reads series from git"},
    {"bwrap", "bubblewrap", "keeps kernel builds in their place"},
    {"ccache", "ccache", "makes kernel builds fast"},
    {"dpkg", "dpkg", "unpacks kernel sources"},
    {"apt-get", "apt", "fetches kernel sources"},
};

Finding check_program(const NeededProgram& needed) {
  const fs::path found = find_program(needed.program);
  if (!found.empty())
    return {Finding::Grade::good, fmt::format("{}: {}", needed.program, found.string()), {}};
  return {Finding::Grade::bad, fmt::format("{} is missing ({})", needed.program, needed.purpose),
          fmt::format("apt-get install {}", needed.package)};
}

Finding check_header(const char* header, const char* package) {
  if (fs::exists(fs::path("/usr/include") / header))
    return {Finding::Grade::good, fmt::format("{}: there", header), {}};
  return {Finding::Grade::bad, fmt::format("the header {} is missing (builds kernels)", header),
          fmt::format("apt-get install {}", package)};
}

Task<Finding> check_sandbox() {
  ProcessSpec spec{.program = "bwrap",
                   .arguments = {"--unshare-all", "--ro-bind", "/", "/", "true"}};
  const auto ran = co_await run_process(std::move(spec));
  if (ran && ran->exit_code == 0)
    co_return Finding{Finding::Grade::good, "bwrap: makes a sandbox", {}};
  co_return Finding{Finding::Grade::bad,
                    "bwrap can't make a sandbox: " + (ran ? ran->output : ran.error().what),
                    "sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000"};
}

Task<Finding> check_accel(fs::path cache) {
  const auto accel = co_await probe_accel(std::move(cache), "qemu-system-x86_64");
  if (!accel) co_return Finding{Finding::Grade::bad, accel.error().what, {}};
  if (*accel == "kvm")
    co_return Finding{Finding::Grade::good, "machines run with hardware virtualisation (kvm)", {}};
  const bool there = ::access("/dev/kvm", F_OK) == 0;
  const bool usable = there && ::access("/dev/kvm", R_OK | W_OK) == 0;
  co_return Finding{
      Finding::Grade::note,
      std::string("machines are emulated (tcg), about ten times slower: /dev/kvm ") +
          (!there    ? "is not there"
           : !usable ? "can't be opened"
                     : "can be opened, but a guest under it hangs"),
      there && !usable
          ? fmt::format("usermod -aG kvm {}", std::getenv("USER") ? std::getenv("USER") : "$USER")
          : ""};
}

Finding check_disk(const fs::path& folder, std::uint64_t wanted_bytes, const char* what) {
  fs::path there = folder;
  while (!fs::exists(there) && there.has_parent_path() && there != there.parent_path())
    there = there.parent_path();
  struct statvfs info {};
  if (::statvfs(there.c_str(), &info) != 0)
    return {Finding::Grade::bad, fmt::format("{}: can't be read", there.string()), {}};
  const std::uint64_t free = info.f_bavail * info.f_frsize;
  const std::string figure =
      fmt::format("{} ({}): {} free", folder.string(), what, format_size_rounded(free));
  if (::access(there.c_str(), W_OK) != 0) {
    return {Finding::Grade::bad, fmt::format("{} ({}) can't be written", folder.string(), what),
            fmt::format("choose another with --state or --cache, or chown {}", there.string())};
  }
  if (free < wanted_bytes) {
    return {Finding::Grade::bad,
            fmt::format("{}, {} are needed", figure, format_size_rounded(wanted_bytes)),
            "luolab kernel gc, or another folder with --state or --cache"};
  }
  return {Finding::Grade::good, figure, {}};
}

Finding check_memory() {
  struct sysinfo info {};
  ::sysinfo(&info);
  const std::uint64_t total = std::uint64_t{info.totalram} * info.mem_unit;
  if (total >= std::uint64_t{3} << 30) {
    return {Finding::Grade::good, fmt::format("memory: {}", format_size_rounded(total)), {}};
  }
  return {Finding::Grade::bad,
          fmt::format("memory: {}; a machine takes 1 GiB and a kernel build 1.5 GiB",
                      format_size_rounded(total)),
          "a larger machine, or smaller target.memory and --slots 1"};
}

Finding check_agent(const fs::path& agent) {
  if (::access(agent.c_str(), R_OK) == 0)
    return {Finding::Grade::good, fmt::format("agent: {}", agent.string()), {}};
  return {Finding::Grade::bad, fmt::format("{}: the agent is not built", agent.string()),
          "./lab build"};
}

Task<std::vector<Finding>> examine(Places places) {
  std::vector<Finding> findings;
  for (const NeededProgram& needed : kPrograms) findings.push_back(check_program(needed));
  findings.push_back(check_header("libelf.h", "libelf-dev"));
  findings.push_back(check_header("openssl/evp.h", "libssl-dev"));
  if (!find_program("bwrap").empty()) {
    Finding sandbox = co_await check_sandbox();
    findings.push_back(std::move(sandbox));
  }
  Finding accel = co_await check_accel(places.cache);
  findings.push_back(std::move(accel));
  findings.push_back(check_memory());
  findings.push_back(check_disk(places.cache, std::uint64_t{6} << 30, "kernels and sources"));
  findings.push_back(check_disk(places.state, std::uint64_t{200} << 20, "results and evidence"));
  findings.push_back(check_agent(places.agent));
  for (Finding& finding : service_findings()) findings.push_back(std::move(finding));
  co_return findings;
}

int doctor(const Places& places, bool quiet) {
  asio::io_context io;
  const auto findings = run_until_interrupted(io, examine(places));
  if (!findings) return kExitInterrupted;
  const TerminalStyle style = terminal_style(STDOUT_FILENO);
  int missing = 0;
  for (const Finding& finding : *findings) {
    const bool bad = finding.grade == Finding::Grade::bad;
    missing += bad;
    if (quiet && !bad) continue;
    const Verdict as = bad                                     ? Verdict::FAIL
                       : finding.grade == Finding::Grade::note ? Verdict::SKIP
                                                               : Verdict::PASS;
    std::cout << paint(bad                                     ? "missing "
                       : finding.grade == Finding::Grade::note ? "note    "
                                                               : "ok      ",
                       as, style)
              << finding.what << '\n';
    if (!finding.remedy.empty()) std::cout << "        -> " << finding.remedy << '\n';
  }
  std::cout << (missing == 0
                    ? "This machine can build kernels and run live updates.\n"
                    : fmt::format("{} thing{} missing. `./lab` installs the packages by itself.\n",
                                  missing, missing == 1 ? " is" : "s are"));
  return missing == 0 ? kExitPass : kExitLab;
}

}  // namespace

void add_doctor_command(CLI::App& root, CommandContext& context) {
  const auto quiet = std::make_shared<bool>(false);
  CLI::App* command =
      root.add_subcommand("doctor", "Says what this machine lacks, and the command that mends it");
  command->add_flag("--quiet,-q", *quiet, "Only what is missing");
  command->callback([quiet, &context] { context.exit_code = doctor(context.places(), *quiet); });
}

}  // namespace luolab
