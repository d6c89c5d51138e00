// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "core/base/places.h"

namespace luolab {

/// Exit codes that all commands share (docs/cli.md).
enum ExitCode : int {
  kExitPass = 0,
  kExitFail = 1,
  kExitLab = 2,
  kExitSkip = 4,
  kExitUsage = 64,
  kExitInterrupted = 130,
};

/// What every subcommand gets. Lives in main(), outlives the parsing.
struct CommandContext {
  std::string state_flag;    ///< --state
  std::string cache_flag;    ///< --cache
  std::string command_line;  ///< as the user gave it, words quoted where the shell needs it
  int exit_code = kExitPass;

  Places places() const { return find_places(state_flag, cache_flag); }
};

// One file per subcommand; each adds itself and sets `context.exit_code` when it is run.
// Results asked for go to standard output, words for people to standard error.
void add_run_command(CLI::App& root, CommandContext& context);
void add_lint_command(CLI::App& root, CommandContext& context);
void add_kernel_command(CLI::App& root, CommandContext& context);
void add_list_command(CLI::App& root, CommandContext& context);
void add_show_command(CLI::App& root, CommandContext& context);
void add_export_command(CLI::App& root, CommandContext& context);
void add_bisect_command(CLI::App& root, CommandContext& context);
void add_gate_command(CLI::App& root, CommandContext& context);
void add_mutants_command(CLI::App& root, CommandContext& context);
void add_controller_command(CLI::App& root, CommandContext& context);
void add_submit_command(CLI::App& root, CommandContext& context);
void add_watch_command(CLI::App& root, CommandContext& context);
void add_cancel_command(CLI::App& root, CommandContext& context);
void add_retry_command(CLI::App& root, CommandContext& context);
void add_fleet_command(CLI::App& root, CommandContext& context);
void add_token_command(CLI::App& root, CommandContext& context);
void add_backup_command(CLI::App& root, CommandContext& context);
void add_worker_command(CLI::App& root, CommandContext& context);
void add_target_command(CLI::App& root, CommandContext& context);
void add_doctor_command(CLI::App& root, CommandContext& context);

}  // namespace luolab
