// SPDX-License-Identifier: Apache-2.0
#include "worker/fleet/worker_payload.h"

#include <archive.h>
#include <archive_entry.h>
#include <link.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include <fmt/format.h>

#include "core/base/file.h"
#include "core/base/sha256.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

struct ArchiveCloser {
  void operator()(archive* writer) const { archive_write_free(writer); }
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

la_ssize_t append(archive*, void* out, const void* bytes, std::size_t count) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), count);
  return static_cast<la_ssize_t>(count);
}

void require(bool good, archive* writer) {
  if (!good)
    throw std::runtime_error(std::string("a worker's data: ") + archive_error_string(writer));
}

using Files = std::map<std::string, std::string>;  // path from the folder, bytes

std::string pack(const Files& files) {
  std::string packed;
  const std::unique_ptr<archive, ArchiveCloser> writer(archive_write_new());
  require(archive_write_set_format_ustar(writer.get()) == ARCHIVE_OK, writer.get());
  require(archive_write_open(writer.get(), &packed, nullptr, append, nullptr) == ARCHIVE_OK,
          writer.get());
  for (const auto& [path, bytes] : files) {
    const std::unique_ptr<archive_entry, ArchiveCloser> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), path.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
    require(archive_write_header(writer.get(), entry.get()) == ARCHIVE_OK, writer.get());
    require(archive_write_data(writer.get(), bytes.data(), bytes.size()) ==
                static_cast<la_ssize_t>(bytes.size()),
            writer.get());
  }
  require(archive_write_close(writer.get()) == ARCHIVE_OK, writer.get());
  return packed;
}

/// What `sha256sum` prints for the files in the order of their paths, hashed.
std::string tree_digest(const Files& files) {
  std::string list;
  for (const auto& [path, bytes] : files) list += sha256_of(bytes) + "  ./" + path + "\n";
  return sha256_of(list);
}

/// What packaging installs of the data folder: whole folders, and of the scenarios the documents.
bool belongs(const std::string& path, const fs::path& file) {
  constexpr std::string_view kWhole[] = {"kernel-patches/bases/", "kernel-patches/fragments/",
                                         "kernel-patches/series/", "kernel-patches/mutants/"};
  if (std::ranges::any_of(kWhole, [&](auto folder) { return path.starts_with(folder); }))
    return true;
  return path.starts_with("scenarios/") &&
         (file.extension() == ".yaml" || file.extension() == ".json");
}

Result<Files> read_data(const fs::path& folder) {
  Files files;
  for (const char* const part : {"kernel-patches", "scenarios"}) {
    if (!fs::is_directory(folder / part)) {
      return lab_error(
          fmt::format("{}: is no folder (luolab's data; set LUOLAB_DATA, or --from a tree that "
                      "`cmake --install` made)",
                      (folder / part).string()));
    }
    for (const auto& entry : fs::recursive_directory_iterator(folder / part)) {
      const std::string path = entry.path().lexically_relative(folder);
      if (!entry.is_regular_file() || !belongs(path, entry.path())) continue;
      auto bytes = read_file(entry.path());
      if (!bytes) return lab_error(bytes.error().what);
      files.emplace(path, std::move(*bytes));
    }
  }
  return files;
}

Result<Content> read_program(const fs::path& file, std::string_view what) {
  auto bytes = read_file(file);
  if (!bytes)
    return lab_error(
        fmt::format("{} (the {} that goes to the machines; ./lab build, or --from "
                    "a tree that `cmake --install` made)",
                    bytes.error().what, what));
  return content_of(std::move(*bytes));
}

int note_library(dl_phdr_info* info, std::size_t, void* list) {
  const std::string name = fs::path(info->dlpi_name).filename();
  if (name.find(".so") != name.npos && !name.starts_with("linux-vdso") && !name.starts_with("ld-"))
    static_cast<std::vector<std::string>*>(list)->push_back(name);
  return 0;
}

}  // namespace

Content content_of(std::string bytes) {
  std::string digest = sha256_of(bytes);
  return {std::make_shared<const std::string>(std::move(bytes)), std::move(digest)};
}

PayloadPlaces installed_places(const fs::path& prefix) {
  return {prefix / "bin/luolab", prefix / "lib/luolab/luolab-agent", prefix / "share/luolab"};
}

Result<WorkerPayload> read_payload(const PayloadPlaces& places) {
  WorkerPayload payload;
  auto program = read_program(places.program, "program");
  if (!program) return program.error();
  auto agent = read_program(places.agent, "agent");
  if (!agent) return agent.error();
  const auto files = read_data(places.data);
  if (!files) return files.error();
  payload.program = std::move(*program);
  payload.agent = std::move(*agent);
  payload.data = {std::make_shared<const std::string>(pack(*files)), tree_digest(*files)};
  return payload;
}

std::vector<std::string> own_libraries() {
  std::vector<std::string> names;
  ::dl_iterate_phdr(note_library, &names);
  std::ranges::sort(names);
  return names;
}

std::string worker_options(const WorkerLayout& layout, const WorkerSettings& settings) {
  std::string options = fmt::format("--controller {} --name {} --slots {}", settings.controller,
                                    settings.name, settings.slots);
  if (settings.use_token) options += " --token-file " + layout.token;
  if (!settings.authority.empty()) options += " --ca-file " + layout.authority;
  std::string tags;
  for (const std::string& tag : settings.tags) tags += (tags.empty() ? "" : ",") + tag;
  if (!tags.empty()) options += " --tags " + tags;
  return "# Written by `luolab fleet add`, which writes it anew when it is run again.\n"
         "WORKER_OPTIONS=" +
         options + "\n";
}

std::vector<InstalledItem> items_of(const WorkerLayout& layout, const WorkerPayload& payload,
                                    const WorkerSettings& settings) {
  std::vector<InstalledItem> items{
      {"program", layout.program, "755", "root", payload.program},
      {"agent", layout.agent, "755", "root", payload.agent},
      {"data", layout.data, "755", "root", payload.data, true},
      {"unit", layout.unit, "644", "root", content_of(worker_unit(layout, settings.user))}};
  if (!settings.authority.empty())
    items.push_back({"authority", layout.authority, "644", "root", content_of(settings.authority)});
  if (!settings.token.empty())
    items.push_back(
        {"token", layout.token, "600", settings.user, content_of(settings.token + "\n")});
  items.push_back(
      {"options", layout.options, "644", "root", content_of(worker_options(layout, settings))});
  return items;
}

}  // namespace luolab
