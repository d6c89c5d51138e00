// SPDX-License-Identifier: Apache-2.0
#include "worker/target/initramfs.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <memory>
#include <stdexcept>

#include "core/base/file.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

struct ArchiveCloser {
  void operator()(archive* writer) const { archive_write_free(writer); }
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Writer = std::unique_ptr<archive, ArchiveCloser>;
using Header = std::unique_ptr<archive_entry, ArchiveCloser>;

void require(int status, archive* writer) {
  if (status != ARCHIVE_OK) {
    throw std::runtime_error(std::string("initramfs: ") + archive_error_string(writer));
  }
}

unsigned int type_of(InitramfsEntry::Kind kind) {
  switch (kind) {
    case InitramfsEntry::Kind::folder:
      return AE_IFDIR;
    case InitramfsEntry::Kind::file:
      return AE_IFREG;
    case InitramfsEntry::Kind::character_device:
      return AE_IFCHR;
  }
  return AE_IFREG;
}

Header header_of(const InitramfsEntry& entry, std::int64_t inode) {
  Header header(archive_entry_new());
  archive_entry_set_pathname(header.get(), entry.path.c_str());
  archive_entry_set_filetype(header.get(), type_of(entry.kind));
  archive_entry_set_perm(header.get(), entry.mode);
  archive_entry_set_size(header.get(), static_cast<la_int64_t>(entry.bytes.size()));
  archive_entry_set_nlink(header.get(), 1);
  archive_entry_set_ino(header.get(), inode);
  archive_entry_set_mtime(header.get(), 0, 0);
  if (entry.kind == InitramfsEntry::Kind::character_device) {
    archive_entry_set_rdev(header.get(), makedev(entry.major, entry.minor));
  }
  return header;
}

la_ssize_t append(archive*, void* out, const void* bytes, std::size_t count) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), count);
  return static_cast<la_ssize_t>(count);
}

}  // namespace

std::string pack_initramfs(const std::vector<InitramfsEntry>& entries) {
  std::string packed;
  const Writer writer(archive_write_new());
  require(archive_write_set_format_cpio_newc(writer.get()), writer.get());
  require(archive_write_open(writer.get(), &packed, nullptr, append, nullptr), writer.get());
  std::int64_t inode = 0;
  for (const InitramfsEntry& entry : entries) {
    require(archive_write_header(writer.get(), header_of(entry, ++inode).get()), writer.get());
    if (archive_write_data(writer.get(), entry.bytes.data(), entry.bytes.size()) !=
        static_cast<la_ssize_t>(entry.bytes.size())) {
      throw std::runtime_error(std::string("initramfs: ") + archive_error_string(writer.get()));
    }
  }
  require(archive_write_close(writer.get()), writer.get());
  return packed;
}

Result<std::string> agent_initramfs(const std::filesystem::path& agent) {
  auto program = read_file(agent);
  if (!program) {
    return lab_error(program.error().what +
                     " (the agent; build it with `ninja luolab-agent`, or set LUOLAB_AGENT)");
  }
  using Kind = InitramfsEntry::Kind;
  return pack_initramfs({{Kind::folder, "dev", 0755},
                         {Kind::character_device, "dev/console", 0600, {}, 5, 1},
                         {Kind::folder, "proc", 0755},
                         {Kind::folder, "sys", 0755},
                         {Kind::folder, "tmp", 01777},
                         {Kind::folder, "luolab", 0755},
                         {Kind::file, "init", 0755, std::move(*program)}});
}

std::string pack_agent_file(const std::string& name, std::string bytes) {
  const std::string folder(wire::kFilesFolder.substr(1));
  return pack_initramfs(
      {{InitramfsEntry::Kind::file, folder + "/" + name, 0644, std::move(bytes)}});
}

}  // namespace luolab
