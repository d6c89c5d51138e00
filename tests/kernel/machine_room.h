// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/unique_fd.h"
#include "tests/programs/program.h"

namespace luolab {

/// Machines for tests: network namespaces with an address each, joined by one bridge, that lies in
/// the machine "hub". Each belongs to a process that holds it open until this object, or the test,
/// goes, however that ends; they have no names that could be left behind. An ordinary user gets
/// them in a user namespace. One thread.
class MachineRoom {
 public:
  explicit MachineRoom(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  /// Makes the hub, with the address 10.77.0.1. Throws std::runtime_error where namespaces can't
  /// be made.
  Task<void> open();
  /// Adds a machine, "10.77.0.2".
  Task<void> add(std::string machine, std::string address);
  /// Cuts the machine's cable, or plugs it in again: what is sent meanwhile is lost.
  Task<void> plug(std::string machine, bool in);
  /// The same program, in that machine.
  ProcessSpec at(const std::string& machine, ProcessSpec spec) const;

 private:
  struct Holder {
    std::unique_ptr<Program> program;
    UniqueFd leash;  ///< the holder ends when this is closed
    std::string port;
  };
  Task<void> hold(std::string machine, ProcessSpec unshare);
  Task<void> ip(std::string machine, std::string arguments);
  std::string namespace_of(const std::string& machine, std::string_view kind) const;

  asio::any_io_executor executor_;
  std::map<std::string, Holder> holders_;
};

}  // namespace luolab
