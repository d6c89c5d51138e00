// SPDX-License-Identifier: Apache-2.0
#include "worker/target/accel.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include <fmt/format.h>

#include "core/async/process.h"
#include "core/base/file.h"
#include "core/base/sha256.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kProbeDeadline{5};
constexpr std::uint8_t kDebugExitValue = 0x10;
constexpr int kExpectedExitCode =
    (kDebugExitValue << 1) | 1;  // isa-debug-exit, hw/misc/debugexit.c

/// A boot sector whose only act is to write to the debug-exit device.
std::string boot_sector() {
  std::string sector(512, '\0');
  const std::array<unsigned char, 9> code{0xba, 0xf4,
                                          0x00,  // mov dx, 0xf4
                                          0xb0, kDebugExitValue,
                                          0xee,  // mov al, value; out dx, al
                                          0xf4, 0xeb,
                                          0xfd};  // hlt; jmp back
  std::copy(code.begin(), code.end(), sector.begin());
  sector[510] = static_cast<char>(0x55);
  sector[511] = static_cast<char>(0xaa);
  return sector;
}

Task<bool> guest_ends_under(std::string accel, std::string qemu_program, fs::path folder) {
  const fs::path disk = folder / "boot-sector";
  write_file_atomically(disk, boot_sector());
  ProcessSpec spec{.program = std::move(qemu_program),
                   .arguments = {"-accel", accel, "-nodefaults", "-no-user-config", "-display",
                                 "none", "-m", "16M", "-drive",
                                 "if=ide,format=raw,readonly=on,snapshot=on,file=" + disk.string(),
                                 "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"}};
  Task<Result<ProcessOutput>> running = run_process(std::move(spec));
  const auto ended = co_await within(kProbeDeadline, std::move(running));
  co_return ended&&* ended && (*ended)->exit_code == kExpectedExitCode;
}

std::string probe_name(const std::string& qemu_program) {
  const auto boot_id = read_file("/proc/sys/kernel/random/boot_id");
  const fs::path program = find_program(qemu_program);
  std::error_code error;
  const auto changed = fs::last_write_time(program, error).time_since_epoch().count();
  return "accel-" + sha256_of(fmt::format("{}|{}|{}|{}", boot_id ? *boot_id : "", program.string(),
                                          changed, ::getuid()))
                        .substr(0, 16);
}

}  // namespace

Task<Result<std::string>> probe_accel(fs::path cache_folder, std::string qemu_program) {
  if (find_program(qemu_program).empty()) {
    co_return lab_error(qemu_program + ": not installed (apt-get install qemu-system-x86)");
  }
  fs::create_directories(cache_folder);
  const fs::path remembered = cache_folder / probe_name(qemu_program);
  if (const auto known = read_file(remembered, 16)) co_return *known;
  std::string accel = "tcg";
  if (::access("/dev/kvm", R_OK | W_OK) == 0) {
    const TempDir scratch(cache_folder, "probe-");
    std::string candidate = "kvm";
    fs::path folder = scratch.path();
    const bool works =
        co_await guest_ends_under(candidate, std::move(qemu_program), std::move(folder));
    if (works) accel = std::move(candidate);
  }
  write_file_atomically(remembered, accel);
  co_return accel;
}

}  // namespace luolab
