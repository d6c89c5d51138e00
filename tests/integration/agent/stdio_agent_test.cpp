// SPDX-License-Identifier: Apache-2.0
#include <elf.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/wire/agent_wire.h"
#include "core/wire/digest_tree.h"
#include "tests/integration/agent/agent_process.h"

namespace luolab {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class StdioAgent : public testing::Test {
 protected:
  AgentProcess agent_{{"--stdio", "--files", LUOLAB_BINARY_DIR}};
  json hello_ = agent_.next();
};

TEST_F(StdioAgent, SaysHelloFirst) {
  const json hello = hello_.at("hello");
  EXPECT_EQ(hello.at("protocol"), wire::kAgentProtocol);
  EXPECT_EQ(hello.at("pid1"), false);
  EXPECT_EQ(hello.at("boot_id").get<std::string>().size(), 36u);
  EXPECT_FALSE(hello.at("release").get<std::string>().empty());
  EXPECT_GT(hello.at("mem_total_kib").get<std::uint64_t>(), 0u);
  EXPECT_GT(hello.at("cpus").get<int>(), 0);
  EXPECT_GT(hello.at("tsc").at("hz").get<std::uint64_t>(), 0u);
  EXPECT_LT(hello.at("start").at("tsc").get<std::uint64_t>(),
            hello_.at("at").at("tsc").get<std::uint64_t>());
}

TEST_F(StdioAgent, TellsWhetherTheKernelHasLiveUpdate) {
  EXPECT_EQ(hello_.at("hello").at("liveupdate"), std::filesystem::exists("/dev/liveupdate"));
}

TEST_F(StdioAgent, AnswersMalformedLinesAndGoesOn) {
  agent_.send("rubbish\n\n{\"id\":3}\n{\"id\":4,\"op\":\"info\"}\n");
  EXPECT_EQ(agent_.next().at("error").at("errno"), "EINVAL");
  EXPECT_EQ(agent_.next().at("error").at("errno"), "EINVAL");
  EXPECT_EQ(agent_.next().at("id"), 3);
  EXPECT_EQ(agent_.next().at("ok"), true);
}

TEST_F(StdioAgent, AnswersALineOverTheLimitAndGoesOn) {
  agent_.send(std::string(wire::kLineLimitBytes + 1, 'x') + "\n");
  EXPECT_EQ(agent_.next().at("error").at("errno"), "EMSGSIZE");
  EXPECT_EQ(agent_.ask({{"id", 1}, {"op", "info"}}).at("ok"), true);
}

TEST_F(StdioAgent, AnswersRequestsSentAheadInTheirOrder) {
  std::string requests;
  for (int id = 0; id < 100; ++id)
    requests += json{{"id", id}, {"op", "memfd.stat"}, {"memfd", "none"}}.dump() + "\n";
  agent_.send(requests);
  for (int id = 0; id < 100; ++id) ASSERT_EQ(agent_.next().at("id"), id);
}

TEST_F(StdioAgent, FillsAMemfdAsTheOutsideOracleExpects) {
  constexpr std::uint64_t kSize = (33u << 20) + 1;
  ASSERT_EQ(agent_
                .ask({{"op", "memfd.create"},
                      {"memfd", "vm-0/ram"},
                      {"size", kSize},
                      {"pattern", "random"},
                      {"seed", 1},
                      {"mark", ~std::uint64_t{0}}})
                .at("ok"),
            true);
  const json result = agent_
                          .ask({{"op", "memfd.digest"},
                                {"memfd", "vm-0/ram"},
                                {"pattern", "random"},
                                {"mark", ~std::uint64_t{0}}})
                          .at("result");
  const DigestTree expected =
      expected_tree({kSize, 0, 0, {}}, PagePattern::random, {1, ~std::uint64_t{0}}, kRangeBytes,
                    HashKind::scalar, false);
  EXPECT_EQ(result.at("digest"), hex(expected.whole));
  EXPECT_EQ(result.at("ranges").size(), 3u);
  EXPECT_EQ(result.at("bad_marks").at("count"), 0);
}

TEST_F(StdioAgent, NamesTheMissingDeviceWhereTheKernelHasNoLiveUpdate) {
  const json answer = agent_.ask({{"id", 1}, {"op", "session.create"}, {"session", "luolab-test"}});
  if (hello_.at("hello").at("liveupdate") == true) {
    EXPECT_NE(answer.value("error", json::object()).value("errno", ""), "ENOENT");
    return;
  }
  EXPECT_EQ(answer.at("error").at("call"), "open(/dev/liveupdate)");
  EXPECT_EQ(answer.at("error").at("errno"), "ENOENT");
  EXPECT_THAT(answer.at("error").at("detail").get<std::string>(), HasSubstr("liveupdate=on"));
}

TEST_F(StdioAgent, NamesThePathOfAKernelThatIsNotThere) {
  const json error = agent_.ask({{"op", "kexec.load"}, {"kernel", "no-such-kernel"}}).at("error");
  EXPECT_EQ(error.at("errno"), "ENOENT");
  EXPECT_THAT(error.at("detail").get<std::string>(),
              HasSubstr(LUOLAB_BINARY_DIR "/no-such-kernel"));
}

TEST_F(StdioAgent, LeavesItsFilesFolderForNoName) {
  const json error = agent_.ask({{"op", "kexec.load"}, {"kernel", "../etc/passwd"}}).at("error");
  EXPECT_EQ(error.at("errno"), "EINVAL");
}

TEST_F(StdioAgent, DoesNotSwitchThisMachineOff) {
  EXPECT_EQ(agent_.ask({{"op", "poweroff"}}).at("error").at("errno"), "EPERM");
}

TEST_F(StdioAgent, EndsWithItsInput) { EXPECT_EQ(agent_.finish(), 0); }

TEST(AgentProgram, ExplainsWrongUsage) {
  EXPECT_EQ(AgentProcess({}).finish(), 64);
  EXPECT_EQ(AgentProcess({"--stdio", "--nonsense"}).finish(), 64);
  EXPECT_EQ(AgentProcess({"--files"}).finish(), 64);
}

TEST(AgentProgram, IsStaticAndUnderTwoMegabytes) {
  EXPECT_LT(std::filesystem::file_size(LUOLAB_AGENT_PROGRAM), 2'000'000u);
  std::ifstream file(LUOLAB_AGENT_PROGRAM, std::ios::binary);
  Elf64_Ehdr header{};
  ASSERT_TRUE(file.read(reinterpret_cast<char*>(&header), sizeof header));
  ASSERT_EQ(std::memcmp(header.e_ident, ELFMAG, SELFMAG), 0);
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment{};
    file.seekg(static_cast<std::streamoff>(header.e_phoff + i * header.e_phentsize));
    ASSERT_TRUE(file.read(reinterpret_cast<char*>(&segment), sizeof segment));
    EXPECT_NE(segment.p_type, PT_INTERP) << "needs a dynamic loader";
  }
}

}  // namespace
}  // namespace luolab
