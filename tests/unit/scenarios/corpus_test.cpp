// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/scenarios/corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/scenarios/document.h"

namespace luolab {
namespace {

using testing::corpus;
using testing::CorpusFile;
using testing::shipped_scenarios;
using testing::small_catalog;

TEST(Corpus, GoodDocumentsAreTaken) {
  const auto files = corpus("good");
  EXPECT_GE(files.size(), 5U);
  const Catalog catalog = small_catalog();
  for (const CorpusFile& file : files) {
    EXPECT_EQ(to_string(load_scenarios(file.text, file.path.string(), &catalog).errors), "");
  }
}

TEST(Corpus, BadDocumentsAreRefusedInTheWordsThatTheyExpect) {
  const auto files = corpus("bad");
  EXPECT_GE(files.size(), 10U);
  const Catalog catalog = small_catalog();
  for (const CorpusFile& file : files) {
    std::vector<std::string> found;
    for (const Diagnostic& error : load_scenarios(file.text, "f", &catalog).errors) {
      found.push_back(to_string(error).substr(2));
    }
    EXPECT_EQ(found, file.errors) << file.path;
    EXPECT_FALSE(file.errors.empty()) << file.path << " expects no error";
  }
}

TEST(Library, ExpandsWithTheShippedCatalog) {
  const auto catalog = Catalog::load(LUOLAB_SOURCE_DIR);
  ASSERT_TRUE(catalog) << catalog.error().what;
  const auto files = shipped_scenarios();
  EXPECT_GE(files.size(), 6U);
  for (const CorpusFile& file : files) {
    const LoadResult loaded = load_scenarios(file.text, file.path.string());
    EXPECT_EQ(to_string(loaded.errors), "");
    for (const Scenario& scenario : loaded.scenarios) {
      EXPECT_EQ(to_string(expand(scenario, *catalog).errors), "");
    }
  }
}

const std::string kLicense = "# SPDX-License-Identifier: Apache-2.0\n";

TEST(Library, NamesAScenarioAfterItsFileAndSaysWhatItIsFor) {
  for (const CorpusFile& file : shipped_scenarios()) {
    const LoadResult loaded = load_scenarios(file.text, file.path.string());
    ASSERT_EQ(loaded.scenarios.size(), 1U) << file.path;
    EXPECT_EQ(loaded.scenarios[0].name, file.path.stem());
    EXPECT_NE(loaded.scenarios[0].summary, "") << file.path;
    const bool says = file.text.starts_with(kLicense + "# If this fails") ||
                      file.text.starts_with(kLicense + "# Ends in") ||
                      file.text.find("\nbroken: ") != std::string::npos;
    EXPECT_TRUE(says) << file.path << " does not say what it means when it fails";
  }
}

TEST(Library, QuickstartIsOneJobOf64MiBInTwoMemfds) {
  const auto catalog = Catalog::load(LUOLAB_SOURCE_DIR);
  ASSERT_TRUE(catalog) << catalog.error().what;
  const CorpusFile file = shipped_scenarios().at(0);
  ASSERT_EQ(file.path.filename(), "quickstart.yaml");
  const ExpandResult expanded = expand(load_scenarios(file.text, "q").scenarios.at(0), *catalog);
  ASSERT_EQ(expanded.jobs.size(), 1U);
  const Job& job = expanded.jobs[0];
  EXPECT_EQ(job.hops.size(), 1U);
  ASSERT_EQ(job.sessions.at(0).memfds.size(), 2U);
  EXPECT_EQ(job.sessions[0].memfds[0].size_bytes + job.sessions[0].memfds[1].size_bytes, 64U << 20);
  EXPECT_EQ(job.sessions[0].memfds[0].pattern, Pattern::random);
  EXPECT_EQ(job.sessions[0].memfds[1].pattern, Pattern::records);
}

}  // namespace
}  // namespace luolab
