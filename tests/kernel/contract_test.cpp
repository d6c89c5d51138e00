// SPDX-License-Identifier: Apache-2.0
// The contract of memfd preservation on an unpatched kernel, and on some that break it.
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/async/process.h"
#include "core/base/file.h"
#include "core/protocol/contract.h"
#include "core/protocol/json_fields.h"
#include "tests/kernel/lab_fixture.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::HasSubstr;

class Contract : public LabFixture {
 protected:
  /// luolab with the kernels of the cache and a state of its own.
  ProcessOutput luolab(std::vector<std::string> words) {
    std::vector<std::string> arguments{"--state", (folder_.path() / "state").string()};
    arguments.insert(arguments.end(), words.begin(), words.end());
    ProcessSpec spec{.program = LUOLAB_BINARY_DIR "/cli/luolab",
                     .arguments = std::move(arguments),
                     .environment = {"NO_COLOR=1", "LUOLAB_DATA=" LUOLAB_SOURCE_DIR}};
    asio::io_context io;
    return run_task(io, run_process(std::move(spec))).value();
  }
  TempDir folder_{fs::temp_directory_path()};
};

TEST_F(Contract, EveryPromiseIsKeptByTheUnpatchedKernelOrAKnownIssue) {
  const fs::path results = folder_.path() / "results.json";
  const ProcessOutput run = luolab(
      {"run", LUOLAB_SOURCE_DIR "/scenarios/contract", "--slots", "2", "--json", results.string()});
  ASSERT_TRUE(fs::exists(results)) << run.output;
  std::size_t known = 0;
  const json::value parsed = json::parse(read_file(results).value());
  for (const json::value& job : parsed.at("jobs").as_array()) {
    const std::string verdict = text_at(job.as_object(), "verdict");
    EXPECT_TRUE(verdict == "PASS" || verdict == "XFAIL")
        << verdict << ' ' << text_at(job.as_object(), "title") << ": "
        << text_at(job.as_object(), "reason");
    known += verdict == "XFAIL";
  }
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_GE(known, 4U);
  EXPECT_THAT(run.output, HasSubstr("of " + std::to_string(kContractItems) + " promises kept"));
}

TEST_F(Contract, MutantsAreKilledForTheirOwnPromise) {
  const ProcessOutput run = luolab({"mutants", "run", "04-position-at-preserve", "10-short-token"});
  EXPECT_EQ(run.exit_code, 0) << run.output;
}

}  // namespace
}  // namespace luolab
