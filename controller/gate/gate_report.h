// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include "controller/statistics/latency.h"
#include "core/protocol/verdict.h"

namespace luolab {

// What a gate found out about a patch series: schema "luolab.gate/v1" (docs/gate.md). Everything
// that is shown or exported of a gate is made from this and nothing else. Seconds are double
// precision; times are UTC. Strings from kernels and patches may hold any bytes.

/// May the series go in?
enum class GateAnswer {
  may_go_in,
  must_not,        ///< a confirmed failure, or a phase that is slower for certain
  inconclusive,    ///< more boots would decide, or failures that come and go
  lab_trouble,     ///< nothing is known about the kernel
  does_not_apply,  ///< the series does not apply or does not build, and the base does
};
BOOST_DESCRIBE_ENUM(GateAnswer, may_go_in, must_not, inconclusive, lab_trouble, does_not_apply)

/// 0 may go in, 1 must not, 2 lab trouble, 3 inconclusive, 4 does not apply.
int gate_exit_code(GateAnswer answer);

/// One of the two kernels that are compared.
struct GateKernel {
  std::string title;          ///< "linux-7.3 + phase-stamps"
  std::string release;        ///< "7.3.4"; empty: not built
  std::string base_version;   ///< "7.3.4-1~bpo13+1"
  std::string build;          ///< key of the build
  std::string build_id;       ///< GNU build id
  std::string content;        ///< SHA-256 over the sections of vmlinux that matter at run time
  double build_seconds = 0;   ///< 0: it was there already
  std::string compiler;       ///< "gcc (Debian 12.2.0-14) 12.2.0"
  std::string build_command;  ///< reproduces the build
};
BOOST_DESCRIBE_STRUCT(GateKernel, (),
                      (title, release, base_version, build, build_id, content, build_seconds,
                       compiler, build_command))

/// A patch of the series, in its order.
struct GatePatch {
  std::string name;     ///< the mail's subject, or the file's name
  std::string trouble;  ///< empty: it applies and builds; else the reject, or the first error
};
BOOST_DESCRIBE_STRUCT(GatePatch, (), (name, trouble))

/// What a test says about the candidate, seen beside the baseline.
enum class Standing {
  holds,           ///< passed on the candidate
  regression,      ///< failed on the candidate again and again, and never on the baseline
  flaky,           ///< failed on the candidate sometimes, and never on the baseline
  broken_before,   ///< fails on the baseline as well
  fixed,           ///< failed on the baseline, passes on the candidate
  known_issue,     ///< deviates in a way that the scenario names, on both
  not_applicable,  ///< skipped: the kernel lacks what the test needs
  unknown,         ///< the lab broke each time; nothing is known
};
BOOST_DESCRIBE_ENUM(Standing, holds, regression, flaky, broken_before, fixed, known_issue,
                    not_applicable, unknown)

/// One try of a test on one of the kernels.
struct GateTry {
  std::string job;  ///< "j34": luolab show j34
  Verdict verdict = Verdict::MISS;
  std::string reason;
  bool reused = false;  ///< a result of the same build on the same machine, from before this gate
};
BOOST_DESCRIBE_STRUCT(GateTry, (), (job, verdict, reason, reused))

/// A piece of what was seen.
struct GateEvidence {
  std::string source;  ///< "console of j34 at byte 1200", "check content vm-0/ram, hop 1"
  std::string text;    ///< some lines
};
BOOST_DESCRIBE_STRUCT(GateEvidence, (), (source, text))

/// A test of the suite: one job title ("08-late-writes[size=1MiB]").
struct GateTest {
  std::string title;  ///< unique in the report
  std::string scenario;
  std::string file;                     ///< of the suite: "scenarios/contract/08-late-writes.yaml"
  std::string summary;                  ///< what it shows, a sentence
  std::vector<std::uint32_t> promises;  ///< items of the contract
  Standing standing = Standing::unknown;
  std::string signature;  ///< what failed, the same for the same fault: "08-late-writes: content"
  std::string reason;     ///< one line: why this standing
  std::string broken;     ///< what a user would see; for failures
  std::vector<GateTry> candidate;
  std::vector<GateTry> baseline;
  std::vector<GateEvidence> evidence;
  std::string reproduce;  ///< command line that shows it again; for failures
};
BOOST_DESCRIBE_STRUCT(GateTest, (),
                      (title, scenario, file, summary, promises, standing, signature, reason,
                       broken, candidate, baseline, evidence, reproduce))

/// A phase, candidate against baseline. The unit is the boot: one figure of each. `baseline[i]`
/// and `candidate[i]` were measured next to each other.
struct GatePhase {
  std::string scenario;
  std::string phase;  ///< docs/phases.md
  PhaseOutcome outcome = PhaseOutcome::inconclusive;
  double shift = 0;            ///< candidate / baseline - 1: 0.05 is 5 % slower
  double low = 0, high = 0;    ///< confidence interval of the shift
  bool has_interval = true;    ///< false: too few boots for any
  double confidence = 0.95;    ///< of that interval, over all looks
  double p = 1;                ///< permutation test that there is no shift
  double p_adjusted = 1;       ///< corrected over the phases tested
  double matters = 0.05;       ///< the smallest shift that matters
  double baseline_median = 0;  ///< seconds
  double candidate_median = 0;
  std::uint32_t boots_needed = 0;  ///< of each kernel; inconclusive: so many would decide
  std::vector<double> baseline;    ///< seconds, one a boot, in order
  std::vector<double> candidate;
  std::vector<std::string> baseline_jobs;  ///< which boot was which job, in the same order
  std::vector<std::string> candidate_jobs;
  std::string sentence;  ///< "preserve is 12.0 % slower (95 %: 9.1 .. 15.2 %, 16 boots of each)"
};
BOOST_DESCRIBE_STRUCT(GatePhase, (),
                      (scenario, phase, outcome, shift, low, high, has_interval, confidence, p,
                       p_adjusted, matters, baseline_median, candidate_median, boots_needed,
                       baseline, candidate, baseline_jobs, candidate_jobs, sentence))

/// Slower for certain, and by what matters: it keeps a series out.
bool is_too_slow(const GatePhase& phase);

/// Something the suite has that was not run, and why.
struct LeftOut {
  std::string what;  ///< "20-sessions"
  std::string why;   ///< "needs about 40 s; the budget of 6 min was spent"
};
BOOST_DESCRIBE_STRUCT(LeftOut, (), (what, why))

/// Which lab says so.
struct GateLab {
  std::string version;               ///< of luolab
  std::vector<std::string> workers;  ///< host names
  std::string accel;                 ///< "tcg", "kvm"
  std::string cpu;                   ///< of the host, as /proc/cpuinfo names it
};
BOOST_DESCRIBE_STRUCT(GateLab, (), (version, workers, accel, cpu))

struct GateReport {
  std::string schema = "luolab.gate/v1";
  std::string id;     ///< "g5"; empty: it was not stored
  std::string title;  ///< the series' name, or its first subject
  std::string state;  ///< "running", "done", "canceled" (then without an answer)
  std::string stage;  ///< what goes on while it runs: "correctness"
  GateAnswer answer = GateAnswer::inconclusive;
  std::string reason;            ///< one or two sentences: why this answer
  bool changes_nothing = false;  ///< the candidate's code and data equal the baseline's
  GateKernel baseline, candidate;
  std::string base_commit;  ///< as the series asks for it; empty: it does not
  std::vector<GatePatch> patches;
  std::string suite;    ///< "quick"
  std::string command;  ///< asks for the same gate again
  std::string origin;   ///< message id or URL of the series; empty: not known
  std::vector<GateTest> tests;
  std::vector<GatePhase> phases;
  std::vector<LeftOut> left_out;
  std::vector<std::string> notes;  ///< "base-commit 1234abcd is not what linux-7.3 is"
  std::vector<std::string> runs;   ///< "12": luolab show 12; filled in when it is read from a store
  GateLab lab;
  std::string started;  ///< 2026-02-03T04:05:06Z
  std::string finished;
  double wall_seconds = 0;
};
BOOST_DESCRIBE_STRUCT(GateReport, (),
                      (schema, id, title, state, stage, answer, reason, changes_nothing, baseline,
                       candidate, base_commit, patches, suite, command, origin, tests, phases,
                       left_out, notes, runs, lab, started, finished, wall_seconds))

}  // namespace luolab
