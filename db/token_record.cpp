// SPDX-License-Identifier: Apache-2.0
#include "db/token_record.h"

#include "db/column.h"
#include "db/digest_column.h"
#include "db/event_writer.h"
#include "db/store.h"

namespace luolab {
namespace {

TokenRow read_token(const Statement& row) {
  return {.id = TokenId{row.integer(0)},
          .name = row.text(1),
          .role = enum_column<TokenRole>(row, 2),
          .created = TimePoint{row.duration(3)},
          .expires = time_column(row, 4),
          .revoked = time_column(row, 5)};
}

}  // namespace

TokenId Store::add_token(const NewToken& token) {
  Transaction transaction(database_);
  const TimePoint time = now();
  database_
      .prepare(
          "INSERT INTO tokens (name, role, sha256, created_ns, expires_ns) "
          "VALUES (?1, ?2, ?3, ?4, nullif(?5, 0))")
      .run(token.name, enum_text(token.role), digest_value(token.sha256), time.time_since_epoch(),
           token.expires.value_or(TimePoint{}).time_since_epoch());
  const TokenId id{database_.last_row()};
  append_event(database_, time, {}, "token.created",
               {{"token", id.value}, {"name", token.name}, {"role", enum_text(token.role)}});
  transaction.commit();
  return id;
}

bool Store::revoke_token(TokenId token) {
  Transaction transaction(database_);
  const TimePoint time = now();
  database_.prepare("UPDATE tokens SET revoked_ns = ?2 WHERE id = ?1 AND revoked_ns IS NULL")
      .run(token.value, time.time_since_epoch());
  if (database_.changes() == 0) return false;
  append_event(database_, time, {}, "token.revoked", {{"token", token.value}});
  transaction.commit();
  return true;
}

std::vector<TokenRow> Store::tokens() const {
  Statement row = database_.prepare(
      "SELECT id, name, role, created_ns, expires_ns, revoked_ns FROM tokens ORDER BY id");
  std::vector<TokenRow> tokens;
  while (row.step()) tokens.push_back(read_token(row));
  return tokens;
}

std::optional<TokenRow> Store::find_token(std::string_view sha256) const {
  Statement row = database_.prepare(
      "SELECT id, name, role, created_ns, expires_ns, revoked_ns FROM tokens WHERE sha256 = ?1");
  row.start(digest_value(sha256));
  return row.step() ? std::optional(read_token(row)) : std::nullopt;
}

}  // namespace luolab
