// SPDX-License-Identifier: Apache-2.0
#include "scenarios/load_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/base/quantity.h"
#include "scenarios/map_reader.h"
#include "scenarios/memfd_reader.h"

namespace luolab {
namespace {

constexpr std::uint64_t kMostRequests = 1000;  // a second: what the worker's clock can tell apart
constexpr std::uint64_t kMostSteps = 1'000'000'000;  // a second
constexpr std::uint64_t kMostLoads = 32;
constexpr std::uint64_t kLeastLeft = std::uint64_t{32} << 20;

std::vector<std::string_view> keys_of(LoadKind kind) {
  switch (kind) {
    case LoadKind::memory_writer:
    case LoadKind::memory_reader:
      return {"kind", "until", "rate", "memfd", "threads", "pinned", "order"};
    case LoadKind::pressure:
      return {"kind", "until", "rate", "leave"};
    case LoadKind::echo:
      return {"kind", "until", "rate"};
    case LoadKind::exec:
      return {"kind", "until", "rate", "file", "args"};
    case LoadKind::cpu:
    case LoadKind::fork:
    case LoadKind::io:
    case LoadKind::sessions:
      break;
  }
  return {"kind", "until", "rate", "threads", "pinned"};
}

/// Read first, since it decides which keys there may be.
std::optional<LoadKind> read_kind_of(const Field& field) {
  if (!field.node().is_map()) {
    field.report(fmt::format("a map is expected here, found {}", kind_name(field.node())));
    return {};
  }
  const YamlNode* const kind = field.node().find("kind");
  if (kind == nullptr) field.report("\"kind\" is missing");
  return Field(kind, child_path(field.path(), "kind"), field.problems())
      .enumerator<LoadKind>("kind of load");
}

bool is_of_memory(LoadKind kind) {
  return kind == LoadKind::memory_writer || kind == LoadKind::memory_reader;
}

std::optional<std::uint64_t> parse_rate(std::string_view text) {
  std::uint64_t rate = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, rate);
  const bool right = error == std::errc{} && std::string_view(stop, end) == "/s";
  return right && rate > 0 && rate <= kMostSteps ? std::optional(rate) : std::nullopt;
}

std::uint64_t read_rate(const Field& field) {
  // Not by Field::text, which would ask to put a bare number in quotes.
  const bool plain =
      field && field.node().is_scalar() && field.node().text.find("${") == std::string::npos;
  if (!plain) {
    field.text();  // reports what is no scalar
    return 0;
  }
  const auto rate = parse_rate(field.node().text);
  if (!rate) {
    field.report(fmt::format("{} is not a rate (try 1000/s; without it, as fast as it can)",
                             in_quotes(field.node().text)));
  }
  return rate.value_or(0);
}

std::string read_program(const Field& field) {
  const auto path = field.text();
  if (!path) return {};
  if (path->starts_with('/')) return *path;
  field.report(
      fmt::format("{} does not begin with \"/\" (a static program, by its path on the "
                  "worker)",
                  in_quotes(*path)));
  return {};
}

std::vector<std::string> read_arguments(const Field& list) {
  std::vector<std::string> words;
  for (const Field& item : list.items()) {
    if (auto word = item.text()) words.push_back(std::move(*word));
  }
  return words;
}

const MemfdSpec* find_memfd(const std::vector<SessionSpec>& sessions, const std::string& title) {
  for (const SessionSpec& session : sessions) {
    for (const MemfdSpec& memfd : session.memfds) {
      if (memfd_title(session, memfd) == title) return &memfd;
    }
  }
  return nullptr;
}

bool is_sealed_against_writing(const MemfdSpec& memfd) {
  return std::ranges::any_of(
      memfd.seals, [](Seal seal) { return seal == Seal::write || seal == Seal::future_write; });
}

/// Why a memfd can't be under this load; empty: it can.
std::string memfd_problem(const MemfdSpec& memfd, const LoadSpec& load) {
  const std::string name = in_quotes(load.memfd);
  if (memfd.pattern != Pattern::records) return name + " needs pattern: records";
  if (memfd.hole_period != 0 || !memfd.fallocated.empty())
    return name + " has pages that are not written: neither holes nor fallocated go with load";
  if (load.kind == LoadKind::memory_writer && is_sealed_against_writing(memfd))
    return name + " is sealed against writing";
  if (memfd.size_bytes / kPageBytes < load.threads)
    return fmt::format("{} has fewer pages than the load has threads, {}", name, load.threads);
  return {};
}

LoadSpec read_kind(const MapReader& map, LoadKind kind) {
  constexpr std::array<std::string_view, 1> kUntil{"kexec"};
  map["until"].choice("end of a load", kUntil);
  LoadSpec load{.kind = kind};
  load.threads = static_cast<std::uint32_t>(map["threads"].number(1, kMostThreads).value_or(1));
  load.pinned = map["pinned"].boolean().value_or(false);
  load.rate = read_rate(map["rate"]);
  load.order = map["order"].enumerator<PageOrder>("order").value_or(load.order);
  load.leave_bytes = map["leave"].size_bytes().value_or(load.leave_bytes);
  load.args = read_arguments(map["args"]);
  if (kind == LoadKind::exec) load.file = read_program(map.required("file"));
  if (is_of_memory(kind)) load.memfd = map.required("memfd").text().value_or("");
  return load;
}

/// What only the loads of a scenario together show.
class LoadList {
 public:
  explicit LoadList(const std::vector<SessionSpec>& sessions) : sessions_(sessions) {}

  void add(const Field& field) {
    const auto kind = read_kind_of(field);
    if (!kind) return;
    const MapReader map(field, keys_of(*kind));
    LoadSpec load = read_kind(map, *kind);
    check_memfd(map["memfd"], load);
    check_figures(map, load);
    loads_.push_back(std::move(load));
  }
  std::vector<LoadSpec> take() { return std::move(loads_); }

 private:
  void check_memfd(const Field& field, const LoadSpec& load) {
    if (load.memfd.empty()) return;
    const MemfdSpec* const memfd = find_memfd(sessions_, load.memfd);
    if (memfd == nullptr) {
      field.report(
          fmt::format("{} is no memfd of this scenario (SESSION/MEMFD)", in_quotes(load.memfd)));
    } else if (const std::string problem = memfd_problem(*memfd, load); !problem.empty()) {
      field.report(problem);
    } else if (load.kind == LoadKind::memory_writer && !written_.insert(load.memfd).second) {
      field.report(fmt::format("{} is written by another load (give that one more threads)",
                               in_quotes(load.memfd)));
    }
  }
  void check_figures(const MapReader& map, LoadSpec& load) {
    if (load.kind == LoadKind::pressure && load.leave_bytes < kLeastLeft) {
      map["leave"].report(fmt::format("{} is too little for the agent to go on ({} is the least)",
                                      format_size(load.leave_bytes), format_size(kLeastLeft)));
    }
    if (load.kind != LoadKind::echo) return;
    if (load.rate == 0) load.rate = kMostRequests;
    if (load.rate > kMostRequests) {
      map["rate"].report(
          fmt::format("{} requests a second; {} are the most", load.rate, kMostRequests));
    }
    if (std::exchange(has_echo_, true)) map["kind"].report("there is an echo load already");
  }

  const std::vector<SessionSpec>& sessions_;
  std::vector<LoadSpec> loads_;
  std::set<std::string> written_;
  bool has_echo_ = false;
};

}  // namespace

std::vector<LoadSpec> read_load(const Field& field, const std::vector<SessionSpec>& sessions) {
  LoadList loads(sessions);
  const std::vector<Field> items = field.items();
  for (const Field& item : items) loads.add(item);
  if (field && field.node().is_sequence() && (items.empty() || items.size() > kMostLoads)) {
    field.report(fmt::format("{} loads; a list of them has 1 to {}", items.size(), kMostLoads));
  }
  return loads.take();
}

}  // namespace luolab
