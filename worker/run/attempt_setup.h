// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "worker/run/attempt.h"

namespace luolab {

/// What a worker computed that the memfds of a job must contain.
struct ExpectedContents {
  std::string sessions;  ///< sessions, range of a checksum and steps, as JSON
  std::uint64_t seed = 0;
  std::vector<MemfdPlan> memfds;
};

/// The report of an attempt that came to no machine.
AttemptReport without_machine(Verdict verdict, std::string check, std::string reason);

/// What every machine of an attempt is made from. Borrows; lives as long as the attempt.
struct AttemptSetup {
  const Job& job;
  const std::vector<KernelBuild>& builds;  ///< as job.kernels
  AttemptContext& context;
  std::string accel;

  QemuOptions options() const;
  /// The kernel's command line, the same for every machine of the job that this process starts.
  std::string cmdline() const;
  /// `folder` holds the console, and the disk, which is made empty.
  BootSpec boot(const std::filesystem::path& initramfs, const std::filesystem::path& folder) const;
};

/// What the attempt's run machine is to know. Takes time in proportion to the job's memory, but not
/// where `computed` has the same sessions' contents for the same secrets already.
RunPlan make_plan(const AttemptSetup& setup, AttemptSecrets secrets,
                  const ExpectedContents* computed = nullptr);

/// The plan's expectations, to be used again.
ExpectedContents contents_of(const RunPlan& plan);

/// The builds that the job's hops go to, without repeats.
std::vector<KernelBuild> incoming_builds(const AttemptSetup& setup);

/// Writes the initramfs of the first kernel: agent, the images of the `incoming` kernels, and the
/// initramfs that those will get; the agent comes with the programs of exec `loads`, and with the
/// archive `beside_agent`. Fault::lab where a part can't be read.
Result<std::filesystem::path> write_initramfs(const AttemptContext& context,
                                              std::span<const KernelBuild> incoming,
                                              std::span<const LoadSpec> loads,
                                              const std::filesystem::path& folder,
                                              std::string_view beside_agent = {});

/// Leaves what became of the memory in `folder`, as the file kPageMapArtifact; nothing where the
/// machine never came so far that pages were verified.
void keep_page_map(const RunMachine& machine, const std::filesystem::path& folder);

}  // namespace luolab
