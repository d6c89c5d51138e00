// SPDX-License-Identifier: Apache-2.0
#include "worker/lease/http_controller.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/sha256.h"
#include "core/protocol/json.h"
#include "core/protocol/json_fields.h"
#include "worker/lease/file_piece.h"
#include "worker/lease/unknown_instance.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceBytes = std::size_t{4} << 20;
constexpr std::chrono::seconds kAnswerTime{30};
constexpr std::chrono::seconds kLeastBeat{1};  // for a heartbeat to be answered
constexpr std::chrono::seconds kUploadTime{120};
constexpr std::chrono::seconds kParkedExtra{15};  // beyond what the controller was asked to wait
constexpr std::uint64_t kLargestArchive = std::uint64_t{4} << 30;
constexpr int kMostRefusals = 5;  // of an upload's offset, or of its content

/// The problem document (RFC 9457) of an answer; empty members where it has none.
struct Problem {
  std::string type, words;
};

Problem problem_of(const HttpReply& reply) {
  boost::system::error_code code;
  const boost::json::value json = boost::json::parse(reply.body, code);
  if (code || !json.is_object()) return {};
  const auto& object = json.as_object();
  const std::string detail = text_at(object, "detail");
  return {text_at(object, "type"), detail.empty() ? text_at(object, "title") : detail};
}

/// Trying again may help; all else that is not taken never will be.
bool is_passing(int status) { return status >= 500 || status == 408 || status == 429; }

Error error_of(std::string_view call, const HttpReply& reply) {
  const Problem problem = problem_of(reply);
  std::string what = fmt::format("{}: the controller answered {}", call, reply.status);
  if (!problem.words.empty()) what += ": " + problem.words;
  if (reply.status == 409 && problem.type.ends_with("unknown-instance")) {
    return unknown_instance_error(std::move(what));
  }
  if (reply.status == 401) {
    return scenario_error(what + " (--token-file names one of role worker)");
  }
  if (reply.status == 403) return scenario_error(std::move(what));
  if (is_passing(reply.status)) return lab_error(std::move(what));
  return bug_error(std::move(what));
}

template <class T>
Result<T> parsed(std::string_view call, const Result<HttpReply>& reply) {
  if (!reply) return reply.error();
  if (reply->status != 200) return error_of(call, *reply);
  auto thing = from_json<T>(reply->body);
  // What came in between may have cut it off, or be of another making: it is asked for again.
  if (!thing) return lab_error(fmt::format("{}: {}", call, thing.error().what));
  return thing;
}

std::optional<std::uint64_t> offset_of(const HttpReply& reply) {
  const std::string text = reply.fields.get("Upload-Offset");
  std::uint64_t offset = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), offset);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return offset;
}

bool is_stale(const HttpReply& reply) {
  return reply.status == 409 && problem_of(reply).type.find("stale") != std::string::npos;
}

HttpFields json_fields() {
  HttpFields fields;
  fields.add("Content-Type", "application/json");
  return fields;
}

HttpFields piece_fields(std::uint64_t offset) {
  HttpFields fields;
  fields.add("Content-Type", "application/octet-stream");
  fields.add("Upload-Offset", std::to_string(offset));
  return fields;
}

template <class T>
std::string text_of(const T& thing) {
  return boost::json::serialize(to_json(thing));
}

}  // namespace

HttpController::HttpController(std::string worker, Lanes lanes)
    : worker_(std::move(worker)), lanes_(std::move(lanes)), interval_(kAnswerTime) {}

Result<std::unique_ptr<HttpController>> HttpController::make(asio::any_io_executor executor,
                                                             const HttpClientOptions& options,
                                                             std::string worker) {
  std::vector<HttpClient> clients;
  for (int i = 0; i < 6; ++i) {
    auto client = HttpClient::make(executor, options);
    if (!client) return client.error();
    clients.push_back(std::move(*client));
  }
  Lanes lanes{HttpLane(executor, std::move(clients[0])), HttpLane(executor, std::move(clients[1])),
              HttpLane(executor, std::move(clients[2])), HttpLane(executor, std::move(clients[3])),
              HttpLane(executor, std::move(clients[4])), HttpLane(executor, std::move(clients[5]))};
  return std::unique_ptr<HttpController>(new HttpController(std::move(worker), std::move(lanes)));
}

std::string HttpController::worker_target(std::string_view rest) const {
  return fmt::format("/api/v1/workers/{}{}", worker_, rest);
}

Task<Result<HttpReply>> HttpController::send_json(HttpLane& lane, std::string method,
                                                  std::string target, std::string body,
                                                  std::chrono::nanoseconds limit) {
  HttpFields fields = json_fields();
  auto reply = co_await lane.send(std::move(method), std::move(target), std::move(fields),
                                  std::move(body), limit);
  co_return reply;
}

Task<Result<WorkerWelcome>> HttpController::hello(const WorkerHello& hello) {
  std::string method = "PUT", target = worker_target(""), body = text_of(hello);
  const auto reply = co_await send_json(lanes_.words, std::move(method), std::move(target),
                                        std::move(body), kAnswerTime);
  auto welcome = parsed<WorkerWelcome>("hello", reply);
  if (welcome) interval_ = welcome->heartbeat;
  co_return welcome;
}

Task<Result<std::optional<LeaseGrant>>> HttpController::lease(const LeaseRequest& request) {
  std::string method = "POST", target = worker_target("/lease"), body = text_of(request);
  const auto reply = co_await send_json(lanes_.lease, std::move(method), std::move(target),
                                        std::move(body), request.wait + kParkedExtra);
  if (reply && reply->status == 204) co_return std::optional<LeaseGrant>();
  auto grant = parsed<LeaseGrant>("lease", reply);
  if (!grant) co_return grant.error();
  co_return std::optional<LeaseGrant>(std::move(*grant));
}

Task<Result<HeartbeatAnswer>> HttpController::heartbeat(const Heartbeat& heartbeat) {
  std::string method = "POST", target = worker_target("/heartbeat"), body = text_of(heartbeat);
  const auto limit = std::clamp<std::chrono::nanoseconds>(interval_, kLeastBeat, kAnswerTime);
  const auto reply =
      co_await send_json(lanes_.beat, std::move(method), std::move(target), std::move(body), limit);
  co_return parsed<HeartbeatAnswer>("heartbeat", reply);
}

Task<Result<Delivery>> HttpController::report(std::int64_t attempt, const AttemptReport& report) {
  std::string method = "PUT", target = fmt::format("/api/v1/attempts/{}/report", attempt);
  std::string body = text_of(report);
  const auto reply = co_await send_json(lanes_.words, std::move(method), std::move(target),
                                        std::move(body), kAnswerTime);
  if (!reply) co_return reply.error();
  if (reply->status == 204) co_return Delivery::taken;
  if (is_stale(*reply)) co_return Delivery::refused;
  co_return error_of("report", *reply);
}

Task<Result<HttpController::ConsoleTaken>> HttpController::console(std::int64_t attempt,
                                                                   std::uint64_t offset,
                                                                   std::string_view bytes) {
  std::string method = "PATCH", target = fmt::format("/api/v1/attempts/{}/console", attempt);
  HttpFields fields = piece_fields(offset);
  std::string body(bytes);
  const auto reply = co_await lanes_.console.send(std::move(method), std::move(target),
                                                  std::move(fields), std::move(body), kAnswerTime);
  if (!reply) co_return reply.error();
  if (is_stale(*reply)) co_return ConsoleTaken{Delivery::refused, 0};
  if (reply->status != 204) co_return error_of("console", *reply);
  const auto size = offset_of(*reply);
  if (!size) co_return lab_error("console: the controller's answer has no Upload-Offset");
  co_return ConsoleTaken{Delivery::taken, *size};
}

Task<Result<Delivery>> HttpController::put_artifact(std::int64_t attempt, const fs::path& file,
                                                    const std::string& sha256) {
  const std::string target = "/api/v1/artifacts/" + sha256;
  std::string ask = "HEAD", where = target, nothing;
  HttpFields no_fields;
  const auto there = co_await lanes_.upload.send(
      std::move(ask), std::move(where), std::move(no_fields), std::move(nothing), kAnswerTime);
  if (!there) co_return there.error();
  if (there->status == 200) co_return Delivery::taken;
  if (there->status != 404) co_return error_of("artifact", *there);
  const UniqueFd from = open_for_pieces(file);
  const std::uint64_t length = fs::file_size(file);
  std::uint64_t offset = offset_of(*there).value_or(0);
  for (int refusals = 0; refusals < kMostRefusals;) {
    std::string method = "PATCH", place = target;
    HttpFields fields = piece_fields(offset);
    fields.add("Upload-Length", std::to_string(length));
    fields.add("Luolab-Attempt", std::to_string(attempt));
    std::string piece = read_piece(from, offset, kPieceBytes);
    const auto reply = co_await lanes_.upload.send(
        std::move(method), std::move(place), std::move(fields), std::move(piece), kUploadTime);
    if (!reply) co_return reply.error();
    if (reply->status == 201) co_return Delivery::taken;
    if (is_stale(*reply)) co_return Delivery::refused;
    const auto next = offset_of(*reply);
    if (reply->status == 422) {
      offset = 0;
      ++refusals;
    } else if (next && (reply->status == 409 || reply->status == 204)) {
      if (reply->status == 409 || *next <= offset) ++refusals;
      offset = *next;
    } else {
      co_return error_of("artifact", *reply);
    }
  }
  co_return bug_error(
      fmt::format("artifact {}: the controller does not take it ({})", sha256, file.string()));
}

Task<Result<void>> HttpController::get_artifact(const std::string& sha256, const fs::path& file) {
  fs::path part = file;
  part += ".part";
  std::string target = "/api/v1/artifacts/" + sha256;
  fs::path place = part;
  const auto reply = co_await lanes_.download.download(std::move(target), std::move(place),
                                                       kLargestArchive, kAnswerTime);
  if (!reply) co_return reply.error();
  if (reply->status == 416) fs::remove(part);
  if (reply->status != 200 && reply->status != 206) {
    const Error error = error_of("artifact " + sha256, *reply);
    co_return reply->status == 416 ? lab_error(error.what) : error;
  }
  if (sha256_of_file(part) != sha256) {
    fs::remove(part);
    co_return lab_error("artifact " + sha256 + ": what came has another digest; dropped");
  }
  fs::rename(part, file);
  co_return Result<void>();
}

Task<Result<void>> HttpController::build_done(const std::string& key, std::int64_t attempt,
                                              const std::string& artifact,
                                              const std::string& failure) {
  boost::json::object words{{"attempt", attempt}};
  if (failure.empty()) words["artifact"] = artifact;
  if (!failure.empty()) words["failure"] = failure;
  std::string method = "PUT", target = "/api/v1/builds/" + key;
  std::string body = boost::json::serialize(words);
  const auto reply = co_await send_json(lanes_.words, std::move(method), std::move(target),
                                        std::move(body), kAnswerTime);
  if (!reply) co_return reply.error();
  if (reply->status == 204 || is_stale(*reply)) co_return Result<void>();
  co_return error_of("build", *reply);
}

}  // namespace luolab
