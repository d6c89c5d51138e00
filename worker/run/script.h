// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "worker/run/run_plan.h"

namespace luolab {

/// One request to the agent and what it is for.
struct Step {
  enum class Kind {
    create_session,
    fill,
    seal,
    seek,
    record,
    tamper,  // before the first kexec
    load,
    pack,
    start_load,
    preserve,
    stop_load,
    kexec,  // towards a kexec
    unpack,
    retrieve_session,
    retrieve,
    read_journal,
    verify,
    explain,  // only after a difference
    survey,
    finish,
    close_session,
    inspect,   // after it
    scenario,  // a step of the scenario's own
  };
  Kind kind;
  boost::json::object request;
  std::string subject;               ///< "vm-0/ram", a session, a step's place, or empty
  const MemfdPlan* memfd = nullptr;  ///< borrowed from the plan
  const StepSpec* spec = nullptr;    ///< scenario: borrowed from the plan
  std::size_t edits = 0;             ///< verify: so many of the scenario's writes are in it
};

/// The phase that a step's time belongs to ("preserve", "retrieve", ...); empty: none.
std::string phase_of(Step::Kind kind);

/// In words for people: "preserving vm-0/ram".
std::string describe(const Step& step);

// What the agent is asked, in order. Pure; the plan must outlive the steps.

/// Once, in the first kernel: create, fill, seal, position, and the agent's own digest of it all.
std::vector<Step> prepare_steps(const RunPlan& plan);
/// In the outgoing kernel of a hop, up to the kexec: the scenario's `before` steps, and what they
/// do not do themselves.
std::vector<Step> update_steps(const RunPlan& plan, std::uint32_t hop);
/// In the incoming kernel of a hop: notes first, then every memfd, the scenario's `after` steps,
/// then finish, unless the steps say otherwise.
std::vector<Step> verify_steps(const RunPlan& plan, std::uint32_t hop);

}  // namespace luolab
