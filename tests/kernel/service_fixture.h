// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "core/base/file.h"
#include "db/attempt_record.h"
#include "tests/kernel/lab_fixture.h"
#include "tests/programs/program.h"

namespace luolab {

/// `luolab controller` and `luolab worker` as programs, with folders of their own, and a kernel
/// that is built already.
class ServiceFixture : public LabFixture {
 protected:
  ServiceFixture();

  /// A scenario of so many jobs, each a live update of a small machine.
  std::filesystem::path scenario(int jobs) const;
  /// A command whose state is the controller's.
  ProcessSpec luolab(std::vector<std::string> arguments) const;
  /// A worker with state and cache of its own.
  ProcessSpec worker(const std::string& name, std::vector<std::string> arguments) const;
  std::filesystem::path state() const { return folder_.path() / "state"; }
  std::filesystem::path cache_of(const std::string& worker) const {
    return folder_.path() / worker / "cache";
  }

  /// A token of that role, in a file that only its owner may read.
  Task<std::filesystem::path> token(std::string role) const;
  /// Returns while the worker has an attempt that runs, and did not before.
  static Task<void> begins_an_attempt(Program& worker);
  /// The port that a controller's log names.
  static std::string port_in(const std::string& log);
  /// Ends a program as a service manager does; it must end well.
  static Task<void> stop(Program& program);

  /// All attempts of the run, when the controller has ended.
  std::vector<AttemptRecord> attempts() const;
  /// Each job has one attempt that counts: PASS, with a console that both kernels wrote to.
  void expect_every_job_passed_once(std::size_t jobs) const;
  /// No process that was started from here lives, and no scratch files of these workers.
  void expect_nothing_left(const std::vector<std::string>& workers) const;

  TempDir folder_;
  std::filesystem::path image_;
  asio::io_context io_;
};

}  // namespace luolab
