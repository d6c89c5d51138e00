// SPDX-License-Identifier: Apache-2.0
#include "worker/run/script.h"

#include <algorithm>

#include <boost/json.hpp>

#include "core/protocol/json_fields.h"
#include "worker/run/agent_request.h"
#include "worker/run/content_edits.h"
#include "worker/run/load_request.h"
#include "worker/run/step_check.h"

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
    case Kind::survey:
      return {"", "looking at the pages of"};
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
    case Kind::scenario:
      return {"", "step"};
  }
  return {"", ""};
}

/// Builds the list of a hop, part by part.
class ScriptBuilder {
 public:
  ScriptBuilder(const RunPlan& plan, std::uint32_t hop)
      : plan_(plan), edits_(content_edits(plan.job)), place_{hop, false, 0} {}

  void prepare();
  void preserve();
  void retrieve();
  void verify();
  void finish();
  void before();
  void after();
  void add(Kind kind, boost::json::object request) { steps_.push_back({kind, request, {}}); }
  std::vector<Step> take() { return std::move(steps_); }

 private:
  using SessionRequest = boost::json::object (*)(const std::string&);
  void for_sessions(Kind kind, SessionRequest request);
  template <class Request>
  void for_memfds(Kind kind, Request request);
  template <class Request>
  void for_journals(Kind kind, Request request);
  void start_loads();
  void stop_loads();
  void read_journals();
  bool has(const std::vector<StepSpec>& steps, std::string_view op) const;
  void verify_one(const MemfdPlan& memfd, const std::string& handle);
  void scenario_step(const StepSpec& spec);
  const MemfdPlan* memfd_of(const std::string& title) const;

  const RunPlan& plan_;
  const std::vector<ContentEdit> edits_;
  StepPlace place_;
  std::vector<Step> steps_;
};

void ScriptBuilder::for_sessions(Kind kind, SessionRequest request) {
  for (const SessionSpec& session : plan_.job.sessions) {
    if (!session.manual) steps_.push_back({kind, request(session.name), session.name});
  }
  const auto has_journal = [](const LoadPlan& load) { return load.journal.has_value(); };
  if (std::ranges::any_of(plan_.loads, has_journal)) {
    steps_.push_back({kind, request(kLoadSession), kLoadSession});
  }
}

template <class Request>
void ScriptBuilder::for_journals(Kind kind, Request request) {
  for (const LoadPlan& load : plan_.loads) {
    if (load.journal) {
      steps_.push_back({kind, request(*load.journal), load.journal->title, &*load.journal});
    }
  }
}

void ScriptBuilder::start_loads() {
  for (const LoadPlan& load : plan_.loads) {
    const MemfdPlan* const memfd = load.memfd ? &plan_.memfds[*load.memfd] : nullptr;
    const bool later = place_.hop > 0;
    steps_.push_back({Kind::start_load,
                      load_request::start(load, memfd, later, plan_.drop_store && !later),
                      load.name, memfd});
  }
}

void ScriptBuilder::stop_loads() {
  if (!plan_.job.quiesce) return;
  for (const LoadPlan& load : plan_.loads) {
    steps_.push_back({Kind::stop_load, load_request::stop(load), load.name});
  }
}

void ScriptBuilder::read_journals() {
  for (const LoadPlan& load : plan_.loads) {
    if (!load.journal) continue;
    const MemfdPlan& memfd = plan_.memfds[*load.memfd];
    steps_.push_back({Kind::read_journal, load_request::journal(load, memfd), memfd.title, &memfd});
  }
}

template <class Request>
void ScriptBuilder::for_memfds(Kind kind, Request request) {
  for (const MemfdPlan& memfd : plan_.memfds) {
    if (!memfd.manual) steps_.push_back({kind, request(memfd), memfd.title, &memfd});
  }
}

bool ScriptBuilder::has(const std::vector<StepSpec>& steps, std::string_view op) const {
  return std::ranges::any_of(
      steps, [&](const StepSpec& step) { return step.op == op && happens_at(step, place_.hop); });
}

const MemfdPlan* ScriptBuilder::memfd_of(const std::string& title) const {
  const auto found = std::ranges::find(plan_.memfds, title, &MemfdPlan::title);
  return found == plan_.memfds.end() ? nullptr : &*found;
}

void ScriptBuilder::prepare() {
  for (const MemfdPlan& memfd : plan_.memfds) {
    const auto add_step = [&](Kind kind, boost::json::object request) {
      steps_.push_back({kind, std::move(request), memfd.title, &memfd});
    };
    add_step(Kind::fill, ask::memfd_create(memfd));
    if (!memfd.spec.seals.empty()) add_step(Kind::seal, ask::memfd_seal(memfd));
    if (memfd.spec.position_bytes > 0) add_step(Kind::seek, ask::memfd_seek(memfd));
    add_step(Kind::record, ask::memfd_digest(memfd, plan_.job.range_bytes));
  }
  for_journals(Kind::fill, ask::memfd_create);
  for (const boost::json::object& request : plan_.tampering) add(Kind::tamper, request);
}

void ScriptBuilder::preserve() {
  for_sessions(Kind::create_session, ask::session_create);
  add(Kind::load, ask::kexec_load(kernel_file_name(plan_.kernels[plan_.job.hops[place_.hop]]),
                                  kInitrdFileName, hop_cmdline(plan_, place_.hop)));
  add(Kind::pack, ask::baggage_pack(plan_.secrets.nonce, place_.hop + 1,
                                    files_needed_after(plan_, place_.hop)));
  for_memfds(Kind::preserve, ask::preserve);
  for_journals(Kind::preserve, ask::preserve);
}

void ScriptBuilder::retrieve() {
  for_sessions(Kind::retrieve_session, ask::session_retrieve);
  for_memfds(Kind::retrieve, ask::retrieve);
  for_journals(Kind::retrieve, ask::retrieve);
  read_journals();
  if (!has(plan_.job.after, "sessions.verify")) verify();
}

void ScriptBuilder::verify_one(const MemfdPlan& memfd, const std::string& handle) {
  Step step{Kind::verify, ask::memfd_digest(memfd, plan_.job.range_bytes), memfd.title, &memfd};
  step.request["memfd"] = handle;
  step.edits = content_version(edits_, memfd.title, place_);
  steps_.push_back(std::move(step));
}

void ScriptBuilder::verify() {
  for (const MemfdPlan& memfd : plan_.memfds) {
    if (!memfd.manual) verify_one(memfd, memfd.title);
  }
}

void ScriptBuilder::finish() {
  for_sessions(Kind::finish, ask::finish);
  for_sessions(Kind::close_session, ask::session_close);
}

void ScriptBuilder::scenario_step(const StepSpec& spec) {
  boost::json::object request = boost::json::parse(spec.arguments).as_object();
  if (spec.op == "verify") {
    const std::string title = text_at(request, "memfd");
    const std::string handle = text_at(request, "handle");
    verify_one(*memfd_of(title), handle.empty() ? title : handle);
    return;
  }
  request["op"] = spec.op;
  if (!spec.by.empty()) request = ask::by_actor(spec.by, std::move(request));
  steps_.push_back({Kind::scenario, std::move(request), step_title(spec), nullptr, &spec});
}

void ScriptBuilder::before() {
  const auto& steps = plan_.job.before;
  start_loads();
  for (place_.index = 0; place_.index < steps.size(); ++place_.index) {
    const StepSpec& spec = steps[place_.index];
    if (!happens_at(spec, place_.hop)) continue;
    if (spec.op == "sessions.preserve") {
      preserve();
    } else {
      scenario_step(spec);
    }
  }
  if (!has(steps, "sessions.preserve")) preserve();
  stop_loads();
}

void ScriptBuilder::after() {
  const auto& steps = plan_.job.after;
  place_ = {place_.hop, true, 0};
  if (!has(steps, "sessions.retrieve")) retrieve();
  for (; place_.index < steps.size(); ++place_.index) {
    const StepSpec& spec = steps[place_.index];
    if (!happens_at(spec, place_.hop)) continue;
    if (spec.op == "sessions.retrieve") {
      retrieve();
    } else if (spec.op == "sessions.verify") {
      verify();
    } else if (spec.op == "sessions.finish") {
      finish();
    } else {
      scenario_step(spec);
    }
  }
  if (!has(steps, "sessions.finish")) finish();
}

}  // namespace

std::string phase_of(Kind kind) { return wording(kind).phase; }

std::string describe(const Step& step) {
  std::string words = wording(step.kind).doing;
  if (!step.subject.empty()) words += " " + step.subject;
  return words;
}

std::vector<Step> prepare_steps(const RunPlan& plan) {
  ScriptBuilder builder(plan, 0);
  builder.prepare();
  return builder.take();
}

std::vector<Step> update_steps(const RunPlan& plan, std::uint32_t hop) {
  ScriptBuilder builder(plan, hop);
  builder.before();
  builder.add(Kind::kexec, ask::kexec());
  return builder.take();
}

std::vector<Step> verify_steps(const RunPlan& plan, std::uint32_t hop) {
  ScriptBuilder builder(plan, hop);
  builder.add(Kind::unpack, ask::baggage_unpack());
  builder.after();
  builder.add(Kind::inspect, ask::info());
  return builder.take();
}

}  // namespace luolab
