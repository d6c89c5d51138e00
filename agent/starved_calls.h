// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>

#include "agent/failure.h"
#include "agent/owned_fd.h"
#include "agent/refused_memory.h"

namespace luolab {

/// What became of a call that was refused memory at one place after another, and of asking again.
struct StarvedCalls {
  std::uint64_t refused = 0;     ///< calls that failed for it
  std::uint64_t borne = 0;       ///< calls that succeeded all the same
  std::set<std::string> errors;  ///< of the refused: errno names
  std::set<std::string> again;   ///< "done", an errno name, "frozen", "descriptor lost"
};

// Each goes on until a call asks for no more memory than what was granted: the call that was
// refused nothing, whose failure is theirs. One thread. Names and tokens must be free.

/// Makes the session of this name and closes it.
Outcome<StarvedCalls> starve_create(const std::string& name);

/// Preserves a file that nothing keeps from being resized, in a session of this name that is made
/// for every call and closed after it. Borrows the file.
Outcome<StarvedCalls> starve_preserve(const std::string& name, int fd);

/// Retrieves the session of this name into `session`. Ends with the first that succeeds.
Outcome<StarvedCalls> starve_retrieve(const std::string& name, OwnedFd& session);

/// Retrieves a file for every call, with tokens from `token` on. Borrows the session.
Outcome<StarvedCalls> starve_retrieve_fd(int session, std::uint64_t token);

}  // namespace luolab
