// SPDX-License-Identifier: Apache-2.0
#include "scenarios/session_reader.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "scenarios/map_reader.h"
#include "scenarios/memfd_reader.h"

namespace luolab {
namespace {

constexpr std::size_t kLongestSessionName = 63;
/// The agent's own sessions: what it carries from kernel to kernel, and the journals of loads.
constexpr std::array<std::string_view, 2> kReservedSessions{"luolab", "luolab-load"};

bool can_stand_in_session_name(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte >= 0x20 && byte != 0x7F && character != '/';
}

std::optional<std::string> read_session_name(const Field& field) {
  const auto name = field.text();
  if (!name) return {};
  if (name->size() > kLongestSessionName) {
    field.report(fmt::format("{} has {} bytes; a session's name has 1 to {}", in_quotes(*name),
                             name->size(), kLongestSessionName));
  } else if (std::ranges::find(kReservedSessions, *name) != kReservedSessions.end()) {
    field.report(
        fmt::format("{} is the agent's own session (choose another name)", in_quotes(*name)));
  } else if (!std::all_of(name->begin(), name->end(), can_stand_in_session_name)) {
    field.report(fmt::format(
        "{} holds a '/' or a control character; memfds are named SESSION/MEMFD", in_quotes(*name)));
  } else {
    return name;
  }
  return {};
}

/// Collects the memfds of one session out of its entries; says the first that clashes of each
/// entry.
class MemfdList {
 public:
  void add(const Field& field, const MemfdEntry& entry) {
    for (std::uint64_t number = 0; number < entry.count && memfds_.size() < kMostMemfds; ++number) {
      MemfdSpec memfd = entry.memfd;
      if (entry.is_numbered) memfd.name += fmt::format("-{}", number);
      memfd.token = entry.token ? *entry.token + number : memfds_.size();
      const bool is_unique = check_name(field, memfd) && check_token(field, memfd);
      memfds_.push_back(std::move(memfd));
      if (!is_unique) return;
    }
  }
  std::vector<MemfdSpec> take() { return std::move(memfds_); }

 private:
  bool check_name(const Field& field, const MemfdSpec& memfd) {
    if (memfd.name.empty() || names_.insert(memfd.name).second) return true;
    field.report(fmt::format("the name {} is taken by another memfd of this session",
                             in_quotes(memfd.name)));
    return false;
  }
  bool check_token(const Field& field, const MemfdSpec& memfd) {
    const auto [taken, is_new] = tokens_.emplace(memfd.token, memfd.name);
    if (is_new) return true;
    field.report(
        fmt::format("token {} is taken by memfd {} of this session (the default is the index "
                    "in the session)",
                    memfd.token, in_quotes(taken->second)));
    return false;
  }

  std::vector<MemfdSpec> memfds_;
  std::set<std::string> names_;
  std::map<std::uint64_t, std::string> tokens_;
};

/// One entry of `sessions`, which `count` can make many of.
struct SessionEntry {
  SessionSpec session;
  std::uint64_t count = 1;
  bool is_numbered = false;
};

SessionEntry read_session(const Field& field) {
  const MapReader map(field, {"name", "count", "manual", "memfds"});
  MemfdList memfds;
  const Field list = map.required("memfds");
  for (const Field& item : list.items()) memfds.add(item, read_memfd(item));
  SessionEntry entry;
  entry.session = {read_session_name(map.required("name")).value_or(""), memfds.take(),
                   map["manual"].boolean().value_or(false)};
  entry.is_numbered = static_cast<bool>(map["count"]);
  entry.count = map["count"].number(1, kMostMemfds).value_or(1);
  const std::string last = fmt::format("{}-{}", entry.session.name, entry.count - 1);
  if (entry.is_numbered && last.size() > kLongestSessionName) {
    map["name"].report(fmt::format("{} is over {} bytes with its number (shorten the name)",
                                   in_quotes(last), kLongestSessionName));
  }
  if (list && list.node().is_sequence() && entry.session.memfds.empty()) {
    list.report("a session without memfds preserves nothing (add one, or leave the session away)");
  }
  return entry;
}

}  // namespace

std::vector<SessionSpec> read_sessions(const Field& field) {
  std::vector<SessionSpec> sessions;
  std::set<std::string> names;
  std::size_t memfds = 0;
  for (const Field& item : field.items()) {
    const SessionEntry entry = read_session(item);
    for (std::uint64_t number = 0; number < entry.count && memfds <= kMostMemfds; ++number) {
      SessionSpec session = entry.session;
      if (entry.is_numbered) session.name += fmt::format("-{}", number);
      memfds += std::max<std::size_t>(session.memfds.size(), 1);
      if (!entry.session.name.empty() && !names.insert(session.name).second) {
        item.report(
            fmt::format("the name {} is taken by another session", in_quotes(session.name)));
      }
      sessions.push_back(std::move(session));
    }
    if (memfds > kMostMemfds) {
      field.report(
          fmt::format("over {} memfds in all (use fewer, or several scenarios)", kMostMemfds));
      break;
    }
  }
  if (field && field.node().is_sequence() && sessions.empty()) field.report("the list is empty");
  return sessions;
}

}  // namespace luolab
