// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/runtime_content.h"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

constexpr std::uint64_t kCode = 0x1000;
constexpr std::uint64_t kTable = 0x2000;

struct TestSection {
  std::string name;
  std::uint32_t type = SHT_PROGBITS;
  std::uint64_t flags = SHF_ALLOC;
  std::uint64_t address = 0;
  std::string bytes;
};

std::string bytes_of(const auto& thing) {
  return {reinterpret_cast<const char*>(&thing), sizeof thing};
}

/// An ELF file of these sections; the names come last.
std::string elf_of(std::vector<TestSection> sections) {
  std::string names(1, '\0');
  std::vector<std::uint32_t> name_at;
  sections.push_back({".shstrtab", SHT_STRTAB, 0, 0, {}});
  for (const TestSection& section : sections) {
    name_at.push_back(static_cast<std::uint32_t>(names.size()));
    names += section.name + '\0';
  }
  sections.back().bytes = names;
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_version = EV_CURRENT;
  header.e_machine = EM_X86_64;
  header.e_ehsize = sizeof header;
  header.e_shoff = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = static_cast<Elf64_Half>(sections.size() + 1);
  header.e_shstrndx = static_cast<Elf64_Half>(sections.size());
  std::string file = bytes_of(header) + bytes_of(Elf64_Shdr{});
  std::uint64_t offset = sizeof header + (sections.size() + 1) * sizeof(Elf64_Shdr);
  std::string contents;
  for (std::size_t i = 0; i < sections.size(); ++i) {
    Elf64_Shdr entry{};
    entry.sh_name = name_at[i];
    entry.sh_type = sections[i].type;
    entry.sh_flags = sections[i].flags;
    entry.sh_addr = sections[i].address;
    entry.sh_offset = offset + contents.size();
    entry.sh_size = sections[i].bytes.size();
    file += bytes_of(entry);
    contents += sections[i].bytes;
  }
  return file + contents;
}

TestSection code(const std::string& bytes) {
  return {".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, kCode, bytes};
}

/// One entry of a bug table: `words` 32-bit offsets, then the line and flags.
std::string bug(std::uint64_t at, std::size_t words, std::uint16_t line, std::uint16_t flags) {
  std::string entry = bytes_of(static_cast<std::int32_t>(kCode - (kTable + at)));
  for (std::size_t i = 1; i < words; ++i) entry += bytes_of(std::int32_t{77});
  return entry + bytes_of(line) + bytes_of(flags);
}

TestSection bugs(const std::string& bytes) {
  return {"__bug_table", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, kTable, bytes};
}

class RuntimeContentTest : public testing::Test {
 protected:
  std::string content(const std::vector<TestSection>& sections) {
    return content_of_file(elf_of(sections)).value();
  }
  Result<std::string> content_of_file(const std::string& bytes) {
    const auto file = folder_.path() / "vmlinux";
    std::ofstream(file, std::ios::binary) << bytes;
    return runtime_content_of(file);
  }
  TempDir folder_{std::filesystem::temp_directory_path()};
};

TEST_F(RuntimeContentTest, CodeAndItsPlaceMatter) {
  const std::string one = content({code("abcd")});
  EXPECT_EQ(one.size(), 64U);
  EXPECT_EQ(one, content({code("abcd")}));
  EXPECT_NE(one, content({code("abce")}));
  TestSection moved = code("abcd");
  moved.address += 16;
  EXPECT_NE(one, content({moved}));
}

TEST_F(RuntimeContentTest, WhatIsNotLoadedDoesNotMatter) {
  const std::string one = content({code("abcd")});
  EXPECT_EQ(one, content({code("abcd"), {".comment", SHT_PROGBITS, 0, 0, "GCC"}}));
}

TEST_F(RuntimeContentTest, TheBuildIdDoesNotMatter) {
  const std::string one = content({code("abcd"), {".notes", SHT_NOTE, SHF_ALLOC, 0x3000, "one"}});
  EXPECT_EQ(one, content({code("abcd"), {".notes", SHT_NOTE, SHF_ALLOC, 0x3000, "two"}}));
}

class BugTableTest : public RuntimeContentTest, public testing::WithParamInterface<std::size_t> {
 protected:
  std::string with(std::uint16_t line, std::uint16_t flags) {
    const std::size_t size = 4 * GetParam() + 4;
    return content(
        {code("abcd"), bugs(bug(0, GetParam(), line, flags) + bug(size, GetParam(), line, flags))});
  }
};

TEST_P(BugTableTest, LinesDoNotMatterButFlagsDo) {
  EXPECT_EQ(with(100, 1), with(200, 1));
  EXPECT_NE(with(100, 1), with(100, 3));
}

INSTANTIATE_TEST_SUITE_P(Offsets, BugTableTest, testing::Values(2U, 3U));

TEST_F(RuntimeContentTest, ATableOfAnotherKindCountsWhole) {
  const std::string one(24, 'a');
  std::string two = one;
  two[12] = 'b';
  EXPECT_NE(content({code("abcd"), bugs(one)}), content({code("abcd"), bugs(two)}));
}

TEST_F(RuntimeContentTest, RefusesWhatIsNoElfFile) {
  EXPECT_FALSE(content_of_file("MZ").has_value());
  EXPECT_FALSE(runtime_content_of(folder_.path() / "none").has_value());
}

}  // namespace
}  // namespace luolab
