// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/protocol/verdict.h"

namespace luolab {

/// How text for people is laid out.
struct TerminalStyle {
  bool color = false;
  int width = 100;  ///< columns
};

/// For what is written to `fd`: colour only on a terminal, and not where NO_COLOR is set
/// (https://no-color.org) or TERM is "dumb"; the terminal's width, or the default.
TerminalStyle terminal_style(int fd);

/// `text` in the colour of the verdict, or as it is.
std::string paint(std::string_view text, Verdict verdict, const TerminalStyle& style);

/// `text` in bold, or as it is.
std::string bold(std::string_view text, const TerminalStyle& style);

}  // namespace luolab
