// SPDX-License-Identifier: Apache-2.0
// Workers put on machines over real SSH, brought up to date, and taken away again.
#include <signal.h>

#include <algorithm>
#include <fstream>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/sha256.h"
#include "tests/integration/fleet/fleet_setting.h"
#include "tests/programs/program.h"
#include "tests/unit/async/run_task.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

class FleetWork : public testing::Test {
 protected:
  /// A token file that others may not read.
  std::string token_file(const std::string& name, const std::string& token) const {
    const fs::path file = setting_.path(name);
    write_scratch_file(file, token + "\n");
    fs::permissions(file, fs::perms(0600));
    return file.string();
  }
  std::string text(const FleetHost& host, const std::string& file) const {
    const auto read = read_file(host.prefix() / file);
    return read ? *read : read.error().what;
  }
  void expect_well(const ProcessOutput& ran, const std::string& state) const {
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    EXPECT_EQ(state_of(ran), state) << ran.output;
  }

  FleetSetting setting_;
  FleetHost host_ = setting_.make_host("host");
};

TEST_F(FleetWork, AddPutsEverythingInItsPlaceAndStartsIt) {
  const auto ran = setting_.fleet("add", host_,
                                  {"--json", "--token-file", token_file("token", "secret"),
                                   "--tags", "kvm,big", "--slots", "3"});
  expect_well(ran, "changed");
  EXPECT_THAT(steps_of(ran),
              AllOf(Contains(Pair("program", "changed")), Contains(Pair("token", "changed")),
                    Contains(Pair("service", "changed"))));
  EXPECT_EQ(sha256_of_file(host_.prefix() / "bin/luolab"),
            sha256_of_file(setting_.tree() / "bin/luolab"));
  EXPECT_EQ(sha256_of_file(host_.prefix() / "lib/luolab/luolab-agent"),
            sha256_of_file(setting_.tree() / "lib/luolab/luolab-agent"));
  EXPECT_TRUE(fs::exists(host_.prefix() / "share/luolab/kernel-patches/bases"));
  EXPECT_EQ(text(host_, "etc/luolab/worker.token"), "secret\n");
  EXPECT_EQ(fs::status(host_.prefix() / "etc/luolab/worker.token").permissions(), fs::perms(0600));
  EXPECT_THAT(text(host_, "etc/luolab/worker.env"),
              AllOf(HasSubstr("--controller http://127.0.0.1:1 "), HasSubstr("--slots 3"),
                    HasSubstr("--tags kvm,big"), HasSubstr("--token-file ")));
  const std::string unit = text(host_, "lib/systemd/system/luolab-worker.service");
  EXPECT_THAT(unit,
              AllOf(HasSubstr("ExecStart=" + host_.prefix().string() + "/bin/luolab worker"),
                    HasSubstr("User=" + FleetSetting::user() + "\n"), Not(HasSubstr("@LUOLAB"))));
  EXPECT_THAT(host_.orders(),
              ElementsAre("daemon-reload",
                          "enable " + (host_.prefix() / "lib/systemd/system").string() +
                              "/luolab-worker.service",
                          "restart luolab-worker.service"));
}

TEST_F(FleetWork, TheUnitForAPrefixOfItsOwnIsOneThatTheServiceManagerTakes) {
  expect_well(setting_.fleet("add", host_, {"--json"}), "changed");
  asio::io_context io;
  ProcessSpec verify{.program = "systemd-analyze"};
  verify.arguments = {"verify", "--man=no",
                      host_.prefix() / "lib/systemd/system/luolab-worker.service"};
  const auto verified = run_task(io, run_process(std::move(verify)));
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->exit_code, 0) << verified->output;
  EXPECT_THAT(verified->output, Not(HasSubstr("luolab-worker")));
}

TEST_F(FleetWork, AddAgainChangesNothingAndRestartsNothing) {
  const std::vector<std::string> more{"--json", "--token-file", token_file("token", "secret")};
  expect_well(setting_.fleet("add", host_, more), "changed");
  const auto files = host_.listing();
  const auto orders = host_.orders();
  const auto again = setting_.fleet("add", host_, more);
  expect_well(again, "unchanged");
  EXPECT_THAT(steps_of(again), Each(Pair(testing::_, "unchanged")));
  EXPECT_EQ(host_.listing(), files);
  EXPECT_EQ(host_.orders(), orders);
}

TEST_F(FleetWork, AddBringsBackWhatSomebodyChanged) {
  expect_well(setting_.fleet("add", host_, {"--json"}), "changed");
  const auto files = host_.listing();
  fs::permissions(host_.prefix() / "bin/luolab", fs::perms(0700));
  fs::remove(host_.prefix() / "share/luolab/scenarios/quickstart.yaml");
  const auto again = setting_.fleet("add", host_, {"--json"});
  expect_well(again, "changed");
  EXPECT_THAT(steps_of(again),
              AllOf(Contains(Pair("program", "changed")), Contains(Pair("data", "changed")),
                    Contains(Pair("unit", "unchanged"))));
  EXPECT_EQ(host_.listing(), files);
}

TEST_F(FleetWork, WhatAKilledOneLeftBesideIsTidiedUp) {
  expect_well(setting_.fleet("add", host_, {"--json"}), "changed");
  const auto files = host_.listing();
  const auto orders = host_.orders();
  write_scratch_file(host_.prefix() / "bin/luolab.luolab-new", "half of it");
  const auto again = setting_.fleet("add", host_, {"--json"});
  expect_well(again, "changed");
  EXPECT_THAT(steps_of(again), AllOf(Contains(Pair("leftovers", "changed")),
                                     Contains(Pair("service", "unchanged"))));
  EXPECT_EQ(host_.listing(), files);
  EXPECT_EQ(host_.orders(), orders);
}

TEST_F(FleetWork, ADryRunSaysWhatWouldChangeAndWritesNothing) {
  const auto ran = setting_.fleet("add", host_, {"--json", "--dry-run"});
  expect_well(ran, "would change");
  EXPECT_THAT(steps_of(ran), AllOf(Contains(Pair("program", "would change")),
                                   Contains(Pair("user", "unchanged"))));
  EXPECT_THAT(host_.listing(), IsEmpty());
  EXPECT_THAT(host_.orders(), IsEmpty());
}

TEST_F(FleetWork, UpgradeReplacesTheProgramOnlyWhereItDiffers) {
  expect_well(setting_.fleet("add", host_, {"--json"}), "changed");
  const auto same = setting_.fleet("upgrade", host_, {"--json"});
  expect_well(same, "unchanged");
  // Another program that runs as well: bytes behind an ELF file's end are nobody's.
  std::ofstream(setting_.tree() / "bin/luolab", std::ios::app) << "another build";
  const auto orders = host_.orders().size();
  const auto ran = setting_.fleet("upgrade", host_, {"--json"});
  expect_well(ran, "changed");
  EXPECT_THAT(steps_of(ran),
              AllOf(Contains(Pair("program", "changed")), Contains(Pair("agent", "unchanged")),
                    Contains(Pair("service", "changed"))));
  EXPECT_EQ(sha256_of_file(host_.prefix() / "bin/luolab"),
            sha256_of_file(setting_.tree() / "bin/luolab"));
  const auto all = host_.orders();
  EXPECT_THAT(
      std::vector<std::string>(all.begin() + static_cast<std::ptrdiff_t>(orders), all.end()),
      ElementsAre("daemon-reload", "restart luolab-worker.service"));
}

TEST_F(FleetWork, RemoveLeavesNothingAndRemovingAgainIsNoError) {
  expect_well(setting_.fleet("add", host_, {"--json", "--token-file", token_file("t", "secret")}),
              "changed");
  const auto dry = setting_.fleet("remove", host_, {"--json", "--dry-run"});
  expect_well(dry, "would change");
  EXPECT_TRUE(fs::exists(host_.prefix() / "bin/luolab"));
  expect_well(setting_.fleet("remove", host_, {"--json"}), "changed");
  EXPECT_THAT(host_.listing(), IsEmpty());
  EXPECT_FALSE(host_.is("enabled"));
  EXPECT_FALSE(host_.is("active"));
  expect_well(setting_.fleet("remove", host_, {"--json"}), "unchanged");
}

TEST_F(FleetWork, RemoveKeepsWhatWasThereBeforeAndIsOthers) {
  fs::create_directories(host_.prefix() / "bin");
  write_scratch_file(host_.prefix() / "bin/other", "somebody's");
  const auto before = host_.listing();
  expect_well(setting_.fleet("add", host_, {"--json"}), "changed");
  expect_well(setting_.fleet("remove", host_, {"--json"}), "changed");
  EXPECT_EQ(host_.listing(), before);
}

TEST_F(FleetWork, ResultsThatNoControllerHasTakenAreNotRemoved) {
  expect_well(setting_.fleet("add", host_, {"--json"}), "changed");
  fs::create_directories(host_.prefix() / "var/lib/luolab-worker/spool/host/57");
  const auto files = host_.listing();
  const auto ran = setting_.fleet("remove", host_, {"--json"});
  EXPECT_EQ(ran.exit_code, 2) << ran.output;
  EXPECT_THAT(reason_of(ran), HasSubstr("results of 1 attempts wait there"));
  EXPECT_EQ(host_.listing(), files);
  EXPECT_TRUE(host_.is("active")) << "it goes on delivering";
  expect_well(setting_.fleet("remove", host_, {"--json", "--discard"}), "changed");
  EXPECT_THAT(host_.listing(), IsEmpty());
}

TEST_F(FleetWork, BySudoItIsTheSame) {
  expect_well(setting_.fleet("add", host_, {"--json", "--sudo"}), "changed");
  expect_well(setting_.fleet("add", host_, {"--json", "--sudo"}), "unchanged");
  expect_well(setting_.fleet("remove", host_, {"--json", "--sudo"}), "changed");
  EXPECT_THAT(host_.listing(), IsEmpty());
}

TEST_F(FleetWork, AnInventoryIsWorkedOnSoManyAtATime) {
  std::vector<std::unique_ptr<FleetHost>> hosts;
  std::string inventory = "defaults: {slots: 2, tags: [lab]}\nmachines:\n";
  for (const char* name : {"east", "west", "north", "south"}) {
    hosts.push_back(std::make_unique<FleetHost>(setting_.path(name)));
    const SshServer& server = hosts.back()->server();
    inventory += fmt::format(
        "  - {{name: {}, host: 127.0.0.1, port: {}, user: {}, key: {}, host_key: \"{}\", prefix: "
        "{}}}\n",
        name, server.login().port, server.login().user, server.key_file(), server.host_key(),
        hosts.back()->prefix().string());
  }
  const std::string file = setting_.path("lab.yaml");
  write_scratch_file(file, inventory);
  const auto ran = setting_.luolab({"fleet", "add", "--inventory", file, "--controller",
                                    "http://127.0.0.1:1", "--run-as", FleetSetting::user(),
                                    "--from", setting_.tree().string(), "--parallel", "2"});
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  int running = 0, most = 0, begun = 0;
  std::istringstream lines(ran.output);
  for (std::string line; std::getline(lines, line) && !line.starts_with("MACHINE");) {
    if (line.ends_with(": begun")) {
      most = std::max(most, ++running);
      ++begun;
    } else if (line.ends_with(": changed")) {
      --running;
    }
  }
  EXPECT_EQ(begun, 4) << ran.output;
  EXPECT_EQ(most, 2) << ran.output;
  EXPECT_THAT(text(*hosts[2], "etc/luolab/worker.env"),
              AllOf(HasSubstr("--name north --slots 2"), HasSubstr("--tags lab")));
  const auto one = setting_.luolab({"fleet", "remove", "west", "--inventory", file});
  EXPECT_EQ(one.exit_code, 0) << one.output;
  EXPECT_THAT(hosts[1]->listing(), IsEmpty());
  EXPECT_THAT(hosts[0]->listing(), Not(IsEmpty()));
}

/// What was installed is a worker: with the options and the token that add wrote, a real controller
/// welcomes it, drains it for an upgrade, and has forgotten it and its token after remove.
TEST_F(FleetWork, TheInstalledWorkerIsWelcomedByItsController) {
  asio::io_context io;
  const auto story = [&]() -> Task<void> {
    std::vector<std::string> serve{"controller", "--listen", "127.0.0.1:0"};
    const auto made = setting_.luolab({"token", "create", "--role", "admin"});
    const auto secret = made.output.substr(made.output.rfind('\n', made.output.size() - 2) + 1);
    const std::string admin = token_file("admin", secret.substr(0, secret.size() - 1));
    Program controller(io.get_executor(), "controller", setting_.command(std::move(serve)));
    std::string ready = "event=ready", line = "\n", connected = "connected";
    co_await controller.says(std::move(ready));
    co_await controller.says(std::move(line));
    const auto at = controller.output().find(" port=") + 6;
    const std::string url = "http://127.0.0.1:" +
                            controller.output().substr(at, controller.output().find(' ', at) - at);
    const std::vector<std::string> more{"--json", "--controller", url, "--admin-token-file", admin};
    expect_well(setting_.fleet("add", host_, more), "changed");
    expect_well(setting_.fleet("add", host_, more), "unchanged");
    const auto list = [&] {
      return setting_.luolab({"fleet", "list", "--controller", url, "--token-file", admin}).output;
    };
    const auto tokens = [&] { return setting_.luolab({"token", "list"}).output; };
    EXPECT_THAT(tokens(), HasSubstr("valid"));
    {
      // What the unit would start.
      const std::string options = text(host_, "etc/luolab/worker.env");
      std::istringstream words(options.substr(options.find("WORKER_OPTIONS=") + 15));
      ProcessSpec unit{.program = host_.prefix() / "bin/luolab", .arguments = {"worker"}};
      for (std::string word; words >> word;) unit.arguments.push_back(word);
      const std::string state = host_.prefix() / "var/lib/luolab-worker";
      unit.environment = {"LUOLAB_STATE=" + state, "LUOLAB_CACHE=" + state + "/cache",
                          "HOME=" + state, "LUOLAB_DATA=", "LUOLAB_AGENT="};
      Program worker(io.get_executor(), "worker", std::move(unit));
      co_await worker.says(std::move(connected));
      EXPECT_THAT(list(), HasSubstr("online"));
      std::ofstream(setting_.tree() / "bin/luolab", std::ios::app) << "another build";
      expect_well(setting_.fleet("upgrade", host_, more), "changed");
      EXPECT_THAT(list(), HasSubstr("online")) << "it was drained, and takes work again";
      worker.signal(SIGTERM);
      const int code = co_await worker.ended();
      EXPECT_EQ(code, 0) << worker.output();
    }
    expect_well(setting_.fleet("remove", host_, more), "changed");
    EXPECT_THAT(host_.listing(), IsEmpty());
    EXPECT_THAT(list(), HasSubstr("No worker"));
    EXPECT_THAT(tokens(), HasSubstr("revoked"));
    controller.signal(SIGTERM);
    const int code = co_await controller.ended();
    EXPECT_EQ(code, 0);
  };
  run_task(io, story());
}

}  // namespace
}  // namespace luolab
