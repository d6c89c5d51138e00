// SPDX-License-Identifier: Apache-2.0
#include "controller/access/token.h"

#include <iostream>
#include <memory>

#include <fmt/format.h>

#include "cli/command.h"
#include "db/event_writer.h"
#include "db/store.h"

namespace luolab {
namespace {

struct TokenFlags {
  std::string role;
  std::string name;
  int days = 0;
  std::int64_t id = 0;
};

/// The store of this machine's controller; tokens are made where it is, and take effect at once.
int with_store(const Places& places, const std::function<int(Store&)>& work) {
  auto store = Store::open(store_file(places.state));
  if (!store) {
    std::cerr << store.error().what << '\n';
    return kExitLab;
  }
  return work(*store);
}

int create(Store& store, const TokenFlags& flags) {
  const std::string secret = new_token();
  NewToken token{flags.name.empty() ? flags.role : flags.name,
                 *parse_role(flags.role),
                 token_digest(secret),
                 {}};
  if (flags.days > 0) token.expires = now() + std::chrono::hours{24 * flags.days};
  const TokenId id = store.add_token(token);
  std::cerr << fmt::format(
      "Token {} of role {}. This is the only time it is shown; keep it in a file of mode 600.\n",
      id.value, flags.role);
  std::cout << secret << '\n';
  return kExitPass;
}

std::string state_of(const TokenRow& token) {
  if (token.revoked) return "revoked " + time_text(*token.revoked);
  if (!token.expires) return "valid";
  return (token.valid(now()) ? "until " : "expired ") + time_text(*token.expires);
}

int list(Store& store) {
  const auto tokens = store.tokens();
  if (tokens.empty()) {
    std::cerr
        << "There is no token yet: luolab token create --role admin > ~/.luolab-admin-token\n";
    return kExitPass;
  }
  for (const TokenRow& token : tokens) {
    std::cout << fmt::format("{:>4}  {:<7} {:<24} created {}  {}\n", token.id.value,
                             role_name(token.role), token.name, time_text(token.created),
                             state_of(token));
  }
  return kExitPass;
}

int revoke(Store& store, const TokenFlags& flags) {
  if (store.revoke_token(TokenId{flags.id})) {
    std::cerr << fmt::format("Token {} is good for nothing any more.\n", flags.id);
    return kExitPass;
  }
  std::cerr << fmt::format("There is no valid token {} (luolab token list)\n", flags.id);
  return kExitUsage;
}

}  // namespace

void add_token_command(CLI::App& root, CommandContext& context) {
  const auto flags = std::make_shared<TokenFlags>();
  CLI::App* token =
      root.add_subcommand("token", "Who may use this machine's controller (in its --state folder)");
  token->require_subcommand(1);
  CLI::App* made = token->add_subcommand("create", "Makes a token; only its hash is kept");
  made->add_option("--role", flags->role, "read, submit, worker or admin")
      ->required()
      ->check(CLI::IsMember({"read", "submit", "worker", "admin"}));
  made->add_option("--name", flags->name, "For people: whose it is");
  made->add_option("--days", flags->days, "It expires after so many")->check(CLI::Range(1, 36500));
  made->callback([flags, &context] {
    context.exit_code =
        with_store(context.places(), [&](Store& store) { return create(store, *flags); });
  });
  token->add_subcommand("list", "Tokens, without their secrets")->callback([&context] {
    context.exit_code = with_store(context.places(), list);
  });
  CLI::App* revoked = token->add_subcommand("revoke", "Takes effect at once");
  revoked->add_option("ID", flags->id, "Of luolab token list")->required();
  revoked->callback([flags, &context] {
    context.exit_code =
        with_store(context.places(), [&](Store& store) { return revoke(store, *flags); });
  });
}

}  // namespace luolab
