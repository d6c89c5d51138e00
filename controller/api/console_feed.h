// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "controller/api/api_parts.h"

namespace luolab {

/// Where the bytes of an attempt's console lie.
struct ConsolePlace {
  bool live = false;  ///< more may come
  std::filesystem::path file;
  std::uint64_t size_bytes = 0;
};

/// Nothing where the attempt has no console (any more). 404 where there is no such attempt.
Task<std::optional<ConsolePlace>> find_console(ApiParts& parts, AttemptId attempt);

/// The bytes of a console from an offset on, as they come, until the attempt has ended; what its
/// worker had not sent by then comes from the console that was kept. One reader, one thread.
class ConsoleFeed {
 public:
  ConsoleFeed(ApiParts& parts, AttemptId attempt, std::uint64_t offset)
      : parts_(parts), attempt_(attempt), offset_(offset) {}

  /// The next bytes; empty at the end. Cancelling while it waits loses nothing.
  Task<std::string> next();
  std::uint64_t offset() const { return offset_; }

 private:
  ApiParts& parts_;
  AttemptId attempt_;
  std::uint64_t offset_;
  bool ended_ = false;
  std::optional<ConsolePlace> kept_;
};

}  // namespace luolab
