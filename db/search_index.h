// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "db/search_hit.h"
#include "db/sqlite.h"

namespace luolab {

// Rows of the table `search` have ids that say of what: the kind << 48, plus the id of that.

inline constexpr std::int64_t kSearchRows = std::int64_t{1} << 48;

inline constexpr std::int64_t search_row(SearchKind kind, std::int64_t id) {
  return (static_cast<std::int64_t>(kind) + 1) * kSearchRows + id;
}

enum class WordMatch { whole, beginning };

/// What FTS5 is asked for what a person typed: all of its words, whatever else stands between them.
/// Empty where there is no word in it.
std::string search_words(std::string_view text, WordMatch match);

/// Makes the console excerpts of an attempt found. Belongs into the caller's transaction.
void index_findings(Database& database, std::int64_t attempt, std::string_view excerpts);

}  // namespace luolab
