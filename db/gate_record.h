// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include <boost/describe/enum.hpp>

#include "db/record.h"

namespace luolab {

/// Written "g5".
struct GateId {
  std::int64_t value = 0;
  auto operator<=>(const GateId&) const = default;
};
std::string id_text(GateId id);
/// "g5". Empty for anything else.
std::optional<GateId> parse_gate_id(std::string_view text);

enum class GateState { running, done, canceled };
BOOST_DESCRIBE_ENUM(GateState, running, done, canceled)

struct NewGate {
  std::string title;
  std::string submitter;
  std::string order_json;
  std::string report_json;
  bool service = false;  ///< belongs to a controller, not to this process
};

/// What has changed about a gate.
struct GateProgress {
  GateState state = GateState::running;
  std::string answer;  ///< empty: none yet
  std::string reason;
  std::string stage;  ///< for the event
  std::string report_json;
};

struct GateRow {
  GateId id;
  std::string title;
  std::string submitter;
  GateState state = GateState::running;
  std::string answer;
  std::string reason;
  bool service = false;  ///< belongs to a controller
  TimePoint created;
  std::optional<TimePoint> finished;
};

/// A gate with its texts.
struct GateRecord {
  GateRow row;
  std::string order_json;
  std::string report_json;
};

/// Newest first.
struct GateFilter {
  std::optional<GateState> state;
  std::string title;
  std::optional<GateId> before;
  std::size_t limit = 50;
};

}  // namespace luolab
