// SPDX-License-Identifier: Apache-2.0
#include "agent/kernel_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>

#include "agent/owned_fd.h"

namespace luolab {

std::string console_line(std::string_view record) {
  const std::size_t text = record.find(';');
  if (text == std::string_view::npos) return {};
  std::string_view head = record.substr(0, text);  // "level,sequence,microseconds,flags"
  for (int skipped = 0; skipped < 2; ++skipped) {
    const std::size_t comma = head.find(',');
    if (comma == std::string_view::npos) return {};
    head.remove_prefix(comma + 1);
  }
  std::uint64_t microseconds = 0;
  std::from_chars(head.data(), head.data() + head.size(), microseconds);
  std::string_view rest = record.substr(text + 1);
  rest = rest.substr(0, rest.find('\n'));
  char stamp[40];
  std::snprintf(stamp, sizeof stamp, "[%5llu.%06llu] ",
                static_cast<unsigned long long>(microseconds / 1'000'000),
                static_cast<unsigned long long>(microseconds % 1'000'000));
  return stamp + std::string(rest);
}

bool visit_kernel_log(const std::function<void(const std::string& line)>& visit) {
  const OwnedFd log(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!log) return false;
  char record[8192];
  while (true) {
    const ssize_t got = read(log.get(), record, sizeof record);
    if (got < 0 && (errno == EPIPE || errno == EINTR)) continue;  // overtaken: the next one is there
    if (got <= 0) break;
    const std::string line = console_line({record, static_cast<std::size_t>(got)});
    if (!line.empty()) visit(line);
  }
  return true;
}

bool print_kernel_log() {
  return visit_kernel_log([](const std::string& line) { std::puts(line.c_str()); }) &&
         std::fflush(stdout) == 0;
}

}  // namespace luolab
