// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/async/signal.h"
#include "core/base/unique_fd.h"
#include "db/record.h"

namespace luolab {

/// Where live consoles lie below the state folder.
std::filesystem::path console_folder(const std::filesystem::path& state);

/// Consoles of attempts that run, as far as their workers have sent them: one file each, appended
/// to in order. When an attempt has ended, its console is an artifact, and the file goes.
/// One thread; writes block for as long as a write to the page cache does.
class ConsoleStore {
 public:
  ConsoleStore(asio::any_io_executor executor, std::filesystem::path folder,
               std::uint64_t most_bytes = std::uint64_t{256} << 20);

  /// Bytes from `offset` on; what is there already is passed over, a piece that would leave a gap
  /// is not taken, and what exceeds the limit is dropped. Returns the size there is now.
  /// Throws std::system_error where the disk refuses.
  std::uint64_t append(AttemptId attempt, std::uint64_t offset, std::string_view bytes);
  std::uint64_t size(AttemptId attempt) const;
  /// Where the bytes lie; the file is missing where there are none.
  std::filesystem::path path(AttemptId attempt) const;
  /// Up to `limit` bytes from `offset` on; none where there are no more, or none are kept.
  std::string read(AttemptId attempt, std::uint64_t offset, std::size_t limit) const;
  /// Nothing more comes; whoever follows is told. The file goes.
  void close(AttemptId attempt);
  bool open(AttemptId attempt) const { return live_.contains(attempt); }
  /// Returns when there may be more than `size` bytes, or the console was closed.
  Task<void> wait_beyond(AttemptId attempt, std::uint64_t size);
  /// Begins (again, after a restart of the controller) a console; bytes that are there stay.
  void begin(AttemptId attempt);
  /// Removes files of attempts that are not begun: left by a controller that was killed.
  void sweep();

 private:
  struct Live {
    explicit Live(const asio::any_io_executor& executor) : changed(executor) {}
    UniqueFd file;           ///< opened when the first bytes come
    std::uint64_t size = 0;  ///< taken; beyond the limit nothing is kept
    bool closed = false;
    Signal changed;
  };
  asio::any_io_executor executor_;
  std::filesystem::path folder_;
  std::uint64_t most_bytes_;
  std::map<AttemptId, std::shared_ptr<Live>> live_;
};

}  // namespace luolab
