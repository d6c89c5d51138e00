// SPDX-License-Identifier: Apache-2.0
#include "worker/target/remote_command.h"

#include "core/base/shell_word.h"

namespace luolab {

std::string as_root(bool sudo, std::string_view command) {
  return sudo ? "sudo -n sh -c " + shell_word(command) : std::string(command);
}

}  // namespace luolab
