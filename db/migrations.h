// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/error.h"
#include "db/sqlite.h"

namespace luolab {

/// Marks a file as luolab's (PRAGMA application_id): "luol".
inline constexpr std::int64_t kApplicationId = 0x6c756f6c;

/// One step of the schema, from db/migrations/. Numbers start at 1 without gaps.
struct Migration {
  int number;
  std::string_view name;
  std::string_view sql;
};

/// All that this program knows, in order.
std::span<const Migration> known_migrations();

/// Fault::lab where the file belongs to another program, or to a luolab that knows more
/// migrations than these. Reads only.
Result<void> check_ownership(const Database& database, std::span<const Migration> migrations);

/// Brings the schema to the last of `migrations` in one transaction: all of them or none. Throws
/// SqliteError. The file must have passed check_ownership.
void migrate(Database& database, std::span<const Migration> migrations);

}  // namespace luolab
