// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "agent/failure.h"
#include "agent/owned_fd.h"

namespace luolab {

struct RacedFile {
  OwnedFd fd;
  std::size_t same_file = 0;  ///< how many of the threads got the same open file as the first
};

/// Retrieves one file from several threads at the same time. All must succeed: the failure of one
/// is the failure of all. Borrows the session's descriptor.
Outcome<RacedFile> retrieve_at_once(int session, std::uint64_t token, std::size_t threads,
                                    const std::string& subject);

struct RacedSession {
  OwnedFd fd;                    ///< of the first that got it
  std::size_t got = 0;           ///< how many of the threads got it
  std::set<std::string> errors;  ///< errno names of the others
};

/// Retrieves one session from several threads at the same time; the failure of all is its failure.
Outcome<RacedSession> retrieve_session_at_once(const std::string& name, std::size_t threads);

}  // namespace luolab
