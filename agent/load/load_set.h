// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "agent/failure.h"
#include "agent/json.h"
#include "agent/load/load.h"

namespace luolab {

/// The loads that run, by the names that the worker gave, and the thread that keeps telling the
/// worker how far they are. Destroying it stops them all. One thread.
class LoadSet {
 public:
  LoadSet() = default;
  LoadSet(const LoadSet&) = delete;
  LoadSet& operator=(const LoadSet&) = delete;
  ~LoadSet();

  /// Where acknowledgements go: a line every 20 ms for each load that runs. `send` is called on
  /// another thread; it must not wait for long, and may drop a line.
  void tell(std::function<void(const std::string& line)> send) { send_ = std::move(send); }

  /// EEXIST where the name is taken.
  Done check_free(const std::string& name) const;
  void add(const std::string& name, std::unique_ptr<Load> load);
  /// Stops and joins a load; its last figures. ENOENT, naming those that run.
  Outcome<Json> stop(const std::string& name);
  Outcome<Json> figures(const std::string& name) const;

  /// Tells all loads that the kernel is about to be left.
  void leaving();

 private:
  void run();
  void tell_all();
  Failure unknown(const std::string& name) const;

  std::function<void(const std::string&)> send_;
  mutable std::mutex mutex_;  // guards loads_ against the telling thread
  std::map<std::string, std::unique_ptr<Load>> loads_;
  std::atomic<bool> stop_ = false;
  std::thread teller_;
};

/// The line that tells of a load: {"ack":{"load":NAME, figures...},"at":{...}}.
std::string acknowledgement(const std::string& load, Json figures);

}  // namespace luolab
