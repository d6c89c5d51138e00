// SPDX-License-Identifier: Apache-2.0
#include "worker/run/load_request.h"

#include <string>

#include <boost/json.hpp>

#include "core/wire/agent_wire.h"

namespace luolab::load_request {
namespace {

namespace json = boost::json;
namespace op = wire::op;

void add_shape(json::object& request, const LoadPlan& load) {
  request["threads"] = load.spec.threads;
  request["order"] = json::string(order_name(load.shape.order));
  request["order_seed"] = load.shape.seed;
}

}  // namespace

json::object start(const LoadPlan& load, const MemfdPlan* memfd, bool resume, bool drop_store) {
  json::object request{{"op", op::kLoadStart},
                       {"load", load.name},
                       {"kind", kind_word(load.spec.kind)},
                       {"threads", load.spec.threads},
                       {"pinned", load.spec.pinned},
                       {"rate", load.spec.rate}};
  if (load.spec.kind == LoadKind::pressure) request["leave"] = load.spec.leave_bytes;
  if (!load.device.empty()) request["device"] = load.device;
  if (load.spec.kind == LoadKind::exec) {
    request["file"] = program_name(load.spec);
    request["args"] = json::value_from(load.spec.args);
  }
  if (memfd == nullptr) return request;
  request["memfd"] = memfd->title;
  request["mark"] = memfd->key.mark;
  add_shape(request, load);
  if (!load.journal) return request;
  request["seed"] = memfd->key.seed;
  request["journal"] = load.journal->title;
  request["resume"] = resume;
  if (drop_store) request["drop_store"] = true;
  return request;
}

json::object stop(const LoadPlan& load) { return {{"op", op::kLoadStop}, {"load", load.name}}; }

json::object journal(const LoadPlan& load, const MemfdPlan& memfd) {
  json::object request{
      {"op", op::kLoadJournal}, {"memfd", memfd.title}, {"journal", load.journal->title}};
  add_shape(request, load);
  return request;
}

json::object records(const MemfdPlan& memfd, std::uint64_t first_page, std::uint64_t count) {
  return {{"op", op::kLoadRecords},
          {"memfd", memfd.title},
          {"mark", memfd.key.mark},
          {"first", first_page},
          {"count", count}};
}

}  // namespace luolab::load_request
