// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/protocol/job.h"
#include "scenarios/body_reader.h"
#include "scenarios/field.h"
#include "scenarios/step_catalog.h"
#include "tests/unit/scenarios/corpus.h"

namespace luolab {
namespace {

using testing::corpus;
using testing::CorpusFile;
using testing::shipped_scenarios;

constexpr std::string_view kInstall =
    "/usr/bin/python3 with jsonschema and yaml is missing or failed: apt-get install "
    "python3-jsonschema python3-yaml";
const std::string kFolder = std::string(LUOLAB_SOURCE_DIR) + "/tests/unit/scenarios/";
const std::string kSchema =
    std::string(LUOLAB_SOURCE_DIR) + "/scenarios/schema/luolab-v1.schema.json";

std::string shell_word(const std::string& argument) { return "'" + argument + "' "; }

struct Output {
  std::string text;
  int status = -1;
};

Output run(const std::string& command) {
  Output output;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  std::array<char, 4096> block{};
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), pipe)) {
    output.text.append(block.data(), got);
  }
  output.status = ::pclose(pipe);
  return output;
}

/// What the schema says of the files: one line each.
std::string schema_says_of(const std::vector<CorpusFile>& files) {
  std::string command =
      "/usr/bin/python3 " + shell_word(kFolder + "check_schema.py") + shell_word(kSchema);
  for (const CorpusFile& file : files) command += shell_word(file.path.string());
  const Output output = run(command + "2>&1");
  EXPECT_EQ(output.status, 0) << kInstall << "\n" << output.text;
  return output.text;
}

TEST(Schema, TakesWhatTheLoaderTakes) {
  const std::string says = schema_says_of(corpus("good"));
  for (const CorpusFile& file : corpus("good")) {
    EXPECT_THAT(says, ::testing::HasSubstr("ok " + file.path.string() + "\n"));
  }
}

TEST(Schema, TakesTheShippedScenarios) {
  const std::string says = schema_says_of(shipped_scenarios());
  for (const CorpusFile& file : shipped_scenarios()) {
    EXPECT_THAT(says, ::testing::HasSubstr("ok " + file.path.string() + "\n"));
  }
}

TEST(Schema, RefusesWhatTheLoaderRefusesWhereASchemaCan) {
  const std::string says = schema_says_of(corpus("bad"));
  for (const CorpusFile& file : corpus("bad")) {
    const std::string expected = (file.schema_is_blind ? "ok " : "bad ") + file.path.string();
    EXPECT_THAT(says, ::testing::HasSubstr(expected));
  }
}

boost::json::value schema() { return boost::json::parse(read_file(kSchema).value()); }

TEST(Schema, KnowsTheKeysOfADocumentThatTheLoaderKnows) {
  const boost::json::value parsed = schema();
  const auto& properties = parsed.at("properties").as_object();
  for (const std::string_view key : document_keys()) EXPECT_TRUE(properties.contains(key)) << key;
  EXPECT_EQ(properties.size(), document_keys().size());
}

TEST(Schema, KnowsTheWordsThatTheLoaderKnows) {
  const boost::json::value parsed = schema();
  const auto expect_words = [&](std::string_view pointer, const std::vector<std::string>& words) {
    EXPECT_EQ(boost::json::value_to<std::vector<std::string>>(parsed.at_pointer(pointer)), words)
        << pointer;
  };
  expect_words("/definitions/memfd/properties/pattern/anyOf/0/enum", enumerator_names<Pattern>());
  expect_words("/definitions/memfd/properties/thp/anyOf/0/enum", enumerator_names<Thp>());
  expect_words("/definitions/memfd/properties/seals/items/anyOf/0/enum", enumerator_names<Seal>());
  expect_words("/definitions/load/properties/kind/anyOf/0/enum", enumerator_names<LoadKind>());
  expect_words("/definitions/load/oneOf/0/properties/order/anyOf/0/enum",
               enumerator_names<PageOrder>());
  expect_words("/properties/checks/properties/console/anyOf/0/enum",
               enumerator_names<ConsoleCheck>());
}

TEST(Schema, KnowsTheOperationsOfStepsAndTheirMembers) {
  const boost::json::value parsed = schema();
  std::map<std::string, std::set<std::string>> known;
  for (const auto& form : parsed.at_pointer("/definitions/step/anyOf").as_array()) {
    const auto& properties = form.at("properties").as_object();
    std::set<std::string>& members = known[properties.at("do").at("const").as_string().c_str()];
    for (const auto& property : properties) members.insert(std::string(property.key()));
  }
  EXPECT_EQ(known.erase("repeat"), 1U);
  for (const StepOperation& operation : step_operations()) {
    std::set<std::string> members{"do", "expect", "save", "hop", "by", "name"};
    for (const StepMember& member : operation.members) members.emplace(member.name);
    EXPECT_EQ(known[std::string(operation.name)], members) << operation.name;
  }
  EXPECT_EQ(known.size(), step_operations().size());
}

}  // namespace
}  // namespace luolab
