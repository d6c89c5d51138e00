// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/runtime_content.h"

#include <fcntl.h>
#include <gelf.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "core/base/sha256.h"
#include "core/base/unique_fd.h"

namespace luolab {
namespace {

constexpr std::string_view kBugTable = "__bug_table";

struct CloseElf {
  void operator()(Elf* elf) const { elf_end(elf); }
};
using ElfFile = std::unique_ptr<Elf, CloseElf>;

struct Section {
  std::string name;
  GElf_Shdr header{};
  std::string bytes;  ///< empty for one that only takes room (.bss)
};

std::string bytes_of(Elf_Scn* section) {
  const Elf_Data* data = elf_rawdata(section, nullptr);
  if (data == nullptr || data->d_buf == nullptr) return {};
  return {static_cast<const char*>(data->d_buf), data->d_size};
}

std::vector<Section> loaded_sections(Elf* elf) {
  std::vector<Section> sections;
  std::size_t names = 0;
  elf_getshdrstrndx(elf, &names);
  for (Elf_Scn* scn = elf_nextscn(elf, nullptr); scn != nullptr; scn = elf_nextscn(elf, scn)) {
    Section section;
    if (gelf_getshdr(scn, &section.header) == nullptr) continue;
    if ((section.header.sh_flags & SHF_ALLOC) == 0 || section.header.sh_type == SHT_NOTE) continue;
    const char* name = elf_strptr(elf, names, section.header.sh_name);
    section.name = name == nullptr ? "" : name;
    if (section.header.sh_type != SHT_NOBITS) section.bytes = bytes_of(scn);
    sections.push_back(std::move(section));
  }
  return sections;
}

bool is_code(const std::vector<Section>& sections, std::uint64_t address) {
  for (const auto& [name, header, bytes] : sections) {
    if ((header.sh_flags & SHF_EXECINSTR) != 0 && address >= header.sh_addr &&
        address - header.sh_addr < header.sh_size)
      return true;
  }
  return false;
}

/// Whether entries of that size all begin with an offset that leads to code.
bool fits(const Section& table, std::size_t entry, const std::vector<Section>& sections) {
  if (table.bytes.size() % entry != 0) return false;
  for (std::size_t at = 0; at < table.bytes.size(); at += entry) {
    std::int32_t offset = 0;
    std::memcpy(&offset, table.bytes.data() + at, sizeof offset);
    const std::uint64_t place = table.header.sh_addr + at;
    if (!is_code(sections, place + static_cast<std::uint64_t>(std::int64_t{offset}))) return false;
  }
  return true;
}

void forget_lines(Section& table, const std::vector<Section>& sections) {
  constexpr std::size_t kLineAndFlags = 4;
  for (const std::size_t entry : {std::size_t{16}, std::size_t{12}}) {
    if (!fits(table, entry, sections)) continue;
    for (std::size_t at = entry - kLineAndFlags; at < table.bytes.size(); at += entry)
      std::memset(table.bytes.data() + at, 0, sizeof(std::uint16_t));
    return;
  }
}

std::string digest_of(const std::vector<Section>& sections) {
  Sha256 digest;
  for (const auto& [name, header, bytes] : sections) {
    digest.add_field(name);
    digest.add_field(
        fmt::format("{:x} {:x} {:x}", header.sh_addr, header.sh_size, header.sh_flags));
    digest.add_field(bytes);
  }
  return digest.hex();
}

}  // namespace

Result<std::string> runtime_content_of(const std::filesystem::path& vmlinux) {
  const UniqueFd file(::open(vmlinux.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return lab_error(fmt::format("{}: {}", vmlinux.string(), std::strerror(errno)));
  elf_version(EV_CURRENT);
  const ElfFile elf(elf_begin(file.get(), ELF_C_READ_MMAP, nullptr));
  if (!elf || elf_kind(elf.get()) != ELF_K_ELF)
    return scenario_error(fmt::format("{}: not an ELF file", vmlinux.string()));
  std::vector<Section> sections = loaded_sections(elf.get());
  for (Section& section : sections) {
    if (section.name == kBugTable) forget_lines(section, sections);
  }
  return digest_of(sections);
}

}  // namespace luolab
