// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "db/column.h"
#include "db/search_index.h"
#include "db/store.h"

namespace luolab {
namespace {

constexpr std::size_t kMostWords = 16;
constexpr std::size_t kLongestExcerpt = 4000;
constexpr std::size_t kLongestText = 200;

/// As FTS5's unicode61 sees it: what is not ASCII belongs to words.
bool is_word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Cut at a character, not in the middle of one.
std::string_view beginning(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return text.substr(0, most);
}

/// Whole words are found one by one, newest first; beginnings are all gathered before the first is
/// given, which takes long where there are many. So they are asked for only where few whole words
/// match.
std::vector<SearchHit> matches(const Database& database, SearchKind kind, std::string_view text,
                               std::size_t limit) {
  const std::string sql =
      fmt::format("SELECT rowid, text FROM {0} WHERE {0} MATCH ?1 ORDER BY rowid DESC LIMIT ?2",
                  search_table(kind));
  std::vector<SearchHit> hits;
  for (const WordMatch match : {WordMatch::whole, WordMatch::beginning}) {
    hits.clear();
    Statement row = database.prepare(sql);
    row.start(search_words(text, match), limit);
    while (row.step()) {
      hits.push_back({kind, row.integer(0), std::string(beginning(row.text(1), kLongestText))});
    }
    if (hits.size() >= limit) break;
  }
  return hits;
}

std::string lower(std::string_view text) {
  std::string low(text);
  for (char& c : low) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return low;
}

/// The words of what was typed, as they are compared.
std::vector<std::string> typed_words(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size() && words.size() < kMostWords;) {
    std::size_t end = at;
    while (end < text.size() && is_word_character(text[end])) ++end;
    if (end > at) words.push_back(lower(text.substr(at, end - at)));
    at = end + 1;
  }
  return words;
}

/// Of things of which there are few: rows of id and name, those kept in whose name every word is.
std::vector<SearchHit> look_through(const Database& database, SearchKind kind, const char* sql,
                                    std::string_view text, std::size_t limit) {
  const std::vector<std::string> words = typed_words(text);
  std::vector<SearchHit> hits;
  if (words.empty()) return hits;
  Statement row = database.prepare(sql);
  row.start();
  while (hits.size() < limit && row.step()) {
    const std::string name = lower(row.text(1));
    const bool all = std::ranges::all_of(
        words, [&](const std::string& word) { return name.find(word) != std::string::npos; });
    if (all)
      hits.push_back({kind, row.integer(0), std::string(beginning(row.text(1), kLongestText))});
  }
  return hits;
}

/// Bounded, whatever the store holds.
constexpr const char* kNewestGates = "SELECT id, title FROM gates ORDER BY id DESC LIMIT 5000";
/// From name to name along the index, without the jobs between them.
constexpr const char* kScenarios =
    "WITH RECURSIVE names (name) AS (SELECT min(scenario) FROM jobs UNION ALL "
    "SELECT (SELECT min(scenario) FROM jobs WHERE scenario > name) FROM names "
    "WHERE name IS NOT NULL LIMIT 2000) SELECT 0, name FROM names WHERE name IS NOT NULL";

}  // namespace

std::string_view search_table(SearchKind kind) {
  switch (kind) {
    case SearchKind::run:
      return "search_runs";
    case SearchKind::job:
      return "search_jobs";
    case SearchKind::reason:
      return "search_reasons";
    case SearchKind::finding:
      return "search_findings";
    case SearchKind::build:
      return "search_builds";
    case SearchKind::worker:
      return "search_workers";
    case SearchKind::gate:
    case SearchKind::scenario:
      break;  // few enough to be looked through
  }
  return {};
}

std::string search_words(std::string_view text, WordMatch match) {
  std::string words;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size() && count < kMostWords;) {
    std::size_t end = at;
    while (end < text.size() && is_word_character(text[end])) ++end;
    if (end > at) {
      words += fmt::format("{}\"{}\"{}", words.empty() ? "" : " AND ", text.substr(at, end - at),
                           match == WordMatch::beginning ? "*" : "");
      ++count;
    }
    at = end + 1;
  }
  return words;
}

void index_findings(Database& database, std::int64_t attempt, std::string_view excerpts) {
  database.prepare("INSERT OR REPLACE INTO search_findings (rowid, text) VALUES (?1, ?2)")
      .run(attempt, beginning(excerpts, kLongestExcerpt));
}

std::vector<SearchHit> Store::search(std::string_view text, std::size_t limit) const {
  std::vector<SearchHit> hits;
  if (search_words(text, WordMatch::whole).empty()) return hits;
  const Snapshot snapshot(database_);
  for (const SearchKind kind : {SearchKind::run, SearchKind::job, SearchKind::reason,
                                SearchKind::finding, SearchKind::build, SearchKind::worker}) {
    std::vector<SearchHit> found = matches(database_, kind, text, page_limit(limit));
    std::move(found.begin(), found.end(), std::back_inserter(hits));
  }
  for (const auto& [kind, sql] :
       {std::pair(SearchKind::gate, kNewestGates), std::pair(SearchKind::scenario, kScenarios)}) {
    std::vector<SearchHit> found = look_through(database_, kind, sql, text, page_limit(limit));
    std::move(found.begin(), found.end(), std::back_inserter(hits));
  }
  return hits;
}

}  // namespace luolab
