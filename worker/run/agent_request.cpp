// SPDX-License-Identifier: Apache-2.0
#include "worker/run/agent_request.h"

#include <boost/describe/enum_to_string.hpp>
#include <boost/json.hpp>

#include "core/wire/agent_wire.h"

namespace luolab::agent_request {
namespace {

namespace json = boost::json;
namespace op = wire::op;

json::object request(std::string_view op) { return {{"op", op}}; }

json::object session_request(std::string_view op, const std::string& session) {
  return {{"op", op}, {"session", session}};
}

json::object memfd_request(std::string_view op, const MemfdPlan& plan) {
  return {{"op", op}, {"memfd", plan.title}};
}

json::object layout(const Layout& layout) {
  json::array fallocated;
  for (const Extent& extent : layout.fallocated) {
    fallocated.push_back(
        json::object{{"offset", extent.offset_bytes}, {"length", extent.length_bytes}});
  }
  return {{"hole_pages", layout.hole_pages},
          {"hole_period", layout.hole_period},
          {"fallocated", std::move(fallocated)}};
}

std::string pattern(const MemfdPlan& plan) {
  return boost::describe::enum_to_string(plan.spec.pattern, "zero");
}

}  // namespace

json::object session_create(const std::string& session) {
  return session_request(op::kSessionCreate, session);
}
json::object session_retrieve(const std::string& session) {
  return session_request(op::kSessionRetrieve, session);
}
json::object session_close(const std::string& session) {
  return session_request(op::kSessionClose, session);
}
json::object finish(const std::string& session) { return session_request(op::kFinish, session); }

json::object memfd_create(const MemfdPlan& plan) {
  json::object request = memfd_request(op::kMemfdCreate, plan);
  request["size"] = plan.spec.size_bytes;
  request["layout"] = layout(plan.layout);
  request["pattern"] = pattern(plan);
  request["seed"] = plan.key.seed;
  request["mark"] = plan.key.mark;
  request["thp"] = plan.spec.thp == Thp::always;
  return request;
}

json::object memfd_seal(const MemfdPlan& plan) {
  json::object request = memfd_request(op::kMemfdSeal, plan);
  json::array seals;
  for (const Seal seal : plan.spec.seals) {
    seals.push_back(json::string(boost::describe::enum_to_string(seal, "")));
  }
  request["seals"] = std::move(seals);
  return request;
}

json::object memfd_seek(const MemfdPlan& plan) {
  json::object request = memfd_request(op::kMemfdSeek, plan);
  request["position"] = plan.spec.position_bytes;
  return request;
}

json::object memfd_digest(const MemfdPlan& plan, std::uint64_t range_bytes) {
  json::object request = memfd_request(op::kMemfdDigest, plan);
  request["range_bytes"] = range_bytes;
  request["sha256"] = plan.spec.sha256;
  request["layout"] = layout(plan.layout);
  request["pattern"] = pattern(plan);
  request["mark"] = plan.key.mark;
  return request;
}

json::object memfd_pages(const MemfdPlan& plan, const std::string& handle, const PageRange& pages) {
  return {{"op", op::kMemfdPages},
          {"memfd", handle},
          {"size", plan.spec.size_bytes},
          {"first", pages.first},
          {"count", pages.count}};
}

json::object memfd_heads(const MemfdPlan& plan, const std::string& handle,
                         std::span<const PageRange> runs, std::uint64_t whole) {
  json::array list;
  for (const PageRange& run : runs) {
    list.push_back(json::object{{"first", run.first}, {"count", run.count}});
  }
  return {{"op", op::kMemfdHeads},
          {"memfd", handle},
          {"size", plan.spec.size_bytes},
          {"runs", std::move(list)},
          {"whole", whole}};
}

json::object memfd_write(const std::string& memfd, std::uint64_t offset_bytes,
                         const std::string& hex) {
  return {{"op", op::kMemfdWrite}, {"memfd", memfd}, {"offset", offset_bytes}, {"hex", hex}};
}

json::object preserve(const MemfdPlan& plan) {
  json::object request = session_request(op::kPreserve, plan.session);
  request["memfd"] = plan.title;
  request["token"] = plan.spec.token;
  return request;
}

json::object retrieve(const MemfdPlan& plan) {
  json::object request = preserve(plan);
  request["op"] = op::kRetrieve;
  return request;
}

json::object baggage_pack(const std::string& nonce, std::uint32_t hop,
                          const std::vector<std::string>& files) {
  json::array names;
  for (const std::string& file : files) names.push_back(json::string(file));
  return {{"op", op::kBaggagePack}, {"nonce", nonce}, {"hop", hop}, {"files", std::move(names)}};
}

json::object baggage_unpack() { return request(op::kBaggageUnpack); }

json::object kexec_load(const std::string& kernel, const std::string& initrd,
                        const std::string& cmdline) {
  return {{"op", op::kKexecLoad}, {"kernel", kernel}, {"initrd", initrd}, {"cmdline", cmdline}};
}

json::object kexec() { return request(op::kKexec); }
json::object info() { return request(op::kInfo); }

json::object by_actor(const std::string& actor, json::object request) {
  return {{"op", op::kActorDo}, {"actor", actor}, {"request", std::move(request)}};
}

std::string line(std::uint64_t id, json::object request) {
  request["id"] = id;
  return json::serialize(request);
}

}  // namespace luolab::agent_request
