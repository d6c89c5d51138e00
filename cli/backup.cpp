// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "cli/command.h"
#include "db/artifact_store.h"
#include "db/store.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

struct BackupFlags {
  std::string to;
  bool artifacts = true;
};

/// Files are named by their content: those that are there already are right.
std::size_t copy_artifacts(const fs::path& from, const fs::path& to) {
  std::size_t copied = 0;
  if (!fs::exists(from)) return copied;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(from)) {
    const std::string name = entry.path().filename();
    if (!entry.is_regular_file() || !is_digest(name)) continue;
    if (entry.path().parent_path().filename() == "partial") continue;
    const fs::path place = to / fs::relative(entry.path(), from);
    if (fs::exists(place) && fs::file_size(place) == entry.file_size()) continue;
    fs::create_directories(place.parent_path());
    const fs::path beside = place.string() + ".new";
    fs::copy_file(entry.path(), beside, fs::copy_options::overwrite_existing);
    fs::rename(beside, place);
    ++copied;
  }
  return copied;
}

int back_up(const Places& places, const BackupFlags& flags) {
  const fs::path file = store_file(places.state);
  if (!fs::exists(file)) {
    std::cerr << fmt::format("{}: there is no store yet, so nothing to back up\n", file.string());
    return kExitUsage;
  }
  auto store = Store::open(file);
  if (!store) {
    std::cerr << store.error().what << '\n';
    return kExitLab;
  }
  const fs::path folder = flags.to;
  std::error_code refused;
  fs::create_directories(folder, refused);
  if (refused) {
    std::cerr << fmt::format("{}: {}; name a folder that can be made\n", folder.string(),
                             refused.message());
    return kExitUsage;
  }
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const auto copied = store->backup(folder / "luolab.db", [&](BackupProgress progress) {
    if (terminal && progress.total > 0)
      std::cerr << fmt::format("\rstore: {} of {} pages", progress.total - progress.remaining,
                               progress.total)
                << std::flush;
    return true;
  });
  if (terminal) std::cerr << '\n';
  if (!copied) {
    std::cerr << copied.error().what << '\n';
    return kExitLab;
  }
  std::size_t files = 0;
  if (flags.artifacts)
    files = copy_artifacts(artifact_folder(places.state), artifact_folder(folder));
  std::cerr << fmt::format("Backed up to {}: the store, checked, and {} new file{} of evidence.\n",
                           folder.string(), files, files == 1 ? "" : "s");
  return kExitPass;
}

}  // namespace

void add_backup_command(CLI::App& root, CommandContext& context) {
  const auto flags = std::make_shared<BackupFlags>();
  CLI::App* command = root.add_subcommand(
      "backup", "Copies store and evidence to a folder, also while a controller runs");
  command->add_option("FOLDER", flags->to, "Where to; is itself a --state folder then")->required();
  command->add_flag("!--no-artifacts", flags->artifacts, "Only the store");
  command->callback([flags, &context] { context.exit_code = back_up(context.places(), *flags); });
}

}  // namespace luolab
