// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/metadata.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "core/base/sha256.h"

namespace luolab {
namespace {

KernelSpec kernel() {
  KernelSpec spec;
  spec.base.name = "dir:/home/my linux";
  spec.base.kind = BaseKind::dir;
  spec.series = {{"topic", {{"0001-a.patch", "A"}}}};
  spec.fragments = {{"liveupdate", "CONFIG_X=y\n"}};
  return spec;
}

TEST(Metadata, TheReproducerIsQuotedForAShell) {
  EXPECT_EQ(reproducer_of(kernel()),
            "luolab kernel build --base 'dir:/home/my linux' --series topic --fragment liveupdate");
}

TEST(Metadata, TellsOfEverySourceWithItsDigest) {
  const KernelSpec spec = kernel();
  BuildStory story;
  story.kernel = &spec;
  story.record.digest = "key";
  story.base.digest = "content";
  story.ingredients = BuildIngredients::of(spec, "content", {"gcc 12", "ld 2"});
  story.grown_from = "older";
  story.duration = std::chrono::milliseconds{8500};
  const auto json = metadata_of(story);
  EXPECT_EQ(json.at("version"), 1);
  EXPECT_EQ(json.at("base").at("kind").as_string(), "dir");
  EXPECT_EQ(json.at("base").at("content").as_string(), "content");
  EXPECT_EQ(json.at("patches").at(0).at("sha256").as_string(), sha256_of("A"));
  EXPECT_EQ(json.at("fragments").at(0).at("name").as_string(), "liveupdate");
  EXPECT_EQ(json.at("compiler").as_string(), "gcc 12");
  EXPECT_EQ(json.at("grown_from").as_string(), "older");
  EXPECT_EQ(json.at("duration_seconds").as_double(), 8.5);
}

TEST(Metadata, ABuildFromNothingGrewOutOfNone) {
  const KernelSpec spec = kernel();
  BuildStory story;
  story.kernel = &spec;
  EXPECT_TRUE(metadata_of(story).at("grown_from").is_null());
}

}  // namespace
}  // namespace luolab
