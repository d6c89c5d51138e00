// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/wire/agent_wire.h"

namespace luolab {

/// Lines over a pair of descriptors, which it borrows: a virtio port (the same one twice), or
/// standard input and output. Blocking; `next` on one thread, sending on any.
class LineChannel {
 public:
  LineChannel(int in, int out, std::size_t limit_bytes = wire::kLineLimitBytes)
      : in_(in), out_(out), limit_bytes_(limit_bytes) {}

  struct Line {
    std::string text;       ///< without newline; empty where it was too long
    bool too_long = false;  ///< over the limit; skipped up to its newline
  };
  /// The next line; a last one without newline does not count. Empty where the other end closed or
  /// has not opened yet; what was read of an unfinished line is kept.
  std::optional<Line> next();

  /// Sends text and a newline. False where the other end is gone.
  bool send(std::string_view text);
  /// The same for a line of less than a page that may as well be dropped: where somebody else is
  /// sending, or the other end does not take anything just now, it is. Never waits.
  void offer(std::string_view text);

 private:
  bool write_line(std::string_view text);
  bool read_more();
  std::optional<Line> take_line();

  int in_;
  int out_;
  std::size_t limit_bytes_;
  std::mutex sending_;  // one line at a time
  std::string pending_;
  std::size_t searched_ = 0;  // of pending_, without a newline
  bool skipping_ = false;
};

}  // namespace luolab
