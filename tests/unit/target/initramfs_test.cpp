// SPDX-License-Identifier: Apache-2.0
#include "worker/target/initramfs.h"

#include <archive.h>
#include <archive_entry.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Listed {
  std::string path;
  std::string bytes;
  unsigned mode = 0;
  bool device = false;
};

std::vector<Listed> unpack(const std::string& packed) {
  std::vector<Listed> entries;
  archive* reader = archive_read_new();
  archive_read_support_format_cpio(reader);
  EXPECT_EQ(archive_read_open_memory(reader, packed.data(), packed.size()), ARCHIVE_OK);
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
    Listed listed{archive_entry_pathname(entry),
                  {},
                  archive_entry_perm(entry),
                  archive_entry_filetype(entry) == AE_IFCHR};
    listed.bytes.resize(static_cast<std::size_t>(archive_entry_size(entry)));
    archive_read_data(reader, listed.bytes.data(), listed.bytes.size());
    entries.push_back(std::move(listed));
  }
  archive_read_free(reader);
  return entries;
}

TEST(Initramfs, KeepsOrderContentAndMode) {
  using Kind = InitramfsEntry::Kind;
  const auto entries =
      unpack(pack_initramfs({{Kind::folder, "dev", 0755},
                             {Kind::character_device, "dev/console", 0600, {}, 5, 1},
                             {Kind::file, "init", 0755, "program"}}));
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].path, "dev");
  EXPECT_TRUE(entries[1].device);
  EXPECT_EQ(entries[2].bytes, "program");
  EXPECT_EQ(entries[2].mode, 0755U);
}

TEST(Initramfs, IsTheNewcFormatThatTheKernelReads) {
  EXPECT_TRUE(pack_initramfs({{InitramfsEntry::Kind::file, "a", 0644, "b"}}).starts_with("070701"));
}

TEST(Initramfs, EqualEntriesGiveEqualBytes) {
  const std::vector<InitramfsEntry> entries{
      {InitramfsEntry::Kind::file, "a", 0644, std::string(5000, 'x')}};
  EXPECT_EQ(pack_initramfs(entries), pack_initramfs(entries));
}

TEST(Initramfs, AFileForTheAgentLiesInItsFolder) {
  const auto entries = unpack(pack_agent_file("kernel-0", "image"));
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].path, "luolab/kernel-0");
}

TEST(Initramfs, AMissingAgentIsTheLabsFaultAndSaysHowToBuildIt) {
  const auto packed = agent_initramfs("/no/such/agent");
  ASSERT_FALSE(packed);
  EXPECT_EQ(packed.error().fault, Fault::lab);
  EXPECT_THAT(packed.error().what, HasSubstr("luolab-agent"));
}

TEST(Initramfs, TheAgentIsInitAndTheConsoleIsThere) {
  const TempDir folder(std::filesystem::temp_directory_path());
  write_scratch_file(folder.path() / "agent", "ELF");
  const auto packed = agent_initramfs(folder.path() / "agent");
  ASSERT_TRUE(packed);
  std::vector<std::string> paths;
  for (const Listed& entry : unpack(*packed)) paths.push_back(entry.path);
  EXPECT_THAT(paths, ElementsAre("dev", "dev/console", "proc", "sys", "tmp", "luolab", "init"));
}

}  // namespace
}  // namespace luolab
