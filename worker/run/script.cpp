// SPDX-License-Identifier: Apache-2.0
#include "worker/run/script.h"

#include <algorithm>

#include "worker/run/agent_request.h"
#include "worker/run/load_request.h"

namespace luolab {
namespace {

using Kind = Step::Kind;
namespace ask = agent_request;

struct Wording {
  const char* phase;
  const char* doing;
};

Wording wording(Kind kind) {
  switch (kind) {
    case Kind::create_session:
      return {"", "creating session"};
    case Kind::fill:
      return {"fill", "filling"};
    case Kind::seal:
      return {"", "sealing"};
    case Kind::seek:
      return {"", "positioning"};
    case Kind::record:
      return {"record", "recording checksums of"};
    case Kind::tamper:
      return {"", "tampering with memory"};
    case Kind::load:
      return {"load", "loading the incoming kernel"};
    case Kind::pack:
      return {"", "packing the baggage"};
    case Kind::start_load:
      return {"", "starting load"};
    case Kind::stop_load:
      return {"", "stopping load"};
    case Kind::read_journal:
      return {"", "reading the journal of"};
    case Kind::explain:
      return {"", "looking for what differs in"};
    case Kind::preserve:
      return {"preserve", "preserving"};
    case Kind::kexec:
      return {"", "kexec"};
    case Kind::unpack:
      return {"", "unpacking the baggage"};
    case Kind::retrieve_session:
      return {"retrieve", "retrieving session"};
    case Kind::retrieve:
      return {"retrieve", "retrieving"};
    case Kind::verify:
      return {"verify", "verifying"};
    case Kind::finish:
      return {"finish", "finishing session"};
    case Kind::close_session:
      return {"", "closing session"};
    case Kind::inspect:
      return {"", "looking at the machine"};
  }
  return {"", ""};
}

void add_for_sessions(std::vector<Step>& steps, const RunPlan& plan, Kind kind,
                      boost::json::object (*request)(const std::string&)) {
  for (const SessionSpec& session : plan.job.sessions) {
    steps.push_back({kind, request(session.name), session.name});
  }
  const auto has_journal = [](const LoadPlan& load) { return load.journal.has_value(); };
  if (std::ranges::any_of(plan.loads, has_journal)) {
    steps.push_back({kind, request(kLoadSession), kLoadSession});
  }
}

template <class Request>
void add_for_memfds(std::vector<Step>& steps, const RunPlan& plan, Kind kind, Request request) {
  for (const MemfdPlan& memfd : plan.memfds) {
    steps.push_back({kind, request(memfd), memfd.title, &memfd});
  }
}

template <class Request>
void add_for_journals(std::vector<Step>& steps, const RunPlan& plan, Kind kind, Request request) {
  for (const LoadPlan& load : plan.loads) {
    if (load.journal) {
      steps.push_back({kind, request(*load.journal), load.journal->title, &*load.journal});
    }
  }
}

void add_load_starts(std::vector<Step>& steps, const RunPlan& plan, std::uint32_t hop) {
  for (const LoadPlan& load : plan.loads) {
    const MemfdPlan* const memfd = load.memfd ? &plan.memfds[*load.memfd] : nullptr;
    steps.push_back({Kind::start_load,
                     load_request::start(load, memfd, hop > 0, plan.drop_store && hop == 0),
                     load.name, memfd});
  }
}

void add_load_stops(std::vector<Step>& steps, const RunPlan& plan) {
  if (!plan.job.quiesce) return;
  for (const LoadPlan& load : plan.loads) {
    steps.push_back({Kind::stop_load, load_request::stop(load), load.name});
  }
}

void add_journal_readings(std::vector<Step>& steps, const RunPlan& plan) {
  for (const LoadPlan& load : plan.loads) {
    if (!load.journal) continue;
    const MemfdPlan& memfd = plan.memfds[*load.memfd];
    steps.push_back({Kind::read_journal, load_request::journal(load, memfd), memfd.title, &memfd});
  }
}

}  // namespace

std::string phase_of(Kind kind) { return wording(kind).phase; }

std::string describe(const Step& step) {
  std::string words = wording(step.kind).doing;
  if (!step.subject.empty()) words += " " + step.subject;
  return words;
}

std::vector<Step> prepare_steps(const RunPlan& plan) {
  std::vector<Step> steps;
  for (const MemfdPlan& memfd : plan.memfds) {
    steps.push_back({Kind::fill, ask::memfd_create(memfd), memfd.title, &memfd});
    if (!memfd.spec.seals.empty())
      steps.push_back({Kind::seal, ask::memfd_seal(memfd), memfd.title, &memfd});
    if (memfd.spec.position_bytes > 0) {
      steps.push_back({Kind::seek, ask::memfd_seek(memfd), memfd.title, &memfd});
    }
    steps.push_back(
        {Kind::record, ask::memfd_digest(memfd, plan.job.range_bytes), memfd.title, &memfd});
  }
  add_for_journals(steps, plan, Kind::fill, ask::memfd_create);
  for (const boost::json::object& request : plan.tampering)
    steps.push_back({Kind::tamper, request, {}});
  return steps;
}

std::vector<Step> update_steps(const RunPlan& plan, std::uint32_t hop) {
  std::vector<Step> steps;
  add_load_starts(steps, plan, hop);
  add_for_sessions(steps, plan, Kind::create_session, ask::session_create);
  steps.push_back(
      {Kind::load,
       ask::kexec_load(kernel_file_name(plan.job.hops[hop]), kInitrdFileName, plan.cmdline),
       {}});
  steps.push_back(
      {Kind::pack,
       ask::baggage_pack(plan.secrets.nonce, hop + 1, files_needed_after(plan.job, hop)),
       {}});
  add_for_memfds(steps, plan, Kind::preserve, ask::preserve);
  add_for_journals(steps, plan, Kind::preserve, ask::preserve);
  add_load_stops(steps, plan);
  steps.push_back({Kind::kexec, ask::kexec(), {}});
  return steps;
}

std::vector<Step> verify_steps(const RunPlan& plan, std::uint32_t) {
  std::vector<Step> steps;
  steps.push_back({Kind::unpack, ask::baggage_unpack(), {}});
  add_for_sessions(steps, plan, Kind::retrieve_session, ask::session_retrieve);
  add_for_memfds(steps, plan, Kind::retrieve, ask::retrieve);
  add_for_journals(steps, plan, Kind::retrieve, ask::retrieve);
  add_journal_readings(steps, plan);
  add_for_memfds(steps, plan, Kind::verify, [&](const MemfdPlan& memfd) {
    return ask::memfd_digest(memfd, plan.job.range_bytes);
  });
  add_for_sessions(steps, plan, Kind::finish, ask::finish);
  add_for_sessions(steps, plan, Kind::close_session, ask::session_close);
  steps.push_back({Kind::inspect, ask::info(), {}});
  return steps;
}

}  // namespace luolab
