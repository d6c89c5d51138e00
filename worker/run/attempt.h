// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/thread_pool.hpp>
#include <boost/json/object.hpp>

#include "core/async/task.h"
#include "core/protocol/job.h"
#include "core/protocol/report.h"
#include "worker/kernel/kernel_builder.h"
#include "worker/run/run_machine.h"
#include "worker/target/qemu_target.h"
#include "worker/target/ssh_machine.h"

namespace luolab {

class TemplatePool;

/// What luolab's own tests change about an attempt, to show that a lab or a kernel that cheats
/// never gets PASS. Empty in real runs.
struct AttemptHooks {
  std::vector<boost::json::object> tampering;  ///< requests slipped in before preserve
  std::vector<std::string> incoming_cmdline;   ///< words only the incoming kernels get
  std::filesystem::path incoming_image;        ///< loaded in place of the incoming kernel's image
  bool survive_reset = false;
  bool drop_store = false;  ///< of the memory writers of the first hop
  /// Called after each event of the target.
  std::function<Task<void>(Target&, const RunMachine&)> after_event;
};

/// What an attempt needs of its worker. Borrowed by `run_attempt`; one thread.
struct AttemptContext {
  KernelBuilder& builder;
  asio::thread_pool& blocking;  ///< for hashing and files
  std::filesystem::path agent;  ///< the luolab-agent executable
  std::filesystem::path cache;  ///< scratch and probe results
  /// Keeps a file as evidence before the attempt's scratch folder goes.
  std::function<Artifact(const std::filesystem::path& file, std::string_view name)> keep;
  /// What is going on, for people.
  std::function<void(std::string_view activity)> on_activity;
  /// The console lies there from now on, and only grows. May be empty.
  std::function<void(const std::filesystem::path& console)> on_console;
  /// Whether the attempt is still this worker's (AttemptTies::ours). May be empty: it is.
  std::function<bool()> ours;
  /// A build that came from elsewhere; asked before the builder is. May be empty.
  std::function<std::optional<KernelBuild>(const KernelSpec& kernel)> provided;
  /// What the builder made of a kernel. Not called where the attempt is cancelled. May be empty.
  std::function<void(const KernelSpec& kernel, const BuildResult& result)> on_build;
  /// Saved machines that this run's attempts share; nullptr: every machine starts with power-on.
  TemplatePool* templates = nullptr;
  /// Machines that are reached over SSH, by their names; nullptr: none.
  const std::vector<SshMachine>* machines = nullptr;
  /// Fencing token of the attempt on such a machine's lock: grows with every attempt of a lab.
  std::int64_t token = 0;
  AttemptHooks hooks;
};

/// One try of a job here: builds its kernels, boots, updates, verifies, and reports. Never throws
/// for what a kernel or the lab does wrong: that is the verdict. Throws where it is cancelled
/// (operation_aborted); machine, processes and files are gone then.
Task<AttemptReport> run_attempt(const Job& job, AttemptContext& context);

}  // namespace luolab
