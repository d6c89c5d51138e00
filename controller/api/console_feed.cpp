// SPDX-License-Identifier: Apache-2.0
#include "controller/api/console_feed.h"

#include <fcntl.h>
#include <unistd.h>

#include "core/base/unique_fd.h"

namespace luolab {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10;

std::string read_piece(const std::filesystem::path& file, std::uint64_t offset) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  std::string bytes(kPiece, '\0');
  const ssize_t got = fd ? ::pread(fd.get(), bytes.data(), kPiece, static_cast<off_t>(offset)) : 0;
  bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return bytes;
}

}  // namespace

Task<std::optional<ConsolePlace>> find_console(ApiParts& parts, AttemptId attempt) {
  if (parts.consoles.open(attempt))
    co_return ConsolePlace{true, parts.consoles.path(attempt), parts.consoles.size(attempt)};
  auto question = [attempt](Store& store) { return store.attempt(attempt); };
  const auto record = co_await parts.reader.read(question);
  if (!record) throw_not_found("attempt", attempt_text(attempt));
  if (!record->report) co_return std::nullopt;
  for (const Artifact& artifact : record->report->artifacts) {
    const auto size = parts.artifacts.whole(artifact.sha256);
    if (artifact.name == "console.log" && size)
      co_return ConsolePlace{false, parts.artifacts.path(artifact.sha256), *size};
  }
  co_return std::nullopt;
}

Task<std::string> ConsoleFeed::next() {
  while (!ended_ && parts_.consoles.open(attempt_)) {
    std::string bytes = parts_.consoles.read(attempt_, offset_, kPiece);
    if (!bytes.empty()) {
      offset_ += bytes.size();
      co_return bytes;
    }
    if (parts_.consoles.size(attempt_) > offset_) break;  // over the limit: no more is kept
    co_await parts_.consoles.wait_beyond(attempt_, offset_);
  }
  if (!ended_) {
    kept_ = co_await find_console(parts_, attempt_);
    ended_ = true;
  }
  std::string bytes;
  if (kept_ && !kept_->live) bytes = read_piece(kept_->file, offset_);
  offset_ += bytes.size();
  co_return bytes;
}

}  // namespace luolab
