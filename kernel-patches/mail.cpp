// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/mail.h"

#include <algorithm>
#include <cctype>
#include <regex>

namespace luolab {
namespace {

constexpr std::string_view kBlanks = " \t\r";

bool is_separator(std::string_view line) {
  if (!line.starts_with("From ")) return false;
  static const std::regex form(R"(^From \S+.* \d{2}:\d{2}:\d{2} \d{4}\s*$)");
  return line.size() < 300 && std::regex_match(line.begin(), line.end(), form);
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

/// The header's value, continuation lines joined; empty where it is not there.
std::string header_of(std::string_view mail, std::string_view name) {
  std::string value;
  bool inside = false;
  while (!mail.empty()) {
    const std::size_t end = std::min(mail.find('\n'), mail.size());
    const std::string_view line = mail.substr(0, end);
    mail.remove_prefix(std::min(end + 1, mail.size()));
    if (trimmed(line).empty()) break;
    const bool folded = kBlanks.find(line.front()) != std::string_view::npos;
    if (inside && !folded) break;
    if (inside) value += " " + trimmed(line);
    if (!inside && line.size() > name.size() && line[name.size()] == ':' &&
        lower(std::string(line.substr(0, name.size()))) == name) {
      value = trimmed(line.substr(name.size() + 1));
      inside = true;
    }
  }
  return value;
}

void read_subject(Mail& mail) {
  std::string subject = header_of(mail.text, "subject");
  static const std::regex numbered(R"(\b(\d{1,4})/(\d{1,4})\])");
  std::smatch match;
  while (subject.starts_with("[")) {
    const std::size_t close = subject.find(']');
    if (close == std::string::npos) break;
    const std::string tag = subject.substr(0, close + 1);
    if (std::regex_search(tag, match, numbered)) {
      mail.number = static_cast<unsigned>(std::stoul(match[1]));
      mail.count = static_cast<unsigned>(std::stoul(match[2]));
    }
    subject = trimmed(subject.substr(close + 1));
  }
  mail.subject = subject;
}

Mail mail_of(std::string_view text) {
  Mail mail;
  mail.text = text;
  mail.encoding = lower(header_of(text, "content-transfer-encoding"));
  read_subject(mail);
  return mail;
}

}  // namespace

bool is_mbox(std::string_view text) { return is_separator(text.substr(0, text.find('\n'))); }

std::vector<Mail> split_mails(std::string_view text) {
  std::vector<Mail> mails;
  std::size_t start = 0;
  bool after_blank = true;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (at > start && after_blank && is_separator(line)) {
      mails.push_back(mail_of(text.substr(start, at - start)));
      start = at;
    }
    after_blank = line.empty() || line == "\r";
    at = end + 1;
  }
  if (start < text.size()) mails.push_back(mail_of(text.substr(start)));
  return mails;
}

}  // namespace luolab
