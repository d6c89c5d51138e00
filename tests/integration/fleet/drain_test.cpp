// SPDX-License-Identifier: Apache-2.0
// An upgrade waits for what the worker runs. The controller is real; its worker here speaks the
// real protocol, and runs its attempt for as long as the test wants.
#include <signal.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/fleet/fleet_setting.h"
#include "tests/programs/program.h"
#include "tests/unit/async/run_task.h"
#include "worker/lease/http_controller.h"

namespace luolab {
namespace {

using testing::HasSubstr;

class Drain : public testing::Test {
 protected:
  Drain() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    hello_.name = name.data();
    hello_.instance = "one";
    hello_.memory_bytes = std::uint64_t{64} << 30;
    hello_.cpus = 64;
    hello_.kvm = true;
  }

  std::string fleet_list() const {
    return setting_.luolab({"fleet", "list", "--controller", url_}).output;
  }
  std::vector<std::string> upgrade(const std::string& limit) const {
    return setting_.words("upgrade", host_,
                          {"--json", "--controller", url_, "--drain-wait", limit});
  }
  Task<std::int64_t> take_attempt(HttpController& api) {
    const auto welcome = co_await api.hello(hello_);
    EXPECT_TRUE(welcome) << welcome.error().what;
    const LeaseRequest request{hello_.instance, std::chrono::seconds(20), {}};
    const auto grant = co_await api.lease(request);
    EXPECT_TRUE(grant && *grant);
    co_return (*grant)->attempt;
  }
  Task<void> until_draining() {
    asio::steady_timer timer(io_);
    while (fleet_list().find("draining") == std::string::npos) {
      timer.expires_after(std::chrono::milliseconds(100));
      co_await timer.async_wait(asio::use_awaitable);
    }
  }
  Task<void> story();

  asio::io_context io_;
  FleetSetting setting_;
  FleetHost host_ = setting_.make_host("host");
  WorkerHello hello_;
  std::string url_;
};

Task<void> Drain::story() {
  std::vector<std::string> serve{"controller", "--listen", "127.0.0.1:0", "--lease", "300"};
  Program controller(io_.get_executor(), "controller", setting_.command(std::move(serve)));
  std::string ready = "event=ready", line = "\n";
  co_await controller.says(std::move(ready));
  co_await controller.says(std::move(line));
  const auto at = controller.output().find(" port=") + 6;
  url_ =
      "http://127.0.0.1:" + controller.output().substr(at, controller.output().find(' ', at) - at);
  const auto added = setting_.fleet("add", host_);
  EXPECT_EQ(added.exit_code, 0) << added.output;
  const auto submitted = setting_.luolab(
      {"submit", "--controller", url_, LUOLAB_SOURCE_DIR "/scenarios/quickstart.yaml"});
  EXPECT_EQ(submitted.exit_code, 0) << submitted.output;
  const HttpClientOptions to{.url = url_};
  const auto api = HttpController::make(io_.get_executor(), to, hello_.name).value();
  const std::int64_t attempt = co_await take_attempt(*api);

  std::ofstream(setting_.tree() / "bin/luolab", std::ios::app) << "another build";
  const auto files = host_.listing();
  const auto late = setting_.luolab(upgrade("1"));
  EXPECT_EQ(late.exit_code, 2) << late.output;
  EXPECT_THAT(reason_of(late), HasSubstr("still runs 1 attempts after 1 s"));
  EXPECT_EQ(host_.listing(), files);
  EXPECT_THAT(fleet_list(), HasSubstr("online")) << "it takes work as before";

  Program upgrading(io_.get_executor(), "upgrade", setting_.command(upgrade("100")));
  co_await until_draining();
  EXPECT_EQ(host_.orders().back(), "restart luolab-worker.service");
  const auto orders = host_.orders().size();
  AttemptReport report;
  report.verdict = Verdict::MISS;
  report.reason = "the test is done with it";
  const auto taken = co_await api->report(attempt, report);
  EXPECT_TRUE(taken) << taken.error().what;
  const int code = co_await upgrading.ended();
  EXPECT_EQ(code, 0) << upgrading.output();
  EXPECT_GT(host_.orders().size(), orders);
  EXPECT_THAT(fleet_list(), HasSubstr("online"));
  controller.signal(SIGTERM);
  const int end = co_await controller.ended();
  EXPECT_EQ(end, 0) << controller.output();
}

TEST_F(Drain, AnUpgradeWaitsForWhatTheWorkerRunsAndGivesUpInTime) { run_task(io_, story()); }

}  // namespace
}  // namespace luolab
