// SPDX-License-Identifier: Apache-2.0
#include "scenarios/target_reader.h"

#include <fmt/format.h>

#include "core/base/quantity.h"
#include "scenarios/map_reader.h"

namespace luolab {
namespace {

constexpr std::array<std::string_view, 2> kDrivers{"qemu", "ssh"};
constexpr std::array<std::string_view, 1> kArchitectures{"x86_64"};
constexpr std::uint64_t kLeastMemoryBytes = std::uint64_t{512} << 20;
constexpr std::uint64_t kMostCpus = 64;
constexpr std::uint64_t kMostDiskBytes = std::uint64_t{64} << 30;
/// x86's COMMAND_LINE_SIZE is 2048 (arch/x86/include/asm/setup.h); the driver's own words need
/// some.
constexpr std::size_t kLongestCmdlineBytes = 1024;

std::uint64_t read_memory(const Field& field, std::uint64_t otherwise) {
  const auto memory = field.size_bytes();
  if (!memory) return otherwise;
  if (*memory >= kLeastMemoryBytes && *memory % (1 << 20) == 0) return *memory;
  field.report(fmt::format("{} is not enough, or no whole number of MiB (the least is {})",
                           format_size(*memory), format_size(kLeastMemoryBytes)));
  return otherwise;
}

std::vector<std::string> read_words(const Field& list) {
  std::vector<std::string> words;
  for (const Field& item : list.items()) {
    if (auto word = item.word()) words.push_back(std::move(*word));
  }
  return words;
}

std::uint64_t read_disk(const Field& field) {
  const auto disk = field.size_bytes();
  if (!disk) return 0;
  if (*disk > 0 && *disk % (1 << 20) == 0 && *disk <= kMostDiskBytes) return *disk;
  field.report(fmt::format("{} is no whole number of MiB up to {}", format_size(*disk),
                           format_size(kMostDiskBytes)));
  return 0;
}

bool is_printable(std::string_view text) {
  return text.find_first_not_of(
             "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
             "abcdefghijklmnopqrstuvwxyz{|}~") == text.npos;
}

}  // namespace

std::vector<std::string> read_cmdline(const Field& list) {
  std::vector<std::string> words;
  std::size_t length = 0;
  for (const Field& item : list.items()) {
    const auto word = item.text();
    if (!word) continue;
    if (!is_printable(*word)) {
      item.report(
          fmt::format("{} is not one word of ASCII (one list item per word)", in_quotes(*word)));
      continue;
    }
    words.push_back(*word);
    length += word->size() + 1;
  }
  if (length > kLongestCmdlineBytes) {
    list.report(fmt::format("{} bytes; {} is the most that fits the kernel's command line", length,
                            kLongestCmdlineBytes));
  }
  return words;
}

TargetSpec read_target(const Field& field, bool named_by_rollout) {
  const MapReader map(field,
                      {"name", "driver", "arch", "memory", "cpus", "tags", "cmdline", "disk"});
  TargetSpec target;
  target.name = map["name"].word().value_or("");
  if (const auto index = map["driver"].choice("driver", kDrivers)) target.driver = kDrivers[*index];
  if (target.driver == "ssh" && !map["name"] && !named_by_rollout) {
    map["driver"].report(
        "ssh needs target.name, or a rollout: machines of the worker's targets file");
  }
  if (const auto index = map["arch"].choice("architecture", kArchitectures)) {
    target.arch = kArchitectures[*index];
  }
  target.memory_bytes = read_memory(map["memory"], target.memory_bytes);
  target.cpus = static_cast<std::uint32_t>(map["cpus"].number(1, kMostCpus).value_or(target.cpus));
  target.tags = read_words(map["tags"]);
  target.cmdline = read_cmdline(map["cmdline"]);
  target.disk_bytes = read_disk(map["disk"]);
  return target;
}

}  // namespace luolab
