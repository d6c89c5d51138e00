// SPDX-License-Identifier: Apache-2.0
#include "worker/fleet/worker_layout.h"

#include <algorithm>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "worker/fleet/worker_unit_text.h"

namespace luolab {
namespace {

bool is_plain_path(const std::string& path) {
  return path.size() > 1 && path.front() == '/' && path.back() != '/' &&
         path.find("//") == path.npos && (path + "/").find("/../") == path.npos &&
         (path + "/").find("/./") == path.npos && std::ranges::all_of(path, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-' || c == '/';
         });
}

void replace_all(std::string& text, std::string_view old, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(old, at)) != text.npos; at += by.size())
    text.replace(at, old.size(), by);
}

}  // namespace

std::vector<std::string> WorkerLayout::folders() const {
  std::set<std::string> above;
  for (const std::string& path : {program, agent, data, unit, record, options, state}) {
    for (auto slash = path.rfind('/'); slash != 0; slash = path.rfind('/', slash - 1))
      above.insert(path.substr(0, slash));
  }
  return {above.begin(), above.end()};  // a folder is sorted before what is in it
}

Result<WorkerLayout> worker_layout(const std::string& prefix) {
  if (!is_plain_path(prefix)) {
    return scenario_error(fmt::format(
        "\"{}\" is no prefix: an absolute path of letters, digits and . _ - (try /usr/local)",
        prefix));
  }
  WorkerLayout layout;
  layout.prefix = prefix;
  layout.standard = prefix == "/usr/local" || prefix == "/usr";
  const std::string top = layout.standard ? "" : prefix;
  layout.program = prefix + "/bin/luolab";
  layout.agent = prefix + "/lib/luolab/luolab-agent";
  layout.data = prefix + "/share/luolab";
  layout.unit = prefix + "/lib/systemd/system/" + std::string(kWorkerUnit);
  layout.record = prefix + "/lib/luolab/fleet-made";
  layout.config = top + "/etc/luolab";
  layout.options = layout.config + "/worker.env";
  layout.token = layout.config + "/worker.token";
  layout.authority = layout.config + "/worker-authority.pem";
  layout.state = top + "/var/lib/luolab-worker";
  return layout;
}

std::string worker_unit(const WorkerLayout& layout, std::string_view user) {
  std::string text(kWorkerUnitText);
  replace_all(text, "@LUOLAB_PREFIX@", layout.prefix);
  replace_all(text, "User=luolab-worker", fmt::format("User={}", user));
  replace_all(text, "Group=luolab-worker\n", "");  // the user's own group
  if (layout.standard) return text;
  replace_all(text, "/etc/luolab/", layout.config + "/");
  replace_all(text, "%S/luolab-worker", layout.state);
  replace_all(text, "StateDirectory=luolab-worker\nStateDirectoryMode=0700\n",
              fmt::format("ReadWritePaths={}\n", layout.state));
  return text;
}

}  // namespace luolab
