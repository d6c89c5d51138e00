// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "core/protocol/job.h"
#include "worker/run/load_plan.h"
#include "worker/run/oracle.h"
#include "worker/run/secrets.h"

namespace luolab {

/// A kernel of the job as it was built: what must turn up in the machine.
struct KernelIdentity {
  std::string build;     ///< digest of the build
  std::string release;   ///< uname -r
  std::string build_id;  ///< GNU build id; empty where a prebuilt image came without its vmlinux
};

/// Everything that a run machine needs to know before it starts. Plain data.
struct RunPlan {
  Job job;
  std::vector<KernelIdentity> kernels;  ///< as job.kernels
  AttemptSecrets secrets;
  std::vector<MemfdPlan> memfds;  ///< plan_memfds(job, secrets)
  std::vector<LoadPlan> loads;    ///< plan_loads(job, memfds)
  std::string cmdline;            ///< of every incoming kernel
  /// Requests that luolab's own tests slip in before preserve, such as the write that flips a byte.
  std::vector<boost::json::object> tampering;
  std::uint64_t tsc_hz = 0;  ///< of the target's TSC, where the worker knows better than the guest
  /// Whether silence on the console speaks: it is the serial port's, and a system whose network is
  /// dead would say so there. Otherwise a machine that is not reached is the lab's trouble.
  bool console_tells = true;
  /// The memory writers of the first hop leave out one store; luolab's own tests ask for it.
  bool drop_store = false;
};

/// The kernel command line that every scenario gets: KHO and LUO on, the console where the lab
/// listens, a panic that ends the machine at once, boot banners shown (notice level). `tsc_hz`: the
/// frequency of the target's TSC where the worker knows it, else 0; an emulated kernel whose worker
/// is busy measures it wrongly or not at all, and may then not finish booting.
std::string kernel_cmdline(const Job& job, std::uint64_t tsc_hz = 0);

/// The command line of a hop's incoming kernel.
std::string hop_cmdline(const RunPlan& plan, std::uint32_t hop);

/// How the image of a kernel is named in /luolab and in the baggage: after its build, so that jobs
/// which number their kernels differently can share an initramfs.
std::string kernel_file_name(const KernelIdentity& kernel);
inline constexpr const char* kInitrdFileName = "initrd";

/// The names of the files that hops after `hop` still need; they ride along in the baggage.
std::vector<std::string> files_needed_after(const RunPlan& plan, std::uint32_t hop);

}  // namespace luolab
