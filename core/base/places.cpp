// SPDX-License-Identifier: Apache-2.0
#include "core/base/places.h"

#include <cstdlib>

namespace luolab {
namespace {

namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

fs::path home() {
  const std::string home = variable("HOME");
  return home.empty() ? fs::temp_directory_path() : fs::path(home);
}

fs::path choose(const std::string& flag, const char* own, const char* xdg, const char* below_home) {
  if (!flag.empty()) return fs::absolute(flag);
  if (const std::string value = variable(own); !value.empty()) return fs::absolute(value);
  // The specification asks to ignore relative paths.
  if (const fs::path value = variable(xdg); value.is_absolute()) return value / "luolab";
  return home() / below_home / "luolab";
}

fs::path executable_folder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::current_path() : self.parent_path();
}

fs::path first_that_exists(std::initializer_list<fs::path> candidates) {
  for (const fs::path& candidate : candidates) {
    if (!candidate.empty() && fs::exists(candidate)) return candidate;
  }
  return *candidates.begin();
}

}  // namespace

Places find_places(const std::string& state_flag, const std::string& cache_flag) {
  const fs::path here = executable_folder();
  Places places;
  places.state = choose(state_flag, "LUOLAB_STATE", "XDG_STATE_HOME", ".local/state");
  places.cache = choose(cache_flag, "LUOLAB_CACHE", "XDG_CACHE_HOME", ".cache");
  places.data = variable("LUOLAB_DATA");
  if (places.data.empty()) {
    places.data =
        first_that_exists({here.parent_path() / "share/luolab", fs::path(LUOLAB_SOURCE_DIR)});
  }
  places.agent = variable("LUOLAB_AGENT");
  if (places.agent.empty()) {
    places.agent =
        first_that_exists({here / "luolab-agent", here.parent_path() / "agent/luolab-agent",
                           here.parent_path() / "lib/luolab/luolab-agent"});
  }
  return places;
}

}  // namespace luolab
