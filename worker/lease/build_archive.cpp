// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/build_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <set>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/quantity.h"
#include "core/base/unique_fd.h"
#include "core/protocol/json.h"
#include "worker/kernel/kernel_image.h"
#include "worker/lease/file_piece.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;

struct Member {
  const char* name;
  std::uint64_t most_bytes;
};
constexpr std::array<Member, 5> kMembers{{{"bzImage", std::uint64_t{512} << 20},
                                          {"vmlinux", std::uint64_t{2} << 30},
                                          {"config", std::uint64_t{16} << 20},
                                          {"metadata.json", std::uint64_t{4} << 20},
                                          {"build.json", std::uint64_t{4} << 20}}};

const Member* member_named(std::string_view name) {
  for (const Member& member : kMembers) {
    if (name == member.name) return &member;
  }
  return nullptr;
}

struct Closer {
  void operator()(archive* handle) const { archive_free(handle); }
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using Handle = std::unique_ptr<archive, Closer>;
using Header = std::unique_ptr<archive_entry, Closer>;

Error trouble(const fs::path& file, archive* handle) {
  const char* const words = archive_error_string(handle);
  return lab_error(fmt::format("{}: {}", file.string(), words == nullptr ? "damaged" : words));
}

Result<void> pack_member(archive* out, const fs::path& file) {
  const UniqueFd from = open_for_pieces(file);
  const std::uint64_t size = fs::file_size(file);
  const Header header(archive_entry_new());
  archive_entry_set_pathname(header.get(), file.filename().c_str());
  archive_entry_set_filetype(header.get(), AE_IFREG);
  archive_entry_set_perm(header.get(), 0644);
  archive_entry_set_size(header.get(), static_cast<la_int64_t>(size));
  archive_entry_set_mtime(header.get(), 0, 0);
  if (archive_write_header(out, header.get()) != ARCHIVE_OK) return trouble(file, out);
  for (std::uint64_t offset = 0; offset < size;) {
    const std::string block = read_piece(from, offset, kBlockBytes);
    if (block.empty()) return lab_error(file.string() + ": shrank while it was read");
    if (archive_write_data(out, block.data(), block.size()) !=
        static_cast<la_ssize_t>(block.size())) {
      return trouble(file, out);
    }
    offset += block.size();
  }
  return {};
}

Result<void> unpack_member(archive* in, const Member& member, const fs::path& place) {
  const UniqueFd out(::open(place.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!out) return lab_error(place.string() + ": can't be made");
  std::string block(kBlockBytes, '\0');
  for (std::uint64_t size = 0;;) {
    const la_ssize_t got = archive_read_data(in, block.data(), block.size());
    if (got < 0) return trouble(member.name, in);
    if (got == 0) return {};
    size += static_cast<std::uint64_t>(got);
    if (size > member.most_bytes) {
      return lab_error(fmt::format("{} is over the limit of {}", member.name,
                                   format_size_rounded(member.most_bytes)));
    }
    if (::write(out.get(), block.data(), static_cast<std::size_t>(got)) != got) {
      return lab_error(place.string() + ": can't be written");
    }
  }
}

Result<void> unpack_members(archive* in, const fs::path& folder) {
  std::set<std::string> seen;
  archive_entry* entry = nullptr;
  for (;;) {
    const int status = archive_read_next_header(in, &entry);
    if (status == ARCHIVE_EOF) break;
    if (status != ARCHIVE_OK) return trouble("build archive", in);
    const char* const path = archive_entry_pathname(entry);
    const std::string name = path == nullptr ? "" : path;
    const Member* const member = member_named(name);
    if (member == nullptr) return lab_error(fmt::format("it holds \"{}\"", name));
    const bool plain = archive_entry_filetype(entry) == AE_IFREG &&
                       archive_entry_hardlink(entry) == nullptr &&
                       archive_entry_symlink(entry) == nullptr;
    if (!plain) return lab_error(fmt::format("{} is no plain file", name));
    if (!seen.insert(name).second) return lab_error(fmt::format("it holds {} twice", name));
    if (auto unpacked = unpack_member(in, *member, folder / name); !unpacked) return unpacked;
  }
  for (const Member& member : kMembers) {
    if (!seen.contains(member.name)) return lab_error(fmt::format("it lacks {}", member.name));
  }
  return {};
}

/// build.json, with what the kernel's own files say in place of what it claims.
Result<BuildRecord> checked_record(const fs::path& folder) {
  const auto text = read_file(folder / "build.json");
  if (!text) return lab_error(text.error().what);
  auto record = from_json<BuildRecord>(*text);
  if (!record) return lab_error("build.json: " + record.error().what);
  const auto metadata = read_file(folder / "metadata.json");
  boost::system::error_code code;
  if (metadata) boost::json::parse(*metadata, code);
  if (!metadata || code) return lab_error("metadata.json is not JSON");
  const auto release = release_of_image(folder / "bzImage");
  if (!release) return lab_error(release.error().what);
  const auto build_id = build_id_of(folder / "vmlinux");
  if (!build_id) return lab_error(build_id.error().what);
  record->release = *release;
  record->build_id = *build_id;
  return record;
}

}  // namespace

Result<void> pack_build(const fs::path& build, const fs::path& file) {
  for (const Member& member : kMembers) {
    if (!fs::is_regular_file(build / member.name)) {
      return lab_error(fmt::format("{}: has no {}", build.string(), member.name));
    }
  }
  const Handle out(archive_write_new());
  archive_write_set_format_ustar(out.get());
  archive_write_add_filter_zstd(out.get());
  if (archive_write_open_filename(out.get(), file.c_str()) != ARCHIVE_OK) {
    return trouble(file, out.get());
  }
  for (const Member& member : kMembers) {
    if (auto packed = pack_member(out.get(), build / member.name); !packed) return packed;
  }
  if (archive_write_close(out.get()) != ARCHIVE_OK) return trouble(file, out.get());
  return {};
}

Result<BuildRecord> unpack_build(const fs::path& file, const fs::path& folder) {
  const Handle in(archive_read_new());
  archive_read_support_filter_zstd(in.get());
  archive_read_support_format_tar(in.get());
  if (archive_read_open_filename(in.get(), file.c_str(), kBlockBytes) != ARCHIVE_OK) {
    return trouble(file, in.get());
  }
  if (auto unpacked = unpack_members(in.get(), folder); !unpacked) {
    return in_context("build archive " + file.filename().string(), unpacked.error());
  }
  return checked_record(folder);
}

}  // namespace luolab
