// SPDX-License-Identifier: Apache-2.0
#include "agent/text_file.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "agent/hex.h"
#include "agent/owned_fd.h"

namespace luolab {
namespace {

constexpr std::size_t kLimitBytes = std::size_t{1} << 20;
constexpr std::string_view kBlank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

template <class Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

constexpr std::size_t padded(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

}  // namespace

std::string read_text(const std::string& path) {
  const OwnedFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char block[4096];
  while (file && text.size() < kLimitBytes) {
    const ssize_t got = read(file.get(), block, sizeof block);
    if (got <= 0) break;
    text.append(block, static_cast<std::size_t>(got));
  }
  return text;
}

std::string read_line(const std::string& path) {
  const std::string text = read_text(path);
  return text.substr(0, text.find('\n'));
}

std::optional<std::uint64_t> read_number(const std::string& path) {
  return parse_number(trimmed(read_line(path)));
}

bool write_text(const std::string& path, std::string_view text) {
  const OwnedFd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::map<std::string, std::uint64_t> parse_meminfo(std::string_view text) {
  std::map<std::string, std::uint64_t> figures;
  for_each_line(text, [&](std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !line.ends_with(" kB")) return;
    const std::string_view value = line.substr(colon + 1, line.size() - colon - 1 - 3);
    if (const auto kib = parse_number(trimmed(value))) figures.emplace(line.substr(0, colon), *kib);
  });
  return figures;
}

std::string parse_build_id(std::string_view notes) {
  constexpr std::uint32_t kGnuBuildId = 3;
  struct Header {
    std::uint32_t name_bytes, content_bytes, type;
  } header;
  while (notes.size() >= sizeof header) {
    std::memcpy(&header, notes.data(), sizeof header);
    notes.remove_prefix(sizeof header);
    const std::size_t name_bytes = padded(header.name_bytes);
    const std::size_t content_bytes = padded(header.content_bytes);
    if (name_bytes > notes.size() || content_bytes > notes.size() - name_bytes) break;
    const bool gnu = notes.substr(0, header.name_bytes) == std::string_view("GNU", 4);
    if (gnu && header.type == kGnuBuildId) {
      return to_hex(notes.substr(name_bytes, header.content_bytes));
    }
    notes.remove_prefix(name_bytes + content_bytes);
  }
  return {};
}

std::map<std::string, std::uint64_t> parse_phase_stamps(std::string_view text) {
  std::map<std::string, std::uint64_t> stamps;
  for_each_line(text, [&](std::string_view line) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return;
    if (const auto tsc = parse_number(trimmed(line.substr(space)))) {
      stamps.emplace(line.substr(0, space), *tsc);
    }
  });
  return stamps;
}

bool has_word(std::string_view cmdline, std::string_view word) {
  while (!cmdline.empty()) {
    const std::size_t end = std::min(cmdline.find_first_of(" \n"), cmdline.size());
    if (cmdline.substr(0, end) == word) return true;
    cmdline.remove_prefix(std::min(end + 1, cmdline.size()));
  }
  return false;
}

}  // namespace luolab
