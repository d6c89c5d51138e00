// SPDX-License-Identifier: Apache-2.0
#include "controller/console/console_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace luolab {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_errno(const fs::path& path) {
  throw std::system_error(errno, std::generic_category(), path.string());
}

std::uint64_t size_of(const fs::path& path) {
  std::error_code missing;
  const auto size = fs::file_size(path, missing);
  return missing ? 0 : size;
}

}  // namespace

fs::path console_folder(const fs::path& state) { return state / "consoles"; }

ConsoleStore::ConsoleStore(asio::any_io_executor executor, fs::path folder,
                           std::uint64_t most_bytes)
    : executor_(std::move(executor)), folder_(std::move(folder)), most_bytes_(most_bytes) {}

fs::path ConsoleStore::path(AttemptId attempt) const {
  return folder_ / fmt::format("{}.log", attempt.value);
}

void ConsoleStore::begin(AttemptId attempt) {
  if (live_.contains(attempt)) return;
  const auto live = std::make_shared<Live>(executor_);
  live->size = size_of(path(attempt));
  live_.emplace(attempt, live);
}

std::uint64_t ConsoleStore::append(AttemptId attempt, std::uint64_t offset,
                                   std::string_view bytes) {
  begin(attempt);
  Live& live = *live_.at(attempt);
  if (offset > live.size || offset + bytes.size() <= live.size) return live.size;
  bytes.remove_prefix(live.size - offset);
  if (live.size >= most_bytes_) return live.size += bytes.size();  // taken, but not kept
  if (!live.file) {
    fs::create_directories(folder_);
    live.file =
        UniqueFd(::open(path(attempt).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640));
    if (!live.file) throw_errno(path(attempt));
  }
  const ssize_t written = ::write(live.file.get(), bytes.data(), bytes.size());
  if (written < 0) throw_errno(path(attempt));
  live.size += static_cast<std::uint64_t>(written);
  live.changed.wake();
  return live.size;
}

std::uint64_t ConsoleStore::size(AttemptId attempt) const {
  const auto found = live_.find(attempt);
  return found == live_.end() ? size_of(path(attempt)) : found->second->size;
}

std::string ConsoleStore::read(AttemptId attempt, std::uint64_t offset, std::size_t limit) const {
  const UniqueFd file(::open(path(attempt).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return {};
  std::string bytes(limit, '\0');
  const ssize_t got = ::pread(file.get(), bytes.data(), limit, static_cast<off_t>(offset));
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

void ConsoleStore::close(AttemptId attempt) {
  const auto found = live_.find(attempt);
  if (found != live_.end()) {
    found->second->closed = true;
    found->second->changed.wake();
    live_.erase(found);
  }
  std::error_code ignored;  // a file left behind is swept at the next start
  fs::remove(path(attempt), ignored);
}

Task<void> ConsoleStore::wait_beyond(AttemptId attempt, std::uint64_t size) {
  const auto found = live_.find(attempt);
  if (found == live_.end()) co_return;
  const std::shared_ptr<Live> live = found->second;
  while (!live->closed && live->size <= size) co_await live->changed.wait();
}

void ConsoleStore::sweep() {
  std::error_code missing;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, missing)) {
    AttemptId attempt;
    attempt.value = std::strtoll(entry.path().stem().c_str(), nullptr, 10);
    std::error_code ignored;
    if (!live_.contains(attempt)) fs::remove(entry.path(), ignored);
  }
}

}  // namespace luolab
