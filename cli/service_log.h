// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "controller/service/service.h"

namespace luolab {

/// The controller's log on standard error, one line each: time, level, key=value words. Under
/// systemd, which stamps lines itself, without the time.
class StderrServiceLog final : public ServiceLog {
 public:
  StderrServiceLog();
  void info(const std::string& line) override;
  void warning(const std::string& line) override;
};

}  // namespace luolab
