// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace luolab {

/// Where luolab keeps things. State is what must not be lost (store, evidence); the cache can be
/// made again (bases, builds); data is what ships with luolab (bases, fragments, series, schema).
struct Places {
  std::filesystem::path state;
  std::filesystem::path cache;
  std::filesystem::path data;
  std::filesystem::path agent;  ///< the luolab-agent executable
};

/// From flags (empty: not given), then LUOLAB_STATE, LUOLAB_CACHE, LUOLAB_DATA, LUOLAB_AGENT, then
/// XDG_STATE_HOME and XDG_CACHE_HOME, then the home folder; data and agent are looked for beside
/// the executable, then where the build left them. Folders are not made here.
/// Source: XDG Base Directory Specification 0.8.
Places find_places(const std::string& state_flag, const std::string& cache_flag);

}  // namespace luolab
