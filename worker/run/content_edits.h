// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/protocol/job.h"

namespace luolab {

/// Where in a job something happens: at a step of a hop's `before` or `after`.
struct StepPlace {
  std::uint32_t hop = 0;  ///< 0-based
  bool after = false;     ///< in the incoming kernel
  std::size_t index = 0;  ///< in the job's list; its size: behind the last
  friend auto operator<=>(const StepPlace&, const StepPlace&) = default;
};

/// A write of the scenario's own to a memfd whose content is known.
struct ContentEdit {
  StepPlace place;
  std::string memfd;  ///< "vm-0/ram"
  std::uint64_t offset_bytes = 0;
  std::string bytes;
};

/// Whether a step is done at this hop (0-based).
bool happens_at(const StepSpec& step, std::uint32_t hop);

/// The writes of a job's steps to memfds of its sessions that are to succeed, in the order in which
/// they happen. Pure.
std::vector<ContentEdit> content_edits(const Job& job);

/// How many of the edits of that memfd happen before a place: its content's version there.
std::size_t content_version(const std::vector<ContentEdit>& edits, std::string_view memfd,
                            const StepPlace& place);

}  // namespace luolab
