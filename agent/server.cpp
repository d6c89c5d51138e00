// SPDX-License-Identifier: Apache-2.0
#include "agent/server.h"

#include <poll.h>

#include <cerrno>

#include "agent/dispatcher.h"
#include "agent/first_process.h"
#include "agent/hello.h"
#include "agent/kexec.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

constexpr int kPeerRetryMs = 20;  // a virtio port reports "hung up" at once, so there is no event

}  // namespace

bool Server::wait_for_peer() const {
  if (!first_process_) return false;
  poll(nullptr, 0, kPeerRetryMs);
  return true;
}

bool Server::told_to_go() {
  if (!waits_for_go_) return true;
  const auto line = channel_.next();
  if (!line) return false;
  const Json request = Json::parse(line->text.begin(), line->text.end(), nullptr, false);
  return request.is_object() && request.value(wire::field::kOp, Json()) == wire::op::kGo;
}

bool Server::serve(const Instant& start) {
  Dispatcher dispatcher(holdings_, first_process_);
  Json hello = hello_message(start);
  if (holdings_.echo_ready_tsc) hello[wire::field::kHello]["echo_tsc"] = *holdings_.echo_ready_tsc;
  if (!channel_.send(to_line(hello))) return false;
  holdings_.loads.tell([this](const std::string& line) { channel_.offer(line); });
  while (true) {
    const auto line = channel_.next();
    if (!line) {
      if (wait_for_peer()) continue;
      return true;
    }
    const Reply reply =
        line->too_long ? Reply{dispatcher.answer_too_long()} : dispatcher.answer(line->text);
    if (!channel_.send(reply.line) && !first_process_) return false;
    if (reply.then == AfterReply::power_off) power_off();
    if (reply.then == AfterReply::kexec && !told_to_go()) {
      channel_.send(dispatcher.answer_refused(
          {"request", ECANCELED, "the line after \"going\" was not {\"op\":\"go\"}"}));
    } else if (reply.then == AfterReply::kexec) {
      holdings_.loads.leaving();
      channel_.send(dispatcher.answer_refused(leave_kernel(holdings_.baggage)));
    }
  }
}

}  // namespace luolab
