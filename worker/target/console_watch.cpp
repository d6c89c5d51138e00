// SPDX-License-Identifier: Apache-2.0
#include "worker/target/console_watch.h"

#include <algorithm>
#include <array>

namespace luolab {
namespace {

constexpr std::size_t kLinesBefore = 3;
constexpr std::size_t kLinesAfter = 40;
constexpr std::size_t kTailLines = 20;
constexpr std::size_t kMostFindings = 50;  // a kernel that warns in a loop says nothing new

struct Phrase {
  std::string_view text;
  std::string_view kind;
};

// In order: the first that matches names the line. Without a kind the line is none.
constexpr std::array kPhrases{
    Phrase{"Kernel panic - not syncing", "panic"},
    Phrase{"BUG: KASAN:", "kasan"},
    Phrase{"BUG: KFENCE:", "kfence"},
    Phrase{"BUG: KCSAN:", "kcsan"},
    Phrase{"BUG: unable to handle", "oops"},
    Phrase{"BUG: kernel NULL pointer dereference", "oops"},
    Phrase{"BUG: soft lockup", "lockup"},
    Phrase{"BUG: workqueue lockup", "lockup"},
    Phrase{"NMI watchdog: Watchdog detected hard LOCKUP", "lockup"},
    Phrase{"BUG: sleeping function called from invalid context", "bug"},
    Phrase{"BUG: scheduling while atomic", "bug"},
    Phrase{"BUG: Bad page", "bug"},
    Phrase{"BUG: Bad rss-counter", "bug"},
    Phrase{"BUG: memory leak", "leak"},
    Phrase{"kmemleak: Cannot allocate", ""},
    Phrase{"kmemleak: Kernel memory leak detector", ""},
    Phrase{"kmemleak:", "leak"},
    Phrase{"kernel BUG at", "oops"},
    Phrase{"Oops:", "oops"},
    Phrase{"general protection fault", "oops"},
    Phrase{"double fault", "oops"},
    Phrase{"UBSAN:", "ubsan"},
    Phrase{"WARNING: possible circular locking dependency", "lockdep"},
    Phrase{"WARNING: possible recursive locking", "lockdep"},
    Phrase{"WARNING: possible irq lock inversion", "lockdep"},
    Phrase{"WARNING: inconsistent lock state", "lockdep"},
    Phrase{"WARNING: bad unlock balance", "lockdep"},
    Phrase{"WARNING: suspicious RCU usage", "lockdep"},
    Phrase{"possible deadlock", "lockdep"},
    Phrase{"INFO: task", "hung-task"},
    Phrase{"rcu: INFO:", "stall"},
    Phrase{"detected stalls on CPUs", "stall"},
    Phrase{"WARNING: CPU:", "warning"},
    Phrase{"WARNING:", "warning"},
};

std::optional<std::string_view> kind_of(std::string_view line) {
  for (const Phrase& phrase : kPhrases) {
    if (line.find(phrase.text) == std::string_view::npos) continue;
    if (phrase.kind == "hung-task" && line.find("blocked for more than") == std::string_view::npos)
      continue;
    if (phrase.kind.empty()) break;
    return phrase.kind;
  }
  return {};
}

bool ends_report(std::string_view line) { return line.find("---[ end ") != std::string_view::npos; }

}  // namespace

bool is_fatal_kind(std::string_view kind) { return kind == "panic" || kind == "oops"; }

std::string headline(const ConsoleFinding& finding) {
  std::string_view rest = finding.excerpt;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (kind_of(line) == finding.kind) return std::string(line);
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return finding.kind;
}

void ConsoleWatch::add_line(std::string_view line, std::uint64_t offset_bytes) {
  heard_ = true;
  constexpr std::string_view kBanner = "Linux version ";
  if (const auto at = line.find(kBanner); at != std::string_view::npos && at < 32) {
    ++banners_;
    const std::string_view rest = line.substr(at + kBanner.size());
    last_release_ = rest.substr(0, rest.find(' '));
  }
  const auto kind = kind_of(line);
  const bool inside_report = excerpt_lines_left_ > 0;
  if (kind && findings_.size() < kMostFindings && (!inside_report || is_fatal_kind(*kind))) {
    ConsoleFinding finding{std::string(*kind), offset_bytes, {}};
    for (const std::string& before : recent_) finding.excerpt += before + "\n";
    findings_.push_back(std::move(finding));
    excerpt_lines_left_ = kLinesAfter + 1;
  }
  if (excerpt_lines_left_ > 0) {
    findings_.back().excerpt.append(line).append("\n");
    excerpt_lines_left_ = ends_report(line) ? 0 : excerpt_lines_left_ - 1;
  }
  remember(line);
}

void ConsoleWatch::remember(std::string_view line) {
  recent_.emplace_back(line);
  if (recent_.size() > kLinesBefore) recent_.pop_front();
  tail_.emplace_back(line);
  if (tail_.size() > kTailLines) tail_.pop_front();
}

std::optional<ConsoleFinding> ConsoleWatch::fatal() const {
  const auto found = std::ranges::find_if(
      findings_, [](const ConsoleFinding& finding) { return is_fatal_kind(finding.kind); });
  if (found == findings_.end()) return {};
  return *found;
}

std::string ConsoleWatch::tail() const {
  std::string text;
  for (const std::string& line : tail_) text += line + "\n";
  return text;
}

}  // namespace luolab
