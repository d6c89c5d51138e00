// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/protocol/kernel_spec.h"

namespace luolab {

/// One option that a fragment asks for: "CONFIG_X" with the value "y"; the value "n" is
/// "# CONFIG_X is not set".
struct ConfigRequest {
  std::string option;
  std::string value;
  std::string fragment;
  friend bool operator==(const ConfigRequest&, const ConfigRequest&) = default;
};

/// What the fragments ask for together; of two requests for one option the later one counts.
/// Fault::scenario with fragment and line for a line that is neither a setting, "# CONFIG_X is not
/// set", a comment nor empty.
Result<std::vector<ConfigRequest>> requests_of(const std::vector<Fragment>& fragments);

/// The text to append to tinyconfig's .config.
std::string config_text(const std::vector<ConfigRequest>& requests);

/// The requests that `config` (a final .config) does not fulfil: kconfig drops an option whose
/// dependencies are not met without a word.
std::vector<ConfigRequest> unfulfilled(const std::vector<ConfigRequest>& requests,
                                       std::string_view config);

/// "CONFIG_X=y (fragment qemu-x86_64; is not set)" per line.
std::string describe(const std::vector<ConfigRequest>& missing, std::string_view config);

}  // namespace luolab
