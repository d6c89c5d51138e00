// SPDX-License-Identifier: Apache-2.0
#include "worker/target/qemu_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

// A comma ends a value in QEMU's option syntax; doubled it stands for itself.
std::string option_value(std::string text) {
  for (std::size_t at = 0; (at = text.find(',', at)) != std::string::npos; at += 2) {
    text.insert(at, 1, ',');
  }
  return text;
}

void add_memory(std::vector<std::string>& arguments, const QemuOptions& options,
                const BootSpec& spec) {
  const std::string machine = "q35,usb=off,smbus=off,sata=off,i8042=off,graphics=off,hpet=on";
  if (!options.memory_file) {
    arguments.insert(arguments.end(), {"-machine", machine});
  } else {
    arguments.insert(
        arguments.end(),
        {"-machine", machine + ",memory-backend=ram", "-object",
         fmt::format("memory-backend-file,id=ram,size={},mem-path={},share={}", spec.memory_bytes,
                     option_value(options.memory_file->path.string()),
                     options.memory_file->shared ? "on" : "off")});
  }
  arguments.insert(arguments.end(), {"-m", fmt::format("{}B", spec.memory_bytes)});
}

void add_links(std::vector<std::string>& arguments, const BootSpec& spec) {
  arguments.insert(arguments.end(),
                   {"-chardev",
                    fmt::format("socket,id=console,fd={},logfile={},logappend=on",
                                QemuSockets::kConsole, option_value(spec.console_file.string())),
                    "-serial", "chardev:console", "-device", "virtio-serial-pci", "-chardev",
                    fmt::format("socket,id=agent,fd={}", QemuSockets::kAgent), "-device",
                    fmt::format("virtserialport,chardev=agent,name={}", wire::kPortName),
                    "-chardev", fmt::format("socket,id=monitor,fd={}", QemuSockets::kMonitor),
                    "-mon", "chardev=monitor,mode=control"});
}

void add_disk(std::vector<std::string>& arguments, const BootSpec& spec) {
  if (spec.disk.empty()) return;
  arguments.insert(arguments.end(), {"-drive",
                                     fmt::format("if=none,id=disk,format=raw,cache=unsafe,file={}",
                                                 option_value(spec.disk.string())),
                                     "-device", "virtio-blk-pci,drive=disk"});
}

std::string mac_address(const std::array<std::uint8_t, 6>& mac) {
  return fmt::format("{:02x}", fmt::join(mac, ":"));
}

// Without an option ROM: nothing boots from it.
void add_network(std::vector<std::string>& arguments) {
  arguments.insert(
      arguments.end(),
      {"-netdev", fmt::format("dgram,id=net,local.type=fd,local.str={}", QemuSockets::kNetwork),
       "-device",
       fmt::format("virtio-net-pci,netdev=net,mac={},romfile=", mac_address(wire::kEchoGuestMac))});
}

// Without fast string instructions under emulation: QEMU does them byte by byte, and a kernel that is
// told of them clears and copies its pages so, at a fifth of the speed.
std::string_view cpu_model(std::string_view accel) {
  return accel == "kvm" ? "host" : "max,-erms,-fsrm";
}

}  // namespace

std::vector<std::string> qemu_arguments(const QemuOptions& options, const BootSpec& spec) {
  std::vector<std::string> arguments{"-name",       "guest=" + option_value("luolab " + spec.name),
                                     "-accel",      options.accel,
                                     "-cpu",        std::string(cpu_model(options.accel)),
                                     "-smp",        fmt::format("{}", spec.cpus),
                                     "-nodefaults", "-no-user-config",
                                     "-display",    "none",
                                     "-bios",       "qboot.rom"};
  if (!options.survive_reset) arguments.push_back("-no-reboot");
  if (options.await_state) arguments.insert(arguments.end(), {"-S", "-incoming", "defer"});
  add_memory(arguments, options, spec);
  add_links(arguments, spec);
  add_disk(arguments, spec);
  if (options.network >= 0) add_network(arguments);
  arguments.insert(arguments.end(), {"-kernel", spec.image.string(), "-initrd",
                                     spec.initrd.string(), "-append", spec.cmdline});
  return arguments;
}

}  // namespace luolab
