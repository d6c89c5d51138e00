// SPDX-License-Identifier: Apache-2.0
// The layering of docs/architecture.md, held against every #include of the tree.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace luolab {
namespace {

namespace fs = std::filesystem;

using Rooms = std::map<std::string, std::set<std::string>>;

/// Room -> rooms that it may include, besides itself.
const Rooms kAllowed{
    {"core/base", {}},
    {"core/wire", {}},
    {"core/async", {"core/base"}},
    {"core/http", {"core/base", "core/async"}},
    {"core/protocol", {"core/base"}},
    {"kernel-patches", {"core/base", "core/protocol"}},
    {"scenarios", {"core/base", "core/protocol", "kernel-patches"}},
    {"db", {"core/base", "core/protocol"}},
    {"controller",
     {"core/base", "core/async", "core/http", "core/protocol", "kernel-patches", "scenarios", "db"}},
    {"worker",
     {"core/base", "core/wire", "core/async", "core/http", "core/protocol", "kernel-patches"}},
    {"agent", {"core/wire"}},
    {"cli",
     {"core/base", "core/wire", "core/async", "core/http", "core/protocol", "kernel-patches",
      "scenarios", "db", "controller", "worker"}},
};

/// The room that a path from the root lies in; empty where it is none of ours.
std::string room_of(const std::string& path) {
  for (const auto& [room, allowed] : kAllowed) {
    if (path.starts_with(room + "/")) return room;
  }
  return {};
}

std::vector<std::string> quoted_includes(std::istream& source) {
  std::vector<std::string> includes;
  constexpr std::string_view kDirective = "#include \"";
  for (std::string line; std::getline(source, line);) {
    const auto at = line.find(kDirective);
    if (at == std::string::npos) continue;
    const auto start = at + kDirective.size();
    includes.push_back(line.substr(start, line.find('"', start) - start));
  }
  return includes;
}

/// "worker/x.h may not include db/store.h", one for each.
std::vector<std::string> violations(const fs::path& root, const Rooms& allowed) {
  std::vector<std::string> found;
  for (const auto& [room, others] : allowed) {
    if (!fs::exists(root / room)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / room)) {
      const std::string extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      const std::string file = fs::relative(entry.path(), root);
      std::ifstream source(entry.path());
      for (const std::string& include : quoted_includes(source)) {
        const std::string target = room_of(include);
        const bool outside =
            target.empty() && (include.starts_with("tests/") || include.starts_with("core/"));
        if (outside || (!target.empty() && target != room && !others.contains(target))) {
          found.push_back(file + " may not include " + include);
        }
      }
    }
  }
  return found;
}

TEST(Layering, NoRoomIncludesWhatTheArchitectureForbids) {
  for (const std::string& violation : violations(LUOLAB_SOURCE_DIR, kAllowed))
    ADD_FAILURE() << violation;
}

TEST(Layering, AForbiddenIncludeIsNoticed) {
  Rooms stricter = kAllowed;
  stricter["cli"].erase("db");
  EXPECT_FALSE(violations(LUOLAB_SOURCE_DIR, stricter).empty());
}

TEST(Layering, EveryRoomOfTheTableIsThere) {
  for (const auto& [room, allowed] : kAllowed)
    EXPECT_TRUE(fs::is_directory(fs::path(LUOLAB_SOURCE_DIR) / room)) << room;
}

}  // namespace
}  // namespace luolab
