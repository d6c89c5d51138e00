// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <exception>
#include <iostream>
#include <string>
#include <string_view>

#include "cli/command.h"
#include "core/base/shell_word.h"

namespace {

std::string command_line_of(int argc, char** argv) {
  std::string line = "luolab";
  for (int i = 1; i < argc; ++i) line += " " + luolab::plain_shell_word(argv[i]);
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace luolab;
  ::signal(SIGPIPE, SIG_IGN);
  CommandContext context;
  context.command_line = command_line_of(argc, argv);
  CLI::App app{"luolab: does memory survive a kernel live update? It proves it.", "luolab"};
  app.set_version_flag("--version", LUOLAB_VERSION);
  app.add_option("--state", context.state_flag, "Where runs and evidence are kept (LUOLAB_STATE)");
  app.add_option("--cache", context.cache_flag,
                 "Where kernels and sources are kept (LUOLAB_CACHE)");
  app.require_subcommand(1);
  app.fallthrough();
  add_run_command(app, context);
  add_lint_command(app, context);
  add_kernel_command(app, context);
  add_list_command(app, context);
  add_show_command(app, context);
  add_export_command(app, context);
  add_gate_command(app, context);
  add_bisect_command(app, context);
  add_mutants_command(app, context);
  add_controller_command(app, context);
  add_submit_command(app, context);
  add_watch_command(app, context);
  add_cancel_command(app, context);
  add_retry_command(app, context);
  add_fleet_command(app, context);
  add_token_command(app, context);
  add_backup_command(app, context);
  add_worker_command(app, context);
  add_target_command(app, context);
  add_doctor_command(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitPass : kExitUsage;
  } catch (const std::exception& error) {
    std::cerr << "luolab: " << error.what() << '\n';
    return kExitLab;
  }
  return context.exit_code;
}
