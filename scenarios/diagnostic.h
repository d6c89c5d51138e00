// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace luolab {

/// One thing wrong with a scenario, and where. Plain value.
struct Diagnostic {
  std::string file;
  std::uint32_t line = 0;    ///< 1-based; 0: of the file as a whole, or of a flag
  std::uint32_t column = 0;  ///< 1-based, in characters
  std::string path;          ///< "sessions[0].memfds[2].size"; empty: the document
  std::string message;
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// `file:line:column: path: message`; parts that are not known are left out.
std::string to_string(const Diagnostic& diagnostic);

/// One per line, each line ended.
std::string to_string(const std::vector<Diagnostic>& diagnostics);

/// By place in the file, then path; of equal ones the first is kept.
std::vector<Diagnostic> sorted(std::vector<Diagnostic> diagnostics);

/// The value as a message shows it: in quotes, control characters escaped, cut after 80 bytes.
std::string in_quotes(std::string_view value);

}  // namespace luolab
