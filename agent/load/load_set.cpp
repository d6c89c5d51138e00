// SPDX-License-Identifier: Apache-2.0
#include "agent/load/load_set.h"

#include <poll.h>

#include <cerrno>
#include <utility>

#include "agent/hello.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

constexpr int kTellEveryMs = 20;

}  // namespace

std::string acknowledgement(const std::string& load, Json figures) {
  figures["load"] = load;
  return to_line({{wire::field::kAck, std::move(figures)}, {wire::field::kAt, at_json()}});
}

LoadSet::~LoadSet() {
  stop_ = true;
  if (teller_.joinable()) teller_.join();
}

Failure LoadSet::unknown(const std::string& name) const {
  std::string names;
  for (const auto& [held, load] : loads_) names += (names.empty() ? "" : ", ") + held;
  return {"request", ENOENT,
          "load \"" + name + "\" does not run; running are: " + (names.empty() ? "none" : names)};
}

Done LoadSet::check_free(const std::string& name) const {
  if (!loads_.contains(name)) return done();
  return Failure{"request", EEXIST, "load \"" + name + "\" runs already; take another name"};
}

void LoadSet::add(const std::string& name, std::unique_ptr<Load> load) {
  const std::lock_guard lock(mutex_);
  loads_.insert_or_assign(name, std::move(load));
  if (!teller_.joinable()) teller_ = std::thread([this] { run(); });
}

Outcome<Json> LoadSet::stop(const std::string& name) {
  const auto found = loads_.find(name);
  if (found == loads_.end()) return unknown(name);
  std::unique_ptr<Load> load;
  {
    const std::lock_guard lock(mutex_);
    load = std::move(found->second);
    loads_.erase(found);
  }
  load->halt();
  return load->figures();
}

Outcome<Json> LoadSet::figures(const std::string& name) const {
  const auto found = loads_.find(name);
  if (found == loads_.end()) return unknown(name);
  return found->second->figures();
}

void LoadSet::leaving() {
  for (const auto& [name, load] : loads_) load->leaving();
}

void LoadSet::run() {
  while (!stop_) {
    poll(nullptr, 0, kTellEveryMs);
    tell_all();
  }
}

void LoadSet::tell_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, load] : loads_) {
    if (send_) send_(acknowledgement(name, load->figures()));
  }
}

}  // namespace luolab
