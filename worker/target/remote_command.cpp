// SPDX-License-Identifier: Apache-2.0
#include "worker/target/remote_command.h"

namespace luolab {

std::string shell_word(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string as_root(bool sudo, std::string_view command) {
  return sudo ? "sudo -n sh -c " + shell_word(command) : std::string(command);
}

}  // namespace luolab
