// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/report.h"

namespace luolab {

/// Reads a kernel's console line by line and keeps what speaks against the kernel, with the lines
/// around it. Pure; no thread of its own.
/// The phrases are those that the kernel prints (kernel/panic.c, lib/bug.c, mm/kasan/report.c,
/// kernel/locking/lockdep.c, kernel/hung_task.c, arch/x86/kernel/dumpstack.c).
class ConsoleWatch {
 public:
  /// `offset_bytes`: of the line's first byte in the console file.
  void add_line(std::string_view line, std::uint64_t offset_bytes);

  /// Boot banners seen ("Linux version ..."): one for each kernel that started.
  std::uint32_t banners() const { return banners_; }
  /// The release in the last banner: "7.3.4".
  const std::string& last_release() const { return last_release_; }
  /// Everything found; excerpts grow while their report is still being printed.
  const std::vector<ConsoleFinding>& findings() const { return findings_; }
  /// The first finding after which no kernel goes on: panic, or a fatal exception.
  std::optional<ConsoleFinding> fatal() const;
  /// Whether anything at all was printed.
  bool heard() const { return heard_; }
  /// The last lines, for evidence when a machine falls silent.
  std::string tail() const;

 private:
  void remember(std::string_view line);

  std::deque<std::string> recent_;  ///< what goes before a finding in its excerpt
  std::deque<std::string> tail_;
  std::vector<ConsoleFinding> findings_;
  std::size_t excerpt_lines_left_ = 0;  ///< that still belong to the last finding
  std::uint32_t banners_ = 0;
  std::string last_release_;
  bool heard_ = false;
};

/// The line of a finding's excerpt that gave it its kind.
std::string headline(const ConsoleFinding& finding);

/// Whether a finding of this kind ends the kernel ("panic", "oops").
bool is_fatal_kind(std::string_view kind);

}  // namespace luolab
