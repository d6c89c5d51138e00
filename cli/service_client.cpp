// SPDX-License-Identifier: Apache-2.0
#include "cli/service_client.h"

#include <cstdlib>

#include <boost/algorithm/string/trim.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "cli/token_file.h"
#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

constexpr std::chrono::seconds kAnswerTime{60};
constexpr std::chrono::seconds kSilence{45};  // the controller says something every 15 s
constexpr std::chrono::seconds kPause{1};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// What a problem says, its list of errors line by line.
std::string problem_text(const HttpReply& reply) {
  boost::system::error_code code;
  const auto json = boost::json::parse(reply.body, code);
  if (code || !json.is_object())
    return fmt::format("the controller answered {} without saying why", reply.status);
  const auto& problem = json.get_object();
  std::string text = text_at(problem, "detail");
  if (const auto* errors = problem.if_contains("errors"); errors != nullptr && errors->is_array()) {
    text.clear();
    for (const auto& error : errors->get_array()) {
      if (error.is_object()) text += text_at(error.get_object(), "text") + "\n";
    }
    boost::algorithm::trim_right(text);
  }
  return text.empty() ? text_at(problem, "title") : text;
}

Error error_of(const HttpReply& reply) {
  if (reply.status == 401)
    return scenario_error(problem_text(reply) + " (--token-file or LUOLAB_TOKEN_FILE names it)");
  const bool own_fault = reply.status >= 400 && reply.status < 500 && reply.status != 429;
  return own_fault ? scenario_error(problem_text(reply)) : lab_error(problem_text(reply));
}

/// Cuts a stream of server-sent events into the data of each (WHATWG HTML, 9.2.6).
class EventCutter {
 public:
  template <class Take>
  void add(std::string_view bytes, Take take) {
    text_ += bytes;
    for (std::size_t end = 0; (end = text_.find("\n\n")) != std::string::npos;) {
      const std::string block = text_.substr(0, end);
      text_.erase(0, end + 2);
      const auto data = block.find("data: ");
      if (data != std::string::npos)
        take(block.substr(data + 6, block.find('\n', data) - data - 6));
    }
  }
  void reset() { text_.clear(); }

 private:
  std::string text_;
};

}  // namespace

std::vector<CLI::Option*> add_service_flags(CLI::App& command, ServiceFlags& flags) {
  return {command.add_option("--controller", flags.controller,
                             "URL of the controller (LUOLAB_CONTROLLER; http://127.0.0.1:7480)"),
          command.add_option("--token-file", flags.token_file,
                             "File with the token (LUOLAB_TOKEN_FILE)"),
          command.add_option("--ca-file", flags.ca_file,
                             "PEM file with the authority of the controller's certificate "
                             "(LUOLAB_CA_FILE)")};
}

ServiceClient::ServiceClient(std::string base, HttpClient client, HttpClient streams)
    : base_(std::move(base)), client_(std::move(client)), streams_(std::move(streams)) {
  while (base_.ends_with('/')) base_.pop_back();
}

Result<ServiceClient> ServiceClient::make(asio::any_io_executor executor,
                                          const ServiceFlags& flags) {
  HttpClientOptions options;
  options.url = flags.controller.empty() ? environment("LUOLAB_CONTROLLER") : flags.controller;
  if (options.url.empty()) options.url = "http://127.0.0.1:7480";
  const std::string file =
      flags.token_file.empty() ? environment("LUOLAB_TOKEN_FILE") : flags.token_file;
  if (!file.empty()) {
    auto token = read_token_file(file);
    if (!token) return token.error();
    options.token = std::move(*token);
  }
  options.ca_file = flags.ca_file.empty() ? environment("LUOLAB_CA_FILE") : flags.ca_file;
  auto client = HttpClient::make(executor, options);
  if (!client) return client.error();
  auto streams = HttpClient::make(executor, options);
  if (!streams) return streams.error();
  return ServiceClient(options.url, std::move(*client), std::move(*streams));
}

ServiceRequest get_request(std::string target) {
  ServiceRequest request;
  request.target = std::move(target);
  return request;
}

Task<Result<boost::json::value>> ServiceClient::ask(ServiceRequest request) {
  if (!request.content_type.empty()) request.fields.add("Content-Type", request.content_type);
  auto reply =
      co_await client_.send(std::move(request.method), std::move(request.target),
                            std::move(request.fields), std::move(request.body), kAnswerTime);
  if (!reply) co_return reply.error();
  if (reply->status >= 300) co_return error_of(*reply);
  if (reply->body.empty()) co_return boost::json::value();
  boost::system::error_code code;
  auto json = boost::json::parse(reply->body, code);
  if (code) co_return lab_error("the controller's answer is no JSON: is this a luolab controller?");
  co_return json;
}

Task<Result<void>> ServiceClient::download(std::string target, std::filesystem::path file,
                                           std::uint64_t most_bytes) {
  auto reply = co_await streams_.download(std::move(target), HttpFields(), std::move(file),
                                          most_bytes, kSilence);
  if (!reply) co_return reply.error();
  if (reply->status >= 300) co_return error_of(*reply);
  co_return Result<void>();
}

Task<Result<void>> ServiceClient::events(std::string target, std::int64_t after,
                                         std::function<bool(const boost::json::object&)> on_event,
                                         std::function<void(const Error&)> on_away) {
  asio::steady_timer pause(co_await asio::this_coro::executor);
  EventCutter cutter;
  bool wanted = true, away = false;
  const std::function<void(std::string_view)> take = [&](std::string_view bytes) {
    cutter.add(bytes, [&](const std::string& data) {
      boost::system::error_code code;
      const auto json = boost::json::parse(data, code);
      if (code || !json.is_object() || !wanted) return;
      after = static_cast<std::int64_t>(number_at(json.get_object(), "seq"));
      wanted = on_event(json.get_object());
    });
    if (!wanted) throw boost::system::system_error(asio::error::operation_aborted);
  };
  while (wanted) {
    HttpFields fields;
    fields.add("Accept", "text/event-stream");
    fields.add("Last-Event-ID", std::to_string(after));
    cutter.reset();
    std::optional<Result<HttpReply>> reply;
    try {
      reply.emplace(co_await streams_.stream(target, std::move(fields), take, kSilence));
    } catch (const boost::system::system_error&) {
      if (wanted) throw;
      break;
    }
    if (*reply && (*reply)->status >= 400 && (*reply)->status < 500) co_return error_of(**reply);
    const bool reached = *reply && (*reply)->status < 300;
    if (!reached && !away) on_away(*reply ? error_of(**reply) : reply->error());
    away = !reached;
    pause.expires_after(kPause);
    co_await pause.async_wait(asio::use_awaitable);
  }
  co_return Result<void>();
}

}  // namespace luolab
