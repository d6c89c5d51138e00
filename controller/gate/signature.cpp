// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/signature.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "controller/results/job_facts.h"
#include "controller/results/safe_text.h"
#include "core/base/first_line.h"

namespace luolab {
namespace {

constexpr std::size_t kLongestText = 1200;

bool is_number_part(char letter) {
  return std::isxdigit(static_cast<unsigned char>(letter)) != 0 || letter == 'x';
}

/// "0xffffffff81234567", "1200", "4a": words that begin with a digit, and long hexadecimal ones.
bool varies(std::string_view word) {
  if (!std::ranges::all_of(word, is_number_part)) return false;
  return std::isdigit(static_cast<unsigned char>(word.front())) != 0 || word.size() >= 8;
}

bool is_word_letter(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

/// The text with each number written "N".
std::string without_numbers(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const auto end = std::ranges::find_if_not(text, is_word_letter);
    const auto length = static_cast<std::size_t>(end - text.begin());
    if (length == 0) {
      plain += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::string_view word = text.substr(0, length);
    plain += varies(word) ? "N" : word;
    text.remove_prefix(length);
  }
  return plain;
}

/// "[    1.234567] " and what the console's caller option adds before the message.
std::string_view without_stamp(std::string_view line) {
  while (line.starts_with("[")) {
    const auto end = line.find("] ");
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 2);
  }
  return line;
}

/// The line of the excerpt that names the trouble; excerpts begin with what came before it.
std::string_view headline(std::string_view excerpt) {
  constexpr std::array<std::string_view, 9> kSigns{"BUG:",   "WARNING:",   "Kernel panic",
                                                   "Oops",   "KASAN:",     "general protection",
                                                   "UBSAN:", "INFO: task", "watchdog:"};
  for (std::string_view rest = excerpt; !rest.empty();) {
    const std::string_view line = first_line(rest);
    for (const std::string_view sign : kSigns) {
      if (line.find(sign) != std::string_view::npos) return line;
    }
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  }
  return first_line(excerpt);
}

std::string shortened(std::string text) {
  if (text.size() <= kLongestText) return text;
  text.resize(kLongestText);
  return valid_utf8(text) + " ...";
}

bool holds(const Check& check) {
  return check.verdict != Verdict::FAIL && check.verdict != Verdict::ERROR &&
         check.verdict != Verdict::MISS;
}

}  // namespace

std::string failure_signature(const AttemptReport& report) {
  if (report.verdict != Verdict::FAIL) return {};
  if (!report.findings.empty()) {
    const ConsoleFinding& finding = report.findings.front();
    return "console: " + one_line(without_numbers(without_stamp(headline(finding.excerpt))));
  }
  const auto failed = std::ranges::find(report.checks, Verdict::FAIL, &Check::verdict);
  if (failed == report.checks.end()) return one_line(without_numbers(first_line(report.reason)));
  return one_line(failed->subject.empty() ? failed->name : failed->name + " " + failed->subject);
}

std::vector<GateEvidence> evidence_of(const AttemptReport& report, const std::string& job,
                                      std::size_t most) {
  std::vector<GateEvidence> evidence;
  for (const ConsoleFinding& finding : report.findings) {
    if (evidence.size() == most) return evidence;
    evidence.push_back({fmt::format("console of {} at byte {}", job, finding.offset_bytes),
                        shortened(printable_block(finding.excerpt))});
  }
  for (const Check& check : report.checks) {
    if (evidence.size() == most) return evidence;
    if (holds(check)) continue;
    evidence.push_back(
        {fmt::format("check {} {}of {}, {}", check.name,
                     check.subject.empty() ? "" : check.subject + " ", job, hop_title(check.hop)),
         shortened(printable_block(check.detail))});
  }
  return evidence;
}

}  // namespace luolab
