// SPDX-License-Identifier: Apache-2.0
#include "agent/operations.h"
#include "agent/raw_call.h"

namespace luolab {
namespace {

Pointer read_pointer(Arguments& arguments) {
  const std::string name = arguments.text_or("pointer", "");
  if (name.empty()) return Pointer::good;
  if (name == "bad") return Pointer::bad;
  if (name != "read_only") arguments.reject("pointer: \"" + name + "\" is none of bad, read_only");
  return Pointer::read_only;
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
              .pointer = read_pointer(arguments),
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
