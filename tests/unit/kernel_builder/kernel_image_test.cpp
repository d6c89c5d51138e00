// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/kernel_image.h"

#include <elf.h>

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

using testing::HasSubstr;

namespace fs = std::filesystem;

std::string image_with(const std::string& version) {
  std::string image(0x400, '\0');
  image.replace(0x202, 4, "HdrS");
  const std::uint16_t offset = 0x100;
  std::memcpy(image.data() + 0x20e, &offset, sizeof offset);
  image.replace(0x300, version.size(), version);
  return image;
}

/// An ELF file with one note section after another.
std::string elf_with(const std::vector<std::string>& sections) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_shoff = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = static_cast<Elf64_Half>(sections.size());
  std::string file(reinterpret_cast<const char*>(&header), sizeof header);
  std::uint64_t offset = sizeof header + sections.size() * sizeof(Elf64_Shdr);
  std::string contents;
  for (const std::string& section : sections) {
    Elf64_Shdr entry{};
    entry.sh_type = SHT_NOTE;
    entry.sh_offset = offset + contents.size();
    entry.sh_size = section.size();
    file.append(reinterpret_cast<const char*>(&entry), sizeof entry);
    contents += section;
  }
  return file + contents;
}

std::string note(std::uint32_t type, const std::string& description) {
  const Elf64_Nhdr header{4, static_cast<Elf64_Word>(description.size()), type};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.append("GNU\0", 4);
  bytes += description;
  bytes.resize((bytes.size() + 3) & ~std::size_t{3}, '\0');
  return bytes;
}

class KernelImage : public testing::Test {
 protected:
  fs::path file(const std::string& bytes) {
    write_file_atomically(dir_.path() / "file", bytes);
    return dir_.path() / "file";
  }
  TempDir dir_{fs::temp_directory_path()};
};

TEST_F(KernelImage, ReadsTheReleaseOfAnImage) {
  EXPECT_EQ(release_of_image(file(image_with("7.3.4 (luolab@luolab) #1 SMP"))).value(), "7.3.4");
}

TEST_F(KernelImage, SaysWhatABzImageIsWhereThereIsNone) {
  for (const std::string& bytes : {std::string("MZ"), std::string(), std::string(0x400, 'x')}) {
    const auto release = release_of_image(file(bytes));
    ASSERT_FALSE(release.has_value());
    EXPECT_THAT(release.error().what, HasSubstr("is no bzImage"));
  }
}

TEST_F(KernelImage, ReadsTheBuildIdBehindOtherNotes) {
  EXPECT_EQ(build_id_of(
                file(elf_with({note(77, "xyz"), note(5, "a") + note(NT_GNU_BUILD_ID, "\x01\xab")})))
                .value(),
            "01ab");
}

TEST_F(KernelImage, AFileWithoutANoteHasNoBuildId) {
  EXPECT_EQ(build_id_of(file(elf_with({}))).value(), "");
}

TEST_F(KernelImage, ACutOffNoteIsNotReadBeyondItsEnd) {
  std::string bad = note(NT_GNU_BUILD_ID, "0123456789");
  bad.resize(18);
  EXPECT_EQ(build_id_of(file(elf_with({bad}))).value(), "");
  const std::string whole = elf_with({note(NT_GNU_BUILD_ID, "0123456789")});
  EXPECT_EQ(build_id_of(file(whole.substr(0, whole.size() - 8))).value(), "");
}

TEST_F(KernelImage, RefusesWhatIsNoElfFile) {
  EXPECT_FALSE(build_id_of(file("#!/bin/sh\n")).has_value());
  EXPECT_FALSE(build_id_of(file("")).has_value());
}

}  // namespace
}  // namespace luolab
