// SPDX-License-Identifier: Apache-2.0
#include "agent/line_channel.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

namespace luolab {

std::optional<LineChannel::Line> LineChannel::take_line() {
  const std::size_t end = pending_.find('\n', searched_);
  searched_ = pending_.size();
  if (end != std::string::npos) {
    Line line{pending_.substr(0, end), skipping_ || end > limit_bytes_};
    if (line.too_long) line.text.clear();
    pending_.erase(0, end + 1);
    searched_ = 0;
    skipping_ = false;
    return line;
  }
  if (pending_.size() > limit_bytes_) {
    skipping_ = true;
    pending_.clear();
    searched_ = 0;
  }
  return std::nullopt;
}

bool LineChannel::read_more() {
  char block[65536];
  ssize_t got = read(in_, block, sizeof block);
  while (got < 0 && errno == EINTR) got = read(in_, block, sizeof block);
  if (got <= 0) return false;
  pending_.append(block, static_cast<std::size_t>(got));
  return true;
}

std::optional<LineChannel::Line> LineChannel::next() {
  while (true) {
    if (auto line = take_line()) return line;
    if (!read_more()) return std::nullopt;
  }
}

bool LineChannel::send(std::string_view text) {
  const std::lock_guard lock(sending_);
  return write_line(text);
}

void LineChannel::offer(std::string_view text) {
  const std::unique_lock lock(sending_, std::try_to_lock);
  if (!lock) return;
  pollfd out{out_, POLLOUT, 0};
  if (poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0) write_line(text);
}

bool LineChannel::write_line(std::string_view text) {
  std::string line;
  line.reserve(text.size() + 1);
  line.append(text).push_back('\n');
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t count = write(out_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace luolab
