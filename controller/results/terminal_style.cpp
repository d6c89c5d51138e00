// SPDX-License-Identifier: Apache-2.0
#include "controller/results/terminal_style.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr int kNarrowest = 40;

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

bool is_dumb() {
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) == "dumb";
}

/// Parameters of SGR (ECMA-48, 8.3.117).
std::string_view color_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::PASS:
      return "32";
    case Verdict::FAIL:
      return "1;31";
    case Verdict::ERROR:
    case Verdict::MISS:
      return "33";
    case Verdict::SKIP:
      return "36";
    case Verdict::DONE:
      return "34";
    case Verdict::XFAIL:
      return "35";
  }
  return "0";
}

}  // namespace

TerminalStyle terminal_style(int fd) {
  TerminalStyle style;
  if (::isatty(fd) == 0) return style;
  style.color = !is_set("NO_COLOR") && !is_dumb();
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    style.width = std::max<int>(size.ws_col, kNarrowest);
  }
  return style;
}

std::string paint(std::string_view text, Verdict verdict, const TerminalStyle& style) {
  if (!style.color) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", color_of(verdict), text);
}

std::string bold(std::string_view text, const TerminalStyle& style) {
  return style.color ? fmt::format("\x1b[1m{}\x1b[0m", text) : std::string(text);
}

}  // namespace luolab
