// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace luolab {

/// The unit's name for systemctl.
inline constexpr std::string_view kWorkerUnit = "luolab-worker.service";
/// Whom a worker runs as where nobody says otherwise; made where it is missing.
inline constexpr std::string_view kWorkerUser = "luolab-worker";

/// Where a worker lies on a machine. Plain value; absolute paths of letters, digits and "._-/"
/// alone, so that they are words of a shell, of a unit and of an environment file as they stand.
struct WorkerLayout {
  std::string prefix;
  std::string program;
  std::string agent;
  std::string data;  ///< a folder
  std::string unit;
  std::string record;  ///< what was made for the worker: folders, the user, its token
  std::string config;  ///< a folder
  std::string options;
  std::string token;
  std::string authority;
  std::string state;     ///< a folder; the worker's own
  bool standard = true;  ///< configuration and state are in /etc and /var

  /// All folders above these, the upper ones first.
  std::vector<std::string> folders() const;
};

/// Below /usr/local and /usr the programs alone lie below the prefix; every other prefix holds
/// everything. Fault::scenario where `prefix` is no absolute path of those letters.
Result<WorkerLayout> worker_layout(const std::string& prefix);

/// luolab-worker.service for that layout and user. Pure.
std::string worker_unit(const WorkerLayout& layout, std::string_view user);

}  // namespace luolab
