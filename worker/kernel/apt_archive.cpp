// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/apt_archive.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "worker/kernel/tool.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// What may stand in a sources.list entry and in a package's name without changing its meaning.
bool is_plain(const std::string& word) {
  return !word.empty() && word.front() != '-' &&
         word.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/+~_-") ==
             std::string::npos;
}

std::optional<Error> trouble_with(const BaseSpec& base) {
  std::vector<std::string> words = base.suites;
  words.insert(words.end(), {base.package, base.mirror});
  for (const std::string& word : words) {
    if (!is_plain(word))
      return scenario_error(
          fmt::format("base {}: \"{}\" is no package, suite or mirror", base.name, word));
  }
  if (!fs::exists(kKeyring)) {
    return lab_error(fmt::format("{}: missing (apt-get install debian-archive-keyring)", kKeyring));
  }
  return std::nullopt;
}

std::string offered(const std::vector<ArchivePackage>& packages) {
  std::string text;
  for (const ArchivePackage& package : packages) {
    text += fmt::format("{}{} in {}", text.empty() ? "" : ", ", package.version, package.suite);
  }
  return text.empty() ? "nothing of that name" : text;
}

/// Everything that apt reads or writes lies below `own`.
std::vector<std::string> options_of(const fs::path& own) {
  return {"Dir::Etc::SourceList=" + (own / "sources.list").string(),
          "Dir::Etc::SourceParts=-",
          "Dir::State::Lists=" + (own / "lists").string(),
          "Dir::Cache=" + (own / "cache").string(),
          "Dir::State::Status=/dev/null",
          "APT::Sandbox::User=",
          "APT::Architecture=amd64",
          "Acquire::Languages=none",
          "Acquire::Retries=3"};
}

}  // namespace

std::vector<ArchivePackage> packages_of(std::string_view shown, const std::string& suite) {
  std::vector<ArchivePackage> packages;
  std::istringstream lines{std::string(shown)};
  const auto value = [](const std::string& line) { return line.substr(line.find(": ") + 2); };
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("Package: ")) packages.push_back({suite, "", ""});
    if (packages.empty()) continue;
    if (line.starts_with("Version: ")) packages.back().version = value(line);
    if (line.starts_with("SHA256: ")) packages.back().sha256 = value(line);
  }
  std::erase_if(packages, [](const ArchivePackage& package) {
    return package.version.empty() || package.sha256.empty();
  });
  return packages;
}

AptArchive::AptArchive(fs::path folder, BaseSpec base)
    : folder_(std::move(folder)), base_(std::move(base)) {}

Task<Result<ArchivePackage>> AptArchive::resolve(std::string version) {
  if (const auto trouble = trouble_with(base_)) co_return *trouble;
  std::vector<ArchivePackage> found;
  for (const std::string& suite : base_.suites) {
    prepare(suite);
    std::vector<std::string> update = {"update"};
    const auto updated = co_await apt("apt-get", suite, std::move(update), folder_);
    if (!updated)
      co_return in_context(fmt::format("base {}: {} {}", base_.name, base_.mirror, suite),
                           updated.error());
    std::vector<std::string> show = {"show", base_.package};
    const auto shown = co_await apt("apt-cache", suite, std::move(show), folder_);
    if (!shown) continue;  // apt-cache fails where the suite has no such package
    for (const ArchivePackage& package : packages_of(*shown, suite)) {
      if (version.empty() || package.version == version) co_return package;
      found.push_back(package);
    }
  }
  co_return scenario_error(
      fmt::format("base {}: {} {} is not offered any more by {} (there is {}); without --locked "
                  "the newest is taken",
                  base_.name, base_.package, version, base_.mirror, offered(found)));
}

Task<Result<fs::path>> AptArchive::download(ArchivePackage package, fs::path into) {
  std::vector<std::string> words = {"download",
                                    fmt::format("{}={}", base_.package, package.version)};
  const auto done = co_await apt("apt-get", package.suite, std::move(words), into);
  if (!done) co_return in_context("base " + base_.name, done.error());
  for (const auto& entry : fs::directory_iterator(into)) {
    if (entry.path().extension() != ".deb") continue;
    const std::string digest = sha256_of_file(entry.path());
    if (digest == package.sha256) co_return entry.path();
    co_return lab_error(fmt::format("base {}: {} has SHA-256 {}, but the archive's index says {}",
                                    base_.name, entry.path().filename().string(), digest,
                                    package.sha256));
  }
  co_return lab_error(fmt::format("base {}: apt-get download left no package", base_.name));
}

Task<Result<std::string>> AptArchive::apt(const char* program, std::string suite,
                                          std::vector<std::string> words,
                                          fs::path working_directory) {
  ProcessSpec spec;
  spec.program = program;
  spec.working_directory = std::move(working_directory);
  for (const std::string& option : options_of(suite_folder(suite))) {
    spec.arguments.push_back("-o");
    spec.arguments.push_back(option);
  }
  spec.arguments.push_back("-q");
  spec.arguments.insert(spec.arguments.end(), words.begin(), words.end());
  auto output = co_await run_tool(std::move(spec));
  co_return output;
}

fs::path AptArchive::suite_folder(const std::string& suite) const {
  return folder_ / sha256_of(base_.mirror + " " + suite).substr(0, 12);
}

void AptArchive::prepare(const std::string& suite) const {
  const fs::path own = suite_folder(suite);
  fs::create_directories(own / "lists/partial");
  fs::create_directories(own / "cache/archives/partial");
  write_file_atomically(own / "sources.list", fmt::format("deb [signed-by={}] {} {} main\n",
                                                          kKeyring, base_.mirror, suite));
}

}  // namespace luolab
