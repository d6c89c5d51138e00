// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/page_map.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace luolab {
namespace {

namespace json = boost::json;

constexpr std::array<PageState, kPageStates> kAllStates{
    PageState::whole, PageState::torn,    PageState::lost,       PageState::foreign,
    PageState::stale, PageState::corrupt, PageState::unexamined, PageState::unchecked};

json::object to_json(const MemfdPages& memfd) {
  json::object object{{"hop", memfd.hop},
                      {"memfd", memfd.memfd},
                      {"look", memfd.look},
                      {"pattern", memfd.pattern},
                      {"size_bytes", memfd.size_bytes}};
  if (memfd.hole_period != 0) {
    object["hole_pages"] = memfd.hole_pages;
    object["hole_period"] = memfd.hole_period;
  }
  if (memfd.actual_bytes) object["actual_bytes"] = *memfd.actual_bytes;
  object["states"] = memfd.states.text();
  return object;
}

json::object to_json(const PageEnds& ends) { return {{"head", ends.head}, {"tail", ends.tail}}; }

json::object to_json(const PageOrigin& origin) {
  json::object object{{"memfd", origin.memfd}, {"page", origin.page}};
  if (origin.generation) {
    object["generation"] = *origin.generation;
    object["writer"] = origin.writer;
  }
  object["identical"] = origin.identical;
  return object;
}

json::object to_json(const BadPage& bad) {
  json::object object{{"entry", bad.entry},
                      {"page", bad.page},
                      {"state", std::string(1, page_state_letter(bad.state))},
                      {"seems", bad.seems},
                      {"expected", to_json(bad.expected)}};
  if (bad.actual) object["actual"] = to_json(*bad.actual);
  if (bad.wanted) object["wanted"] = to_json(*bad.wanted);
  if (bad.found) object["found"] = to_json(*bad.found);
  if (bad.first_difference_byte) object["first_difference_byte"] = *bad.first_difference_byte;
  if (bad.different_words) object["different_words"] = *bad.different_words;
  return object;
}

template <class T>
json::array list(const std::vector<T>& things) {
  json::array array;
  array.reserve(things.size());
  for (const T& thing : things) array.push_back(to_json(thing));
  return array;
}

}  // namespace

char page_state_letter(PageState state) { return "WTLFSCXU"[static_cast<std::size_t>(state)]; }

std::string_view page_state_name(PageState state) {
  constexpr std::array<std::string_view, kPageStates> kNames{
      "whole", "torn", "lost", "foreign", "stale", "corrupt", "unexamined", "unchecked"};
  return kNames[static_cast<std::size_t>(state)];
}

bool is_bad(PageState state) {
  return state != PageState::whole && state != PageState::torn && state != PageState::unchecked;
}

void PageStates::add(PageState state, std::uint64_t pages) {
  if (pages == 0) return;
  counts_[static_cast<std::size_t>(state)] += pages;
  if (!runs_.empty() && runs_.back().state == state) {
    runs_.back().pages += pages;
  } else {
    runs_.push_back({state, pages});
  }
}

std::uint64_t PageStates::bad_pages() const {
  std::uint64_t pages = 0;
  for (const PageState state : kAllStates) pages += is_bad(state) ? count(state) : 0;
  return pages;
}

std::optional<std::uint64_t> PageStates::first_bad_page() const {
  std::uint64_t page = 0;
  for (const Run& run : runs_) {
    if (is_bad(run.state)) return page;
    page += run.pages;
  }
  return {};
}

std::string PageStates::text() const {
  std::string text;
  for (const Run& run : runs_) {
    text += page_state_letter(run.state);
    if (run.pages > 1) text += std::to_string(run.pages);
  }
  return text;
}

std::string to_text(const PageMap& map) {
  const json::object object{{"schema", kPageMapSchema},
                            {"page_bytes", 4096},
                            {"memfds", list(map.memfds)},
                            {"bad", list(map.bad)},
                            {"bad_left_out", map.bad_left_out}};
  return json::serialize(object) + "\n";
}

std::string bad_pages_in_words(const PageStates& states) {
  std::string words;
  for (const PageState state : kAllStates) {
    const std::uint64_t pages = states.count(state);
    if (!is_bad(state) || pages == 0) continue;
    words += words.empty() ? fmt::format("{} page{} ", pages, pages == 1 ? "" : "s")
                           : fmt::format(", {} ", pages);
    words += page_state_name(state);
  }
  if (const auto first = states.first_bad_page()) {
    words += fmt::format("; first at page {}", *first);
  }
  return words;
}

}  // namespace luolab
