// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "core/async/process.h"
#include "core/async/signal.h"

namespace luolab {

/// A program that runs beside the test, and all that it says. Owns it: the destructor kills it and
/// its group. One thread: that of the executor. Waiting is for an event, and throws what the
/// program said where the event does not come within `kPatience`.
class Program {
 public:
  static constexpr std::chrono::seconds kPatience{150};

  /// `name` is for messages. Throws std::runtime_error where it can't be started.
  Program(const asio::any_io_executor& executor, std::string name, ProcessSpec spec);
  Program(const Program&) = delete;
  ~Program();

  /// Returns when it says this, on standard output or error, after what was waited for before.
  Task<void> says(std::string text);
  /// Its exit code, or 128 + signal number, when all that it said was read.
  Task<int> ended();
  /// To the program alone: what it started is its own affair.
  void signal(int number) const;

  pid_t pid() const { return process_->pid(); }
  const std::string& output() const { return said_->text; }

 private:
  struct Said {
    explicit Said(const asio::any_io_executor& executor) : pipe(executor), more(executor) {}
    asio::posix::stream_descriptor pipe;
    std::string text;
    bool over = false;
    Signal more;
  };
  static Task<void> read(std::shared_ptr<Said> said);
  Task<bool> found(std::string text);
  Task<bool> all_said();
  [[noreturn]] void complain(const std::string& what) const;

  std::string name_;
  std::shared_ptr<Said> said_;
  std::size_t seen_ = 0;  ///< of the text: where the last wait ended
  std::unique_ptr<Process> process_;
};

/// Runs a program to its end and returns what it printed; throws where its exit code is not 0.
Task<std::string> output_of(ProcessSpec spec);

}  // namespace luolab
