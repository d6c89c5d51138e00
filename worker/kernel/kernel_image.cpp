// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/kernel_image.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <optional>

#include <fmt/format.h>

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kNoteLimit = 1 << 20;

/// Reads pieces of a file; nothing beyond its end.
class FilePieces {
 public:
  explicit FilePieces(const fs::path& file) : stream_(file, std::ios::binary) {}

  std::optional<std::string> read(std::uint64_t offset, std::uint64_t size) {
    if (size > kNoteLimit) return std::nullopt;
    std::string bytes(size, '\0');
    stream_.clear();
    stream_.seekg(static_cast<std::streamoff>(offset));
    stream_.read(bytes.data(), static_cast<std::streamsize>(size));
    if (stream_.gcount() != static_cast<std::streamsize>(size)) return std::nullopt;
    return bytes;
  }

  template <class T>
  std::optional<T> read_as(std::uint64_t offset) {
    const auto bytes = read(offset, sizeof(T));
    if (!bytes) return std::nullopt;
    T thing;
    std::memcpy(&thing, bytes->data(), sizeof(T));
    return thing;
  }

 private:
  std::ifstream stream_;
};

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::uint64_t padded(std::uint64_t size) { return (size + 3) & ~std::uint64_t{3}; }

/// Looks for the build id in the bytes of one note section or segment.
std::optional<std::string> build_id_in(std::string_view notes) {
  while (notes.size() >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr header;
    std::memcpy(&header, notes.data(), sizeof header);
    notes.remove_prefix(sizeof header);
    const std::uint64_t name_size = padded(header.n_namesz);
    const std::uint64_t whole = name_size + padded(header.n_descsz);
    if (name_size + header.n_descsz > notes.size()) return std::nullopt;
    const bool is_gnu = header.n_namesz == 4 && notes.substr(0, 4) == std::string_view("GNU\0", 4);
    if (is_gnu && header.n_type == NT_GNU_BUILD_ID)
      return hexadecimal(notes.substr(name_size, header.n_descsz));
    notes.remove_prefix(std::min<std::uint64_t>(whole, notes.size()));
  }
  return std::nullopt;
}

bool is_elf64(const Elf64_Ehdr& header) {
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
         header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_ident[EI_DATA] == ELFDATA2LSB;
}

}  // namespace

Result<std::string> release_of_image(const fs::path& image) {
  FilePieces file(image);
  const auto magic = file.read(0x202, 4);
  const auto offset = file.read_as<std::uint16_t>(0x20e);
  if (!magic || *magic != "HdrS" || !offset || *offset == 0) {
    return scenario_error(fmt::format(
        "{}: is no bzImage (arch/x86/boot/bzImage of a built tree is one)", image.string()));
  }
  std::string version;
  for (std::uint64_t at = 0x200ULL + *offset; version.size() < 128; ++at) {
    const auto byte = file.read(at, 1);
    if (!byte || (*byte)[0] == '\0' || (*byte)[0] == ' ') break;
    version += *byte;
  }
  return version;
}

Result<std::string> build_id_of(const fs::path& elf) {
  FilePieces file(elf);
  const auto header = file.read_as<Elf64_Ehdr>(0);
  if (!header || !is_elf64(*header)) {
    return scenario_error(fmt::format("{}: is no 64-bit little-endian ELF file", elf.string()));
  }
  for (unsigned index = 0; index < header->e_shnum; ++index) {
    const auto section =
        file.read_as<Elf64_Shdr>(header->e_shoff + std::uint64_t{index} * header->e_shentsize);
    if (!section || section->sh_type != SHT_NOTE) continue;
    const auto notes = file.read(section->sh_offset, section->sh_size);
    if (!notes) continue;
    if (const auto id = build_id_in(*notes)) return *id;
  }
  return std::string();
}

}  // namespace luolab
