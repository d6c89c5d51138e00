// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/async/task.h"

namespace luolab {

/// Follows a console that a command of the machine's owner prints. The command is started again
/// when it ends. The destructor ends it. One thread.
class SerialConsole {
 public:
  /// A line without its end.
  using OnLine = std::function<Task<void>(std::string line)>;

  SerialConsole(asio::any_io_executor executor, std::string command, OnLine on_line);
  SerialConsole(const SerialConsole&) = delete;
  ~SerialConsole();

 private:
  struct State;
  static Task<void> follow(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace luolab
