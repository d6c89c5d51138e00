// SPDX-License-Identifier: Apache-2.0
#include "worker/run/agent_message.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

namespace json = boost::json;

GuestInstant instant_at(const json::object& object, std::string_view key) {
  const json::object instant = object_at(object, key);
  return {number_at(instant, "tsc"), static_cast<std::int64_t>(number_at(instant, "monotonic_ns"))};
}

std::vector<KernelStamp> stamps_at(const json::object& object, std::string_view key) {
  std::vector<KernelStamp> stamps;
  for (const auto& stamp : object_at(object, key)) {
    stamps.push_back({std::string(stamp.key()), number_of(stamp.value())});
  }
  return stamps;
}

AgentHello read_hello(const json::object& hello, GuestInstant at) {
  const json::object tsc = object_at(hello, "tsc");
  return {.protocol = static_cast<std::uint32_t>(number_at(hello, "protocol")),
          .boot_id = text_at(hello, "boot_id"),
          .release = text_at(hello, "release"),
          .kernel_build_id = text_at(hello, "kernel_build_id"),
          .liveupdate = flag_at(hello, "liveupdate"),
          .tsc_hz = number_at(tsc, "hz"),
          .tsc_source = text_at(tsc, "source"),
          .start = instant_at(hello, "start"),
          .stamps = stamps_at(hello, "phase_stamps"),
          .echo_tsc = number_at(hello, "echo_tsc"),
          .at = at};
}

AgentReply read_reply(const json::object& message, GuestInstant at) {
  AgentReply reply{.id = number_at(message, "id"),
                   .going = flag_at(message, "going"),
                   .result = object_at(message, "result"),
                   .at = at};
  if (const auto* tsc = message.if_contains("tsc");
      tsc != nullptr && tsc->is_array() && tsc->as_array().size() == 2) {
    reply.start_tsc = number_of(tsc->as_array()[0]);
    reply.end_tsc = number_of(tsc->as_array()[1]);
  }
  if (!flag_at(message, "ok")) {
    const json::object error = object_at(message, "error");
    reply.failure = AgentFailure{text_at(error, "call"), text_at(error, "errno"),
                                 text_at(error, "detail"), text_at(error, "promise")};
  }
  return reply;
}

}  // namespace

AgentAck read_ack(const std::string& load, const json::object& figures) {
  AgentAck ack{.load = load,
               .count = number_at(figures, "count"),
               .bad = number_at(figures, "bad"),
               .first_bad = text_at(figures, "first_bad")};
  if (const auto* done = figures.if_contains("done"); done != nullptr && done->is_array()) {
    for (const json::value& step : done->as_array()) ack.done.push_back(number_of(step));
  }
  return ack;
}

Result<AgentMessage> read_agent_line(std::string_view line) {
  boost::system::error_code error;
  const json::value value = json::parse(line, error);
  if (error || !value.is_object()) {
    return bug_error(
        fmt::format("the agent sent \"{}\", which is no JSON object", line.substr(0, 80)));
  }
  const json::object& message = value.as_object();
  const GuestInstant at = instant_at(message, "at");
  if (message.contains("hello")) return AgentMessage(read_hello(object_at(message, "hello"), at));
  if (message.contains("ack")) {
    const json::object figures = object_at(message, "ack");
    return AgentMessage(read_ack(text_at(figures, "load"), figures));
  }
  if (message.contains("id")) return AgentMessage(read_reply(message, at));
  return bug_error(
      fmt::format("the agent sent \"{}\", which is neither hello nor answer", line.substr(0, 80)));
}

}  // namespace luolab
