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
     {"core/base", "core/async", "core/http", "core/protocol", "kernel-patches", "scenarios",
      "db"}},
    {"worker",
     {"core/base", "core/wire", "core/async", "core/http", "core/protocol", "kernel-patches"}},
    {"agent", {"core/wire"}},
    {"cli",
     {"core/base", "core/wire", "core/async", "core/http", "core/protocol", "kernel-patches",
      "scenarios", "db", "controller", "worker"}},
};

/// The folders of the controller, and which of each other they may include, besides themselves.
const Rooms kController{
    {"controller/access", {}},
    {"controller/console", {}},
    {"controller/events", {}},
    {"controller/scheduler", {}},
    {"controller/results", {}},
    {"controller/lab", {"controller/console", "controller/scheduler"}},
    {"controller/metrics", {"controller/lab"}},
    {"controller/statistics", {}},
    {"controller/gate",
     {"controller/events", "controller/lab", "controller/results", "controller/statistics"}},
    {"controller/gate_formats", {"controller/gate", "controller/results"}},
    // What is wrong with a submission is said in the API's words.
    {"controller/submit", {"controller/api"}},
    {"controller/api",
     {"controller/access", "controller/console", "controller/events", "controller/lab",
      "controller/metrics", "controller/results", "controller/submit", "controller/gate",
      "controller/gate_formats", "controller/statistics"}},
    {"controller/dashboard", {}},
    {"controller/service",
     {"controller/access", "controller/api", "controller/dashboard", "controller/gate", "controller/console",
      "controller/events", "controller/lab", "controller/metrics"}},
};

/// The room of the table that a path from the root lies in; empty where it is none of them.
std::string room_of(const std::string& path, const Rooms& rooms) {
  for (const auto& [room, allowed] : rooms) {
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

struct Include {
  std::string file;
  std::string what;
};

/// Every quoted include of the sources below a folder.
std::vector<Include> includes_below(const fs::path& root, const std::string& folder) {
  std::vector<Include> found;
  if (!fs::exists(root / folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    const std::string extension = entry.path().extension();
    if (extension != ".h" && extension != ".cpp") continue;
    std::ifstream source(entry.path());
    for (std::string& include : quoted_includes(source))
      found.push_back({fs::relative(entry.path(), root), std::move(include)});
  }
  return found;
}

/// "worker/x.h may not include db/store.h", one for each. Everything below `whole` must be in a
/// room of the table.
std::vector<std::string> violations(const fs::path& root, const Rooms& allowed,
                                    const std::string& whole) {
  std::vector<std::string> found;
  for (const auto& [room, others] : allowed) {
    for (const auto& [file, include] : includes_below(root, room)) {
      const std::string target = room_of(include, allowed);
      const bool outside =
          target.empty() && (include.starts_with("tests/") || include.starts_with(whole));
      if (outside || (!target.empty() && target != room && !others.contains(target)))
        found.push_back(file + " may not include " + include);
    }
  }
  return found;
}

/// The scheduler decides from plain values, so that it can be tested over any history.
bool is_plain_value(const std::string& include) {
  return include.starts_with("controller/scheduler/") || include.starts_with("core/base/") ||
         include.starts_with("core/protocol/") ||
         (include.starts_with("db/") && include.ends_with("record.h"));
}

TEST(Layering, NoRoomIncludesWhatTheArchitectureForbids) {
  for (const std::string& violation : violations(LUOLAB_SOURCE_DIR, kAllowed, "core/"))
    ADD_FAILURE() << violation;
}

TEST(Layering, AForbiddenIncludeIsNoticed) {
  Rooms stricter = kAllowed;
  stricter["cli"].erase("db");
  EXPECT_FALSE(violations(LUOLAB_SOURCE_DIR, stricter, "core/").empty());
}

TEST(Layering, TheFoldersOfTheControllerKeepTheirOrder) {
  for (const std::string& violation : violations(LUOLAB_SOURCE_DIR, kController, "controller/"))
    ADD_FAILURE() << violation;
}

TEST(Layering, EveryFolderOfTheControllerHasItsPlaceInTheOrder) {
  for (const auto& entry : fs::directory_iterator(fs::path(LUOLAB_SOURCE_DIR) / "controller")) {
    if (!entry.is_directory()) continue;
    EXPECT_TRUE(kController.contains("controller/" + entry.path().filename().string()))
        << entry.path();
  }
}

TEST(Layering, TheSchedulerKnowsOnlyPlainValues) {
  for (const auto& [file, include] : includes_below(LUOLAB_SOURCE_DIR, "controller/scheduler"))
    EXPECT_TRUE(is_plain_value(include)) << file << " includes " << include;
  EXPECT_FALSE(is_plain_value("db/store.h"));
  EXPECT_FALSE(is_plain_value("controller/lab/lab.h"));
}

TEST(Layering, EveryRoomOfTheTablesIsThere) {
  for (const Rooms& rooms : {kAllowed, kController}) {
    for (const auto& [room, allowed] : rooms)
      EXPECT_TRUE(fs::is_directory(fs::path(LUOLAB_SOURCE_DIR) / room)) << room;
  }
}

}  // namespace
}  // namespace luolab
