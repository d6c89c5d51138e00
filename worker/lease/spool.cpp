// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <system_error>

#include <boost/describe/class.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/sha256.h"
#include "core/protocol/json.h"

namespace luolab {

/// grant.json: what is to be known of an attempt when its process is gone.
struct SpooledGrant {
  std::int64_t pid = 0;
  LeaseGrant grant;
};
BOOST_DESCRIBE_STRUCT(SpooledGrant, (), (pid, grant))

namespace {

namespace fs = std::filesystem;

constexpr const char* kGrant = "grant.json";
constexpr const char* kReport = "report.json";
constexpr const char* kConsole = "console.log";
constexpr const char* kEvidence = "evidence";
constexpr const char* kRejected = "rejected";
constexpr const char* kRemoved = ".removed-";

void sync_to_disk(const fs::path& path, int flags) {
  const UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) {
    throw std::system_error(errno, std::generic_category(), path.string());
  }
}

void sync_folder(const fs::path& folder) { sync_to_disk(folder, O_RDONLY | O_DIRECTORY); }

void write_durably(const fs::path& file, std::string_view bytes) {
  write_file_atomically(file, bytes);
  sync_folder(file.parent_path());
}

std::optional<std::int64_t> attempt_of(const fs::path& entry) {
  const std::string name = entry.filename();
  std::int64_t attempt = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), attempt);
  if (error != std::errc() || end != name.data() + name.size() || attempt < 0) return std::nullopt;
  return attempt;
}

template <class T>
Result<T> read_json(const fs::path& file) {
  const auto text = read_file(file);
  if (!text) return lab_error(text.error().what);
  auto thing = from_json<T>(*text);
  if (!thing) return lab_error(fmt::format("{}: {}", file.string(), thing.error().what));
  return thing;
}

fs::path console_of(const fs::path& entry, const AttemptReport& report) {
  for (const Artifact& artifact : report.artifacts) {
    if (artifact.name == kConsole) return artifact.path;
  }
  return fs::exists(entry / kConsole) ? entry / kConsole : fs::path();
}

}  // namespace

Result<Spool> Spool::open(fs::path folder) {
  fs::create_directories(folder);
  FileLock lock = FileLock::attempt(folder / "lock");
  if (!lock.held()) {
    return lab_error(fmt::format(
        "{}: another worker of this name runs here (stop it, or give --name or --state)",
        folder.string()));
  }
  Spool spool(std::move(folder), std::move(lock));
  spool.recover();
  return spool;
}

fs::path Spool::entry(std::int64_t attempt) const { return folder_ / std::to_string(attempt); }

void Spool::begin(const LeaseGrant& grant) {
  const fs::path place = entry(grant.attempt);
  fs::create_directories(place / kEvidence);
  write_durably(place / kGrant, boost::json::serialize(to_json(SpooledGrant{::getpid(), grant})));
  sync_folder(folder_);
}

void Spool::share_console(std::int64_t attempt, const fs::path& console) {
  const fs::path place = entry(attempt) / kConsole;
  std::error_code ignored;  // another file system: the console is kept when the attempt ends
  fs::remove(place, ignored);
  fs::create_hard_link(console, place, ignored);
}

Artifact Spool::keep(std::int64_t attempt, const fs::path& file, std::string_view name) {
  const fs::path folder = entry(attempt) / kEvidence;
  const fs::path copy = folder / "incoming";
  fs::copy_file(file, copy, fs::copy_options::overwrite_existing);
  const std::string digest = sha256_of_file(copy);
  sync_to_disk(copy, O_RDONLY);
  fs::rename(copy, folder / digest);
  sync_folder(folder);
  return {std::string(name), digest, fs::file_size(folder / digest), (folder / digest).string()};
}

void Spool::finish(std::int64_t attempt, const AttemptReport& report) {
  write_durably(entry(attempt) / kReport, boost::json::serialize(to_json(report)));
}

std::vector<std::int64_t> Spool::finished() const {
  std::vector<std::int64_t> attempts;
  for (const auto& item : fs::directory_iterator(folder_)) {
    const auto attempt = attempt_of(item.path());
    if (attempt && fs::exists(item.path() / kReport)) attempts.push_back(*attempt);
  }
  std::ranges::sort(attempts);
  return attempts;
}

Result<SpooledAttempt> Spool::load(std::int64_t attempt) const {
  const fs::path place = entry(attempt);
  auto grant = read_json<SpooledGrant>(place / kGrant);
  if (!grant) return grant.error();
  auto report = read_json<AttemptReport>(place / kReport);
  if (!report) return report.error();
  // The spool may have been moved; a digest says where a file lies.
  std::erase_if(report->artifacts, [&](Artifact& artifact) {
    const fs::path file = place / kEvidence / fs::path(artifact.sha256).filename();
    artifact.path = file;
    return !fs::is_regular_file(file);
  });
  fs::path console = console_of(place, *report);
  return SpooledAttempt{attempt, grant->grant.job_id, std::move(*report), std::move(console)};
}

void Spool::remove(std::int64_t attempt) {
  // Renamed first, so that half an entry is never taken for a whole one.
  const fs::path grave = folder_ / (kRemoved + std::to_string(attempt));
  std::error_code error;
  fs::rename(entry(attempt), grave, error);
  if (error && error != std::errc::no_such_file_or_directory) {
    throw std::system_error(error, entry(attempt).string());
  }
  sync_folder(folder_);
  fs::remove_all(grave);
}

void Spool::set_aside(std::int64_t attempt) {
  fs::create_directories(folder_ / kRejected);
  const fs::path place = folder_ / kRejected / std::to_string(attempt);
  fs::remove_all(place);
  fs::rename(entry(attempt), place);
  sync_folder(folder_);
}

void Spool::recover() {
  std::vector<fs::path> items;
  for (const auto& item : fs::directory_iterator(folder_)) items.push_back(item.path());
  for (const fs::path& item : items) {
    if (item.filename().string().starts_with(kRemoved)) fs::remove_all(item);
    if (const auto attempt = attempt_of(item)) recover_entry(*attempt);
  }
}

void Spool::recover_entry(std::int64_t attempt) {
  const fs::path place = entry(attempt);
  const auto grant = read_json<SpooledGrant>(place / kGrant);
  if (!grant) {  // it was never begun
    remove(attempt);
    return;
  }
  if (read_json<AttemptReport>(place / kReport)) return;
  AttemptReport report;
  report.verdict = Verdict::MISS;
  report.reason = fmt::format("the worker (pid {}) died while this ran", grant->pid);
  report.checks.push_back({-1, "lab", "worker", Verdict::MISS, report.reason});
  if (fs::is_regular_file(place / kConsole)) {
    report.artifacts.push_back(keep(attempt, place / kConsole, kConsole));
  }
  finish(attempt, report);
}

}  // namespace luolab
