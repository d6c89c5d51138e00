// SPDX-License-Identifier: Apache-2.0
#include "agent/dispatcher.h"

#include <cerrno>
#include <exception>
#include <new>

#include "agent/arguments.h"
#include "agent/clock.h"
#include "agent/hello.h"
#include "agent/operations.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

namespace field = wire::field;
namespace op = wire::op;

Json failed(const Failure& failure, std::uint64_t start) {
  return {
      {field::kOk, false}, {field::kTsc, {start, read_tsc()}}, {field::kError, to_json(failure)}};
}

Json succeeded(Json result, std::uint64_t start, std::uint64_t end) {
  return {{field::kOk, true}, {field::kTsc, {start, end}}, {field::kResult, std::move(result)}};
}

Outcome<Json> run_operation(Operation operation, Holdings& holdings, Arguments& arguments) {
  try {
    return operation(holdings, arguments);
  } catch (const std::bad_alloc&) {
    return Failure{"request", ENOMEM, "the agent is out of memory; give the machine more"};
  } catch (const std::exception& error) {
    return Failure{"request", EINVAL, error.what()};
  }
}

std::string finished(Json body, const Json& id) {
  body[field::kId] = id;
  body[field::kAt] = at_json();
  return to_line(body);
}

Failure bad_request(const std::string& detail) { return {"request", EINVAL, detail}; }

}  // namespace

Json to_json(const Failure& failure) {
  Json error{
      {"call", failure.call}, {"errno", errno_name(failure.error)}, {"detail", failure.detail}};
  const std::string_view promise = broken_promise(failure.call, failure.error);
  if (!promise.empty()) error["promise"] = promise;
  return error;
}

Reply Dispatcher::answer(std::string_view line) {
  id_ = nullptr;
  const Json request = Json::parse(line.begin(), line.end(), nullptr, false);
  if (!request.is_object()) {
    const char* const what =
        request.is_discarded() ? "the line is not JSON" : "the line is not a JSON object";
    return {finished(failed(bad_request(what), read_tsc()), id_)};
  }
  id_ = request.value("id", Json());
  return dispatch(request);
}

Reply Dispatcher::dispatch(const Json& request) {
  const Json name = request.value(field::kOp, Json());
  if (name == op::kKexec) {
    const std::uint64_t now = read_tsc();
    return {finished({{field::kOk, true}, {field::kTsc, {now, now}}, {field::kGoing, true}}, id_),
            AfterReply::kexec};
  }
  if (name == op::kPoweroff) {
    if (!powers_off_) {
      const Failure refused{"poweroff", EPERM,
                            "this agent is not PID 1 of a machine; close its input instead"};
      return {finished(failed(refused, read_tsc()), id_)};
    }
    return {finished(succeeded(Json::object(), read_tsc(), read_tsc()), id_),
            AfterReply::power_off};
  }
  if (name == op::kBatch) return {finished(perform_batch(request), id_)};
  if (name == op::kRepeat) return {finished(perform_repeat(request), id_)};
  return {finished(perform(request), id_)};
}

Json Dispatcher::perform(const Json& request) {
  const std::uint64_t start = read_tsc();
  Arguments arguments(request);
  const std::string name = arguments.text(field::kOp);
  if (arguments.problem()) return failed(*arguments.problem(), start);
  const Operation operation = find_operation(name);
  if (name == op::kActorDo) return perform_by_actor(arguments, start);
  if (operation == nullptr)
    return failed({"request", ENOSYS, "op: \"" + name + "\" is not known here"}, start);
  Outcome<Json> result = run_operation(operation, holdings_, arguments);
  const std::uint64_t end = read_tsc();
  if (!result) return failed(result.failure(), start);
  return succeeded(*std::move(result), start, end);
}

Json Dispatcher::perform_batch(const Json& request) {
  const std::uint64_t start = read_tsc();
  Arguments arguments(request);
  const std::vector<Json> requests = arguments.objects("ops");
  const bool stop_on_error = arguments.flag("stop_on_error");
  if (arguments.problem()) return failed(*arguments.problem(), start);
  Json results = Json::array();
  for (const Json& each : requests) {
    results.push_back(perform(each));
    if (stop_on_error && !results.back()[field::kOk].get<bool>()) break;
  }
  return succeeded({{"results", std::move(results)}}, start, read_tsc());
}

Json Dispatcher::perform_repeat(const Json& request) {
  const std::uint64_t start = read_tsc();
  Arguments arguments(request);
  const std::vector<Json> requests = arguments.objects("ops");
  const std::uint64_t times = arguments.number("times");
  if (arguments.problem()) return failed(*arguments.problem(), start);
  for (std::uint64_t round = 1; round <= times; ++round) {
    for (const Json& each : requests) {
      Json body = perform(each);
      if (body[field::kOk].get<bool>()) continue;
      Json& detail = body[field::kError]["detail"];
      detail = "round " + std::to_string(round) + ": " + detail.get<std::string>();
      return body;
    }
  }
  return succeeded({{"times", times}}, start, read_tsc());
}

Json Dispatcher::perform_by_actor(Arguments& arguments, std::uint64_t start) {
  const std::string name = arguments.text("actor");
  const Json request = arguments.object("request");
  if (arguments.problem()) return failed(*arguments.problem(), start);
  const auto actor = holdings_.actors.find(name);
  if (actor == holdings_.actors.end()) {
    return failed({"request", ENOENT, "actor \"" + name + "\" does not run"}, start);
  }
  Outcome<Json> reply = actor->second.ask(request);
  if (!reply) return failed(reply.failure(), start);
  return *std::move(reply);
}

std::string Dispatcher::answer_too_long() const {
  const Failure failure{
      "request", EMSGSIZE,
      "the line has more than " + std::to_string(wire::kLineLimitBytes) + " bytes"};
  return finished(failed(failure, read_tsc()), nullptr);
}

std::string Dispatcher::answer_refused(const Failure& failure) const {
  return finished(failed(failure, read_tsc()), id_);
}

}  // namespace luolab
