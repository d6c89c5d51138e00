// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "agent/failure.h"
#include "agent/owned_fd.h"

namespace luolab {

/// Opens /dev/liveupdate and keeps it open, so that nobody else can.
Outcome<OwnedFd> open_liveupdate();

/// Where the structure of a call lies: bad, where nothing is mapped; read_only, where the kernel
/// can read it but not answer.
enum class Pointer { good, bad, read_only };

/// A call of the Live Update Orchestrator with a structure as wrong as a test wants it.
struct RawCall {
  std::string name;              ///< create, retrieve, preserve, retrieve_fd, finish, name, unknown
  std::uint32_t size_bytes = 0;  ///< what the structure claims; 0: its right size
  bool tail = false;             ///< the bytes between right and claimed size are not zero
  Pointer pointer = Pointer::good;
  std::string session_name;
  std::uint64_t token = 0;
  std::uint32_t reserved = 0;
};

/// Longest structure that a call can claim to have.
inline constexpr std::uint32_t kRawCallLimitBytes = 4096;

/// Makes the call on a device or a session, and closes what descriptor it gave. EINVAL of
/// "request" where no such call is known.
Done make_raw_call(int fd, bool is_session, const RawCall& raw);

}  // namespace luolab
