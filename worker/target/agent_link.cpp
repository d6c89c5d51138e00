// SPDX-License-Identifier: Apache-2.0
#include "worker/target/agent_link.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr seconds kStart{20};
constexpr seconds kAnswer{30};  // kexec_file_load checks and copies the image
constexpr std::size_t kLongestLine = std::size_t{2} << 20;

json::object read_object(std::string_view line) {
  boost::system::error_code error;
  json::value value = json::parse(line, error);
  return !error && value.is_object() ? std::move(value.get_object()) : json::object();
}

std::string boot_id_of(std::string_view line) {
  const json::object message = read_object(line);
  const auto* const hello = message.if_contains("hello");
  return hello != nullptr && hello->is_object() ? text_at(hello->get_object(), "boot_id") : "";
}

/// What an agent said when it refused: "open /var/tmp/luolab/kernel: ENOENT (...)".
std::string refusal_of(const json::object& reply) {
  const auto* const error = reply.if_contains("error");
  if (error == nullptr || !error->is_object()) return "the agent's answer makes no sense";
  const json::object& failure = error->get_object();
  return fmt::format("{}: {} ({})", text_at(failure, "call"), text_at(failure, "errno"),
                     text_at(failure, "detail"));
}

}  // namespace

AgentLink::AgentLink(const asio::any_io_executor& executor, std::unique_ptr<SshSession> session,
                     UniqueFd end)
    : session_(std::move(session)), socket_(executor) {
  socket_.assign(asio::local::stream_protocol(), end.release());
}

Task<SshResult<std::unique_ptr<AgentLink>>> AgentLink::start(std::unique_ptr<SshSession> session,
                                                             std::string command) {
  auto end = co_await session->start(std::move(command), kStart);
  if (!end) co_return end.error();
  const auto executor = co_await asio::this_coro::executor;
  std::unique_ptr<AgentLink> link(new AgentLink(executor, std::move(session), std::move(*end)));
  Task<std::optional<std::string>> hearing = link->next_line();
  const auto hello = co_await within(kAnswer, std::move(hearing));
  if (!hello || !*hello) {
    const SshOutput ended = co_await link->ended();
    co_return ssh_error(
        SshTrouble::lost,
        fmt::format("the agent said no hello: {} (exit code {})",
                    ended.errors.substr(0, ended.errors.find('\n')), ended.exit_code));
  }
  link->boot_id_ = boot_id_of(**hello);
  link->pending_.insert(0, **hello + "\n");
  co_return link;
}

Task<std::optional<std::string>> AgentLink::next_line() {
  std::string block(std::size_t{1} << 15, '\0');
  for (std::size_t searched = 0;;) {
    if (const auto end = pending_.find('\n', searched); end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      co_return line;
    }
    searched = pending_.size();
    if (searched > kLongestLine) co_return std::nullopt;
    boost::system::error_code error;
    const std::size_t got = co_await socket_.async_read_some(
        asio::buffer(block), asio::redirect_error(asio::use_awaitable, error));
    pending_.append(block, 0, got);
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    if (error) co_return std::nullopt;
  }
}

Task<bool> AgentLink::send(std::string line) {
  line += '\n';
  boost::system::error_code error;
  co_await asio::async_write(socket_, asio::buffer(line),
                             asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

Task<Result<json::object>> AgentLink::ask(json::object request) {
  std::string line = json::serialize(request);
  co_await send(std::move(line));
  Task<std::optional<std::string>> hearing = next_line();
  const auto answer = co_await within(kAnswer, std::move(hearing));
  if (!answer || !*answer) co_return lab_error("the agent at home ended");
  json::object reply = read_object(**answer);
  if (!flag_at(reply, "ok")) co_return lab_error(refusal_of(reply));
  co_return reply;
}

Task<SshOutput> AgentLink::ended() { co_return co_await session_->ended(); }

bool is_going(std::string_view line) {
  return line.find("\"going\":true") != line.npos && flag_at(read_object(line), "going");
}

}  // namespace luolab
