// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "core/protocol/kernel_spec.h"
#include "core/protocol/load_spec.h"

namespace luolab {

/// What a memfd is filled with before it is preserved. Defined in core/wire/pattern.h.
enum class Pattern { zero, random, records };
BOOST_DESCRIBE_ENUM(Pattern, zero, random, records)

/// Seals set before preserve (fcntl(2), F_ADD_SEALS).
enum class Seal { seal, shrink, grow, write, future_write };
BOOST_DESCRIBE_ENUM(Seal, seal, shrink, grow, write, future_write)

/// Huge pages for a memfd: `always` writes `force` to the shmem knob before it is created and
/// requires that huge pages were really got.
enum class Thp { never, always };
BOOST_DESCRIBE_ENUM(Thp, never, always)

struct ByteRange {
  std::uint64_t offset_bytes = 0;
  std::uint64_t length_bytes = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};
BOOST_DESCRIBE_STRUCT(ByteRange, (), (offset_bytes, length_bytes))

/// One memfd of a session. Pages that are holes, or only fallocated, must read as zero afterwards.
struct MemfdSpec {
  std::string name;         ///< unique in its session
  std::uint64_t token = 0;  ///< unique in its session
  std::uint64_t size_bytes = 0;
  Pattern pattern = Pattern::random;
  std::uint32_t hole_pages = 0;   ///< of every `hole_period` pages the first `hole_pages` are holes
  std::uint32_t hole_period = 0;  ///< 0: no holes
  std::vector<ByteRange> fallocated;  ///< allocated but never written; page-aligned
  std::uint64_t position_bytes = 0;   ///< file offset at the time of the kexec
  std::vector<Seal> seals;
  Thp thp = Thp::never;
  bool sha256 = false;  ///< also SHA-256 over the whole content
};
BOOST_DESCRIBE_STRUCT(MemfdSpec, (),
                      (name, token, size_bytes, pattern, hole_pages, hole_period, fallocated,
                       position_bytes, seals, thp, sha256))

struct SessionSpec {
  std::string name;  ///< 1 to 63 bytes (LIVEUPDATE_SESSION_NAME_LENGTH, uapi/linux/liveupdate.h)
  std::vector<MemfdSpec> memfds;
  bool manual = false;  ///< its memfds are made; all else is done by the job's steps alone
};
BOOST_DESCRIBE_STRUCT(SessionSpec, (), (name, memfds, manual))

/// The machine whose kernel is replaced.
struct TargetSpec {
  std::string name;  ///< a machine that a worker reaches by it, for one job at a time; empty: any
  std::string driver = "qemu";
  std::string arch = "x86_64";
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;
  std::uint32_t cpus = 1;
  std::vector<std::string> tags;     ///< a worker must have all of them
  std::vector<std::string> cmdline;  ///< further words for every kernel's command line
  std::uint64_t disk_bytes = 0;      ///< of a disk that is empty at first; 0: none
};
BOOST_DESCRIBE_STRUCT(TargetSpec, (),
                      (name, driver, arch, memory_bytes, cpus, tags, cmdline, disk_bytes))

/// Console lines that count against the kernel.
enum class ConsoleCheck {
  clean,  ///< no WARNING, BUG, Oops, panic, sanitizer or lockdep report, hung task
  alive,  ///< only what kills the kernel counts
};
BOOST_DESCRIBE_ENUM(ConsoleCheck, clean, alive)

/// Continuity (nonce, boot id, build id, banners) and content are always checked; these are the
/// rest. An empty limit is not checked.
struct CheckSpec {
  ConsoleCheck console = ConsoleCheck::clean;
  bool untainted = true;                                      ///< /proc/sys/kernel/tainted is 0
  std::map<std::string, std::chrono::nanoseconds> phase_max;  ///< phase name -> longest allowed
};
BOOST_DESCRIBE_STRUCT(CheckSpec, (), (console, untainted, phase_max))

/// Each stretch of a job has its own clock.
struct Timeouts {
  std::chrono::nanoseconds queue = std::chrono::hours{1};
  std::chrono::nanoseconds build = std::chrono::minutes{60};
  std::chrono::nanoseconds boot = std::chrono::seconds{60};
  std::chrono::nanoseconds hop = std::chrono::seconds{60};
  std::chrono::nanoseconds silence = std::chrono::seconds{30};  ///< no console byte, no agent line
};
BOOST_DESCRIBE_STRUCT(Timeouts, (), (queue, build, boot, hop, silence))

/// One call of a scenario's own, and what it must come to (docs/scenario-format.md).
struct StepSpec {
  std::string place;      ///< where the scenario has it: "before[2]"
  std::string name;       ///< of the check; empty: the place
  std::string op;         ///< "preserve", "sessions.verify"
  std::string arguments;  ///< the operation's members, a JSON object
  std::string by;         ///< the actor that does it; empty: the agent
  std::uint32_t hop = 0;  ///< counted from 1; 0: at every hop
  std::vector<std::string>
      errors;           ///< errno names, one of which it must fail with; empty: succeeds
  std::string members;  ///< what members of its result must be, a JSON object; empty: anything
  std::string save;     ///< the name under which its result is kept; empty: it is not
};
BOOST_DESCRIBE_STRUCT(StepSpec, (), (place, name, op, arguments, by, hop, errors, members, save))

/// A deviation from the contract that is known: where it shows, it is no news.
struct KnownIssue {
  std::string check;                  ///< the name of a step or of a check ("content")
  std::vector<std::string> versions;  ///< "7.3" stands for all of its stable releases
  std::string summary;
  std::string reference;  ///< where it is discussed or written down
};
BOOST_DESCRIBE_STRUCT(KnownIssue, (), (check, versions, summary, reference))

/// A trouble that the lab makes on purpose.
enum class FaultKind {
  power_cut,  ///< the machine is switched off
};
BOOST_DESCRIBE_ENUM(FaultKind, power_cut)

struct FaultSpec {
  FaultKind kind = FaultKind::power_cut;
  std::uint32_t hop = 1;  ///< counted from 1; in its blackout
};
BOOST_DESCRIBE_STRUCT(FaultSpec, (), (kind, hop))

/// Whether a job may go on from a machine that was saved at a point which it has in common with
/// other jobs of its run.
enum class Fork {
  auto_,        ///< from a booted or a prepared machine, where one is there
  never,        ///< from power-on
  after_kexec,  ///< also from the first incoming kernel, before anything is retrieved
};
BOOST_DESCRIBE_ENUM(Fork, auto_, never, after_kexec)

/// A straight line to lay through the durations of phases, over a parameter of the matrix.
struct FitSpec {
  std::string over;                 ///< a parameter whose values are sizes or numbers; empty: none
  std::vector<std::string> phases;  ///< docs/phases.md
};
BOOST_DESCRIBE_STRUCT(FitSpec, (), (over, phases))

/// One point of a run's matrix, self-contained: a worker needs this and nothing else.
struct Job {
  std::string scenario;  ///< the scenario's name
  std::string summary;
  std::map<std::string, std::string> point;  ///< matrix parameter -> value, as written
  std::uint32_t repetition = 0;              ///< 0-based
  std::vector<KernelSpec> kernels;           ///< without repeats
  std::uint32_t outgoing = 0;                ///< index into kernels: what is booted first
  std::vector<std::uint32_t> hops;           ///< index into kernels: each hop's incoming kernel
  TargetSpec target;
  std::vector<SessionSpec> sessions;
  std::vector<LoadSpec> load;
  bool quiesce = false;  ///< loads are stopped before each kexec
  CheckSpec checks;
  Timeouts timeouts;
  std::uint64_t range_bytes = std::uint64_t{16} << 20;  ///< page-range of one checksum
  std::vector<std::vector<std::string>>
      hop_cmdlines;                     ///< words for one hop's incoming kernel alone
  std::vector<std::uint32_t> promises;  ///< items of the contract (core/protocol/contract.h)
  std::string broken;                   ///< what a user would see if the promise were broken
  std::string source;                   ///< where the promise is written
  std::vector<StepSpec> before;         ///< in the outgoing kernel of a hop
  std::vector<StepSpec> after;          ///< in the incoming kernel of a hop
  std::vector<KnownIssue> known_issues;
  std::vector<FaultSpec> faults;
  Fork fork = Fork::auto_;
  FitSpec fit;
  std::vector<std::string> latency;  ///< phases that a gate compares (docs/phases.md)
  bool build_only = false;           ///< its kernels are built, no machine is started
};
BOOST_DESCRIBE_STRUCT(Job, (),
                      (scenario, summary, point, repetition, kernels, outgoing, hops, target,
                       sessions, load, quiesce, checks, timeouts, range_bytes, hop_cmdlines,
                       promises, broken, source, before, after, known_issues, faults, fork, fit,
                       latency, build_only))

/// "memfd-under-load[size=64MiB]#3": unique within a run.
std::string job_title(const Job& job);

/// "vm-0/ram": how a memfd is named in checksums, phases and messages.
std::string memfd_title(const SessionSpec& session, const MemfdSpec& memfd);

}  // namespace luolab
