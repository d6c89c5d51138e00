// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "db/search_hit.h"
#include "db/sqlite.h"

namespace luolab {

/// The table in which things of a kind are searched; its rowid is their id.
std::string_view search_table(SearchKind kind);

enum class WordMatch { whole, beginning };

/// What FTS5 is asked for what a person typed: all of its words, whatever else stands between them.
/// Empty where there is no word in it.
std::string search_words(std::string_view text, WordMatch match);

/// Makes the console excerpts of an attempt found. Belongs into the caller's transaction.
void index_findings(Database& database, std::int64_t attempt, std::string_view excerpts);

}  // namespace luolab
