// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "worker/run/oracle.h"

namespace luolab {

/// Neighbouring pages.
struct PageRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

/// Requests to the agent, without their id (docs/agent-protocol.md). Pure.
namespace agent_request {

boost::json::object session_create(const std::string& session);
boost::json::object session_retrieve(const std::string& session);
boost::json::object session_close(const std::string& session);
boost::json::object memfd_create(const MemfdPlan& plan);
boost::json::object memfd_seal(const MemfdPlan& plan);
boost::json::object memfd_seek(const MemfdPlan& plan);
/// Marks are checked by the key alone; the seed is not in it.
boost::json::object memfd_digest(const MemfdPlan& plan, std::uint64_t range_bytes);
/// `handle`: what the memfd is called now, where its title is not it.
boost::json::object memfd_pages(const MemfdPlan& plan, const std::string& handle,
                                const PageRange& pages);
/// The beginnings and ends of pages, and the first `whole` of them as they are.
boost::json::object memfd_heads(const MemfdPlan& plan, const std::string& handle,
                                std::span<const PageRange> runs, std::uint64_t whole);
boost::json::object memfd_write(const std::string& memfd, std::uint64_t offset_bytes,
                                const std::string& hex);
boost::json::object preserve(const MemfdPlan& plan);
boost::json::object retrieve(const MemfdPlan& plan);
boost::json::object finish(const std::string& session);
boost::json::object baggage_pack(const std::string& nonce, std::uint32_t hop,
                                 const std::vector<std::string>& files);
boost::json::object baggage_unpack();
boost::json::object kexec_load(const std::string& kernel, const std::string& initrd,
                               const std::string& cmdline);
boost::json::object kexec();
boost::json::object info();
/// The request, done by an actor in the agent's place.
boost::json::object by_actor(const std::string& actor, boost::json::object request);

/// The request as a line, with its id.
std::string line(std::uint64_t id, boost::json::object request);

}  // namespace agent_request
}  // namespace luolab
