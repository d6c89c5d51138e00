// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace luolab {

/// QEMU's machine protocol as far as luolab speaks it (QEMU docs/interop/qmp-spec.rst). Pure: lines
/// in, messages out; whoever owns the socket moves the lines.
namespace qmp {

struct Greeting {};
struct Reply {
  std::uint64_t id = 0;
  bool ok = false;
  boost::json::value result;  ///< ok: "return"
  std::string error;          ///< else: QEMU's description
};
struct Event {
  std::string name;  ///< "SHUTDOWN", "RESET", "MIGRATION", ...
  boost::json::object data;
};
struct Unknown {};
using Message = std::variant<Greeting, Reply, Event, Unknown>;

/// Never fails: what is no message of the protocol is Unknown.
Message read(std::string_view line);

/// One command as a line, without newline.
std::string command(std::uint64_t id, std::string_view name, boost::json::object arguments = {});

}  // namespace qmp
}  // namespace luolab
