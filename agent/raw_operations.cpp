// SPDX-License-Identifier: Apache-2.0
#include "agent/operations.h"
#include "agent/raw_call.h"

namespace luolab {
namespace {

Pointer pointer_named(const std::string& name) {
  if (name == "bad") return Pointer::bad;
  return name == "read_only" ? Pointer::read_only : Pointer::good;
}

}  // namespace

Outcome<Json> device_open(Holdings& holdings, Arguments& arguments) {
  const std::string as = arguments.text("as");
  if (arguments.problem()) return *arguments.problem();
  if (Done free = holdings.free_memfd_name(as); !free) return free.failure();
  Outcome<OwnedFd> device = open_liveupdate();
  if (!device) return device.failure();
  holdings.memfds.insert_or_assign(as, *std::move(device));
  return Json::object();
}

Outcome<Json> raw_ioctl(Holdings& holdings, Arguments& arguments) {
  const std::string handle = arguments.text("handle");
  RawCall raw{.name = arguments.text("call"),
              .size_bytes = static_cast<std::uint32_t>(arguments.number_or("size", 0)),
              .tail = arguments.flag("tail"),
              .pointer = pointer_named(arguments.text_or("pointer", "")),
              .session_name = arguments.text_or("name", "raw"),
              .token = arguments.number_or("token", 0),
              .reserved = static_cast<std::uint32_t>(arguments.number_or("reserved", 0))};
  if (arguments.problem()) return *arguments.problem();
  const bool is_session = holdings.sessions.contains(handle);
  const Outcome<int> fd = is_session ? holdings.session(handle) : holdings.memfd(handle);
  if (!fd) return fd.failure();
  if (Done made = make_raw_call(*fd, is_session, raw); !made) return made.failure();
  return Json::object();
}

}  // namespace luolab
