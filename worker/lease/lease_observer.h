// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "core/base/error.h"
#include "core/protocol/lease.h"
#include "core/protocol/report.h"
#include "worker/lease/lease_book.h"

namespace luolab {

/// Who wants to know how a worker fares: its log. Called from the loop's thread; must not block.
class LeaseObserver {
 public:
  virtual ~LeaseObserver() = default;
  virtual void connected(const WorkerWelcome& welcome) = 0;
  /// A call failed and is tried again after `pause`.
  virtual void away(std::string_view call, const Error& error, std::chrono::nanoseconds pause) = 0;
  virtual void draining(bool drain) = 0;
  virtual void started(const LeaseGrant& grant) = 0;
  virtual void asked_to_end(std::int64_t attempt, EndReason reason) = 0;
  virtual void ended(const LeaseGrant& grant, const AttemptReport& report) = 0;
  virtual void delivered(std::int64_t attempt, std::int64_t job_id, Delivery delivery) = 0;
  /// It can't be delivered at all; it lies in the spool's folder "rejected".
  virtual void set_aside(std::int64_t attempt, const Error& error) = 0;
};

}  // namespace luolab
