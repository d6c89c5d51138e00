// SPDX-License-Identifier: Apache-2.0
// Scripts are run with a luolab that shows what it was given.
#include "controller/results/job_script.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/protocol/json.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

/// A luolab that keeps what --job names beside itself, and tells its arguments.
constexpr const char* kFake =
    "#!/bin/sh\nprintf '<%s>' \"$@\"\ncp \"$(dirname \"$3\")\"/* kept/\nexit 7\n";

class JobScript : public testing::Test {
 protected:
  JobScript() : folder_(fs::temp_directory_path()) {
    fs::create_directory(folder_.path() / "kept");
    write_scratch_file(folder_.path() / "fake", kFake);
  }

  /// What the fake says; its exit code goes to `code_`.
  std::string run(const std::string& script, const std::string& arguments = "") {
    write_scratch_file(folder_.path() / "reproduce.sh", script);
    const std::string command = "cd " + folder_.path().string() +
                                " && chmod +x fake && LUOLAB=./fake sh reproduce.sh " + arguments +
                                " 2>&1";
    FILE* pipe = ::popen(command.c_str(), "r");
    std::string said;
    std::array<char, 4096> piece{};
    while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), pipe))
      said.append(piece.data(), size);
    code_ = WEXITSTATUS(::pclose(pipe));
    return said;
  }

  std::string kept(const std::string& name) const {
    return read_file(folder_.path() / "kept" / name).value();
  }

  TempDir folder_;
  int code_ = 0;
};

Job hostile_job() {
  Job job;
  job.scenario = "x\ntouch evil";
  job.point = {{"size", "1MiB; $(touch evil)"}};
  job.repetition = 3;
  job.kernels.resize(1);
  job.kernels[0].base.name = "linux'`touch evil`";
  job.kernels[0].series = {{"s", {{"a.patch", "--- a\n+++ b\n'$(touch evil)\nEND\n"}}}};
  job.hops = {0};
  return job;
}

std::optional<std::string> nothing(const std::string&) { return {}; }

TEST_F(JobScript, CarriesTheJobAsItIsAndEndsAsLuolabDoes) {
  const Job job = hostile_job();
  const std::string said = run(job_script(job, "j34", nothing), "--repeat '2 3'");
  EXPECT_EQ(code_, 7) << said;
  EXPECT_THAT(said, HasSubstr("<run><--job>"));
  EXPECT_THAT(said, HasSubstr("<--repeat><2 3>"));
  EXPECT_EQ(to_json(from_json<Job>(kept("job.json")).value()), to_json(job));
  EXPECT_FALSE(fs::exists(folder_.path() / "evil"));
}

TEST_F(JobScript, CarriesProgramsByteForByteAndOnce) {
  Job job = hostile_job();
  std::string bytes(100'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 + i / 251);
  job.load.resize(3);
  job.load[0].file = job.load[1].file = "artifact:aa";
  std::size_t asked = 0;
  const auto find = [&](const std::string& file) {
    ++asked;
    EXPECT_EQ(file, "artifact:aa");
    return std::optional(bytes);
  };
  run(job_script(job, "j34", find));
  EXPECT_EQ(code_, 7);
  EXPECT_EQ(asked, 1U);
  const Job told = from_json<Job>(kept("job.json")).value();
  EXPECT_EQ(told.load[0].file, "program-1");
  EXPECT_EQ(told.load[1].file, "program-1");
  EXPECT_EQ(told.load[2].file, "");
  EXPECT_TRUE(kept("program-1") == bytes);
}

TEST_F(JobScript, SaysWhichProgramItLacks) {
  Job job = hostile_job();
  job.load.resize(1);
  job.load[0].file = "/opt/burn\ntouch evil";
  const std::string script = job_script(job, "j34", nothing);
  EXPECT_THAT(script, HasSubstr("which is not here: /opt/burn touch evil\n"));
  run(script);
  EXPECT_EQ(from_json<Job>(kept("job.json")).value().load[0].file, job.load[0].file);
  EXPECT_FALSE(fs::exists(folder_.path() / "evil"));
}

TEST(ArtifactNamed, TellsDigestsFromPaths) {
  EXPECT_EQ(artifact_named("artifact:ab"), "ab");
  EXPECT_EQ(artifact_named("/opt/artifact:ab"), std::nullopt);
}

}  // namespace
}  // namespace luolab
