// SPDX-License-Identifier: Apache-2.0
#include "core/base/places.h"

#include <cstdlib>
#include <map>
#include <optional>

#include <gtest/gtest.h>

namespace luolab {
namespace {

namespace fs = std::filesystem;

/// Sets the environment for one test and gives it back.
class PlacesTest : public testing::Test {
 protected:
  PlacesTest() {
    for (const char* name : {"HOME", "LUOLAB_STATE", "LUOLAB_CACHE", "LUOLAB_DATA", "LUOLAB_AGENT",
                             "XDG_STATE_HOME", "XDG_CACHE_HOME"}) {
      const char* value = std::getenv(name);
      before_[name] = value == nullptr ? std::nullopt : std::optional<std::string>(value);
      ::unsetenv(name);
    }
    set("HOME", "/home/somebody");
  }
  ~PlacesTest() override {
    for (const auto& [name, value] : before_) {
      value ? ::setenv(name.c_str(), value->c_str(), 1) : ::unsetenv(name.c_str());
    }
  }
  static void set(const char* name, const char* value) { ::setenv(name, value, 1); }

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

TEST_F(PlacesTest, AreBelowHomeByDefault) {
  const Places places = find_places("", "");
  EXPECT_EQ(places.state, "/home/somebody/.local/state/luolab");
  EXPECT_EQ(places.cache, "/home/somebody/.cache/luolab");
}

TEST_F(PlacesTest, FollowXdgOverHome) {
  set("XDG_STATE_HOME", "/xdg/state");
  set("XDG_CACHE_HOME", "/xdg/cache");
  EXPECT_EQ(find_places("", "").state, "/xdg/state/luolab");
  EXPECT_EQ(find_places("", "").cache, "/xdg/cache/luolab");
}

TEST_F(PlacesTest, IgnoreRelativeXdgPathsAsTheStandardAsks) {
  set("XDG_STATE_HOME", "relative");
  EXPECT_EQ(find_places("", "").state, "/home/somebody/.local/state/luolab");
}

TEST_F(PlacesTest, FollowOwnVariablesOverXdgAndFlagsOverAll) {
  set("XDG_STATE_HOME", "/xdg");
  set("LUOLAB_STATE", "/own");
  EXPECT_EQ(find_places("", "").state, "/own");
  EXPECT_EQ(find_places("/flag", "").state, "/flag");
}

TEST_F(PlacesTest, MakeAFlagAbsolute) {
  EXPECT_EQ(find_places("here", "").state, fs::current_path() / "here");
}

TEST_F(PlacesTest, TakeDataAndAgentFromTheEnvironment) {
  set("LUOLAB_DATA", "/data");
  set("LUOLAB_AGENT", "/agent");
  EXPECT_EQ(find_places("", "").data, "/data");
  EXPECT_EQ(find_places("", "").agent, "/agent");
}

TEST_F(PlacesTest, FindTheDataOfTheCheckout) {
  EXPECT_TRUE(fs::equivalent(find_places("", "").data, LUOLAB_SOURCE_DIR));
}

}  // namespace
}  // namespace luolab
