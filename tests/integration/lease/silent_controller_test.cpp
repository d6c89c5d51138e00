// SPDX-License-Identifier: Apache-2.0
// A controller that takes requests and does not answer, as one behind a cut cable.
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "core/protocol/json.h"
#include "tests/integration/http/http_lab.h"
#include "worker/lease/http_controller.h"

namespace luolab {
namespace {

HttpResponse json(std::string text) {
  HttpResponse response;
  response.fields.add("Content-Type", "application/json");
  response.body = std::move(text);
  return response;
}

/// Answers nothing until the server stops.
Task<HttpResponse> silence(HttpRequest& request) {
  request.parked = true;
  asio::steady_timer never(co_await asio::this_coro::executor,
                           asio::steady_timer::time_point::max());
  co_await never.async_wait(asio::use_awaitable);
  co_return HttpResponse{};
}

/// Says hello; is silent at the first heartbeats, so many, and at every report.
class SilentController {
 public:
  explicit SilentController(int silent_beats)
      : beats_(silent_beats), server_([this](HttpRequest& request) { return answer(request); }) {}

  std::string url() { return server_.url(); }

 private:
  Task<HttpResponse> answer(HttpRequest& request) {
    const std::string& last = request.path.back();
    if (last == "report" || (last == "heartbeat" && beats_-- > 0)) return silence(request);
    return speak(last == "heartbeat");
  }

  static Task<HttpResponse> speak(bool heartbeat) {
    if (heartbeat) co_return json(boost::json::serialize(to_json(HeartbeatAnswer{})));
    const WorkerWelcome welcome{.heartbeat = std::chrono::seconds{1},
                                .lease = std::chrono::seconds{3}};
    co_return json(boost::json::serialize(to_json(welcome)));
  }

  int beats_;
  LabServer server_;
};

std::unique_ptr<HttpController> connect(asio::any_io_executor executor, const std::string& url) {
  HttpClientOptions options;
  options.url = url;
  return *HttpController::make(std::move(executor), options, "east");
}

TEST(SilentControllerTest, AHeartbeatGivesUpWithinItsIntervalAndTheNextOneGetsThrough) {
  SilentController controller(1);
  const std::string url = controller.url();
  run_here<int>([&](asio::any_io_executor executor) -> Task<int> {
    const auto api = connect(executor, url);
    const WorkerHello hello{.name = "east", .instance = "one"};
    EXPECT_TRUE(co_await api->hello(hello));
    const Heartbeat heartbeat{.instance = "one"};
    Task<Result<HeartbeatAnswer>> first = api->heartbeat(heartbeat);
    const auto unanswered = co_await within(kPatience, std::move(first));
    EXPECT_TRUE(unanswered && !*unanswered);
    EXPECT_EQ((*unanswered).error().fault, Fault::lab);
    EXPECT_TRUE(co_await api->heartbeat(heartbeat));
    co_return 0;
  });
}

TEST(SilentControllerTest, AReportThatIsNotAnsweredHoldsUpNoHeartbeat) {
  SilentController controller(0);
  const std::string url = controller.url();
  run_here<int>([&](asio::any_io_executor executor) -> Task<int> {
    using namespace asio::experimental::awaitable_operators;
    const auto api = connect(executor, url);
    const WorkerHello hello{.name = "east", .instance = "one"};
    EXPECT_TRUE(co_await api->hello(hello));
    const AttemptReport report;
    const Heartbeat heartbeat{.instance = "one"};
    Task<Result<Delivery>> reporting = api->report(1, report);
    Task<Result<HeartbeatAnswer>> beating = api->heartbeat(heartbeat);
    const auto first = co_await (std::move(reporting) || std::move(beating));
    EXPECT_EQ(first.index(), 1U) << "the heartbeat is answered, and the report never is";
    co_return 0;
  });
}

}  // namespace
}  // namespace luolab
