// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/error.h"

namespace luolab {

/// What went wrong with SSH, as far as somebody decides on it.
enum class SshTrouble {
  unreachable,    ///< nobody speaks SSH there
  other_key,      ///< somebody does, with another host key
  login_refused,  ///< key or user is not accepted
  lost,           ///< the connection ended, or did not answer in time
  refused,        ///< the machine said no: a channel, a file, a command
};

struct SshError {
  SshTrouble trouble = SshTrouble::lost;
  Error error;
};

template <class T>
using SshResult = boost::system::result<T, SshError>;

inline SshError ssh_error(SshTrouble trouble, std::string what) {
  return {trouble, lab_error(std::move(what))};
}

[[noreturn]] inline void throw_exception_from_error(const SshError& error,
                                                    const boost::source_location& at) {
  throw_exception_from_error(error.error, at);
}

}  // namespace luolab
