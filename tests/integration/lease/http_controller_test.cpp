// SPDX-License-Identifier: Apache-2.0
// HttpController against a real server that answers as the protocol says.
#include "worker/lease/http_controller.h"

#include <deque>
#include <functional>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/http/problem.h"
#include "core/http/server.h"
#include "core/protocol/json.h"
#include "tests/unit/async/run_task.h"
#include "worker/lease/unknown_instance.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

HttpResponse answer(int status, std::string body = {}) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

HttpResponse at_offset(int status, std::uint64_t offset) {
  HttpResponse response = answer(status);
  response.fields.add("Upload-Offset", std::to_string(offset));
  return response;
}

class HttpControllerTest : public testing::Test {
 protected:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  /// Serves with `handler` until what `task` makes of the client has ended.
  template <class T>
  T with_server(Handler handler, std::function<Task<T>(HttpController&)> use) {
    asio::io_context io;
    HttpServerOptions options;
    options.body_limit = [](std::string_view, std::string_view) { return std::uint64_t{8} << 20; };
    HttpServer server(io.get_executor(), std::move(options),
                      [this, &handler](HttpRequest& request) -> Task<HttpResponse> {
                        seen_.push_back(request.method + " " + request.target);
                        co_return handler(request);
                      });
    const auto port = server.listen("127.0.0.1", 0);
    EXPECT_TRUE(port);
    asio::cancellation_signal stop;
    asio::co_spawn(io, server.run(),
                   asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {}));
    HttpClientOptions to{.url = "http://127.0.0.1:" + std::to_string(*port), .token = "secret"};
    auto controller = HttpController::make(io.get_executor(), to, "w1").value();
    std::optional<T> result;
    std::exception_ptr failure;
    asio::co_spawn(io, use(*controller), [&](std::exception_ptr error, T value) {
      failure = error;
      if (!error) result.emplace(std::move(value));
      stop.emit(asio::cancellation_type::terminal);
      controller.reset();
    });
    io.run();
    if (failure) std::rethrow_exception(failure);
    return std::move(*result);
  }

  fs::path file(std::string_view content) {
    const fs::path path = dir_.path() / "file";
    write_scratch_file(path, content);
    return path;
  }

  TempDir dir_{fs::temp_directory_path()};
  std::vector<std::string> seen_;
};

TEST_F(HttpControllerTest, AGrantComesWholeAndNoWorkIsNoGrant) {
  int asked = 0;
  const Handler handler = [&](const HttpRequest& request) {
    EXPECT_EQ(request.fields.get("Authorization"), "Bearer secret");
    if (++asked == 1) return answer(204);
    LeaseGrant grant;
    grant.attempt = 77;
    grant.job.scenario = "memfd";
    return answer(200, boost::json::serialize(to_json(grant)));
  };
  using Grants = std::vector<std::optional<LeaseGrant>>;
  const std::function<Task<Grants>(HttpController&)> use =
      [](HttpController& controller) -> Task<Grants> {
    const LeaseRequest request{"i1", std::chrono::seconds{1}, {}};
    Grants grants;
    for (int i = 0; i < 2; ++i) {
      auto grant = co_await controller.lease(request);
      grants.push_back(std::move(grant.value()));
    }
    co_return grants;
  };
  const Grants grants = with_server(handler, use);
  EXPECT_FALSE(grants[0]);
  ASSERT_TRUE(grants[1]);
  EXPECT_EQ(grants[1]->attempt, 77);
  EXPECT_EQ(grants[1]->job.scenario, "memfd");
  EXPECT_EQ(seen_[0], "POST /api/v1/workers/w1/lease");
}

/// What a heartbeat makes of an answer.
struct Case {
  int status;
  std::string type;
  Fault fault;
  bool unknown_instance;
};

class HeartbeatAnswers : public HttpControllerTest, public testing::WithParamInterface<Case> {};

TEST_P(HeartbeatAnswers, SayWhetherToTryAgain) {
  const Case& given = GetParam();
  const Handler handler = [&](const HttpRequest&) {
    return problem(given.status, given.type, "A title", "some words");
  };
  const std::function<Task<Result<HeartbeatAnswer>>(HttpController&)> use =
      [](HttpController& controller) -> Task<Result<HeartbeatAnswer>> {
    const Heartbeat heartbeat{"i1", {}};
    co_return co_await controller.heartbeat(heartbeat);
  };
  const auto result = with_server(handler, use);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, given.fault);
  EXPECT_EQ(is_unknown_instance(result.error()), given.unknown_instance);
  EXPECT_THAT(result.error().what, HasSubstr("some words"));
  EXPECT_THAT(result.error().what, testing::Not(HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(Statuses, HeartbeatAnswers,
                         testing::Values(Case{409, "unknown-instance", Fault::lab, true},
                                         Case{503, "busy", Fault::lab, false},
                                         Case{429, "busy", Fault::lab, false},
                                         Case{401, "no-token", Fault::scenario, false},
                                         Case{403, "name-taken", Fault::scenario, false},
                                         Case{400, "bad-body", Fault::bug, false}));

TEST_F(HttpControllerTest, AStaleReportIsRefusedAndATakenOneTaken) {
  int asked = 0;
  const Handler handler = [&](const HttpRequest&) {
    return ++asked == 1 ? answer(204) : problem(409, "stale-attempt", "Not yours");
  };
  using Deliveries = std::vector<Delivery>;
  const std::function<Task<Deliveries>(HttpController&)> use =
      [](HttpController& controller) -> Task<Deliveries> {
    const AttemptReport report;
    Deliveries deliveries;
    for (int i = 0; i < 2; ++i) {
      const auto delivery = co_await controller.report(7, report);
      deliveries.push_back(delivery.value());
    }
    co_return deliveries;
  };
  EXPECT_THAT(with_server(handler, use), testing::ElementsAre(Delivery::taken, Delivery::refused));
  EXPECT_EQ(seen_[0], "PUT /api/v1/attempts/7/report");
}

/// A controller's artifact in the making.
struct Upload {
  std::string bytes;
  std::uint64_t length = 0;
  int wrong_digests = 0;  ///< so many times it finds the digest wrong

  HttpResponse take(const HttpRequest& request, const std::string& sha256) {
    if (request.method == "HEAD" || request.method == "GET") return at_offset(404, bytes.size());
    EXPECT_EQ(request.fields.get("Luolab-Attempt"), "7");
    length = std::stoull(request.fields.get("Upload-Length"));
    if (std::stoull(request.fields.get("Upload-Offset")) != bytes.size()) {
      return at_offset(409, bytes.size());
    }
    bytes += request.body;
    if (bytes.size() < length) return at_offset(204, bytes.size());
    if (wrong_digests > 0 || sha256_of(bytes) != sha256) {
      --wrong_digests;
      bytes.clear();
      return problem(422, "wrong-digest", "Dropped");
    }
    return at_offset(201, bytes.size());
  }
};

class Uploading : public HttpControllerTest {
 protected:
  Result<Delivery> put(const std::string& content, Upload& upload) {
    const fs::path path = file(content);
    const std::string digest = sha256_of(content);
    const Handler handler = [&](const HttpRequest& request) {
      return upload.take(request, digest);
    };
    const std::function<Task<Result<Delivery>>(HttpController&)> use =
        [&](HttpController& controller) -> Task<Result<Delivery>> {
      co_return co_await controller.put_artifact(7, path, digest);
    };
    return with_server(handler, use);
  }
  const std::string content_ = std::string(std::size_t{9} << 20, 'x') + "end";
};

TEST_F(Uploading, ALargeFileGoesUpInPieces) {
  Upload upload;
  ASSERT_TRUE(put(content_, upload));
  EXPECT_EQ(upload.bytes, content_);
  EXPECT_EQ(seen_.size(), 4U);
}

TEST_F(Uploading, WhatIsThereIsNotSentAgain) {
  Upload upload{.bytes = content_.substr(0, std::size_t{8} << 20)};
  ASSERT_TRUE(put(content_, upload));
  EXPECT_EQ(upload.bytes, content_);
  EXPECT_EQ(seen_.size(), 2U);
}

TEST_F(Uploading, AnEmptyFileIsAFile) {
  Upload upload;
  EXPECT_TRUE(put("", upload));
}

TEST_F(Uploading, AfterAWrongDigestAllIsSentAgain) {
  Upload upload{.wrong_digests = 1};
  ASSERT_TRUE(put(content_, upload));
  EXPECT_EQ(upload.bytes, content_);
}

TEST_F(Uploading, AFileThatIsNeverTakenIsGivenUp) {
  Upload upload{.wrong_digests = 100};
  const auto result = put("short", upload);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::bug);
}

TEST_F(HttpControllerTest, ADownloadOfOtherContentIsNotKept) {
  const Handler handler = [](const HttpRequest&) { return answer(200, "something else"); };
  const fs::path place = dir_.path() / "got";
  const std::function<Task<Result<bool>>(HttpController&)> use =
      [&](HttpController& controller) -> Task<Result<bool>> {
    const std::string digest = sha256_of("what was wanted");
    const auto got = co_await controller.get_artifact(digest, place);
    if (!got) co_return got.error();
    co_return true;
  };
  const auto result = with_server(handler, use);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::lab);
  EXPECT_TRUE(fs::is_empty(dir_.path()));
}

TEST_F(HttpControllerTest, ADownloadIsThereUnderItsName) {
  const Handler handler = [](const HttpRequest&) { return answer(200, "what was wanted"); };
  const fs::path place = dir_.path() / "got";
  const std::function<Task<Result<bool>>(HttpController&)> use =
      [&](HttpController& controller) -> Task<Result<bool>> {
    const std::string digest = sha256_of("what was wanted");
    const auto got = co_await controller.get_artifact(digest, place);
    if (!got) co_return got.error();
    co_return true;
  };
  ASSERT_TRUE(with_server(handler, use));
  EXPECT_EQ(*read_file(place), "what was wanted");
}

TEST_F(HttpControllerTest, TheConsoleIsAppendedWhereItWasSaidTo) {
  const Handler handler = [](const HttpRequest& request) {
    EXPECT_EQ(request.fields.get("Upload-Offset"), "10");
    EXPECT_EQ(request.body, "bytes");
    return at_offset(204, 15);
  };
  const std::function<Task<std::uint64_t>(HttpController&)> use =
      [](HttpController& controller) -> Task<std::uint64_t> {
    const auto taken = co_await controller.console(7, 10, "bytes");
    co_return taken.value().size_bytes;
  };
  EXPECT_EQ(with_server(handler, use), 15U);
}

}  // namespace
}  // namespace luolab
