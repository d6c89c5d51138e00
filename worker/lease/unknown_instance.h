// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include <boost/system/errc.hpp>

#include "core/base/error.h"

namespace luolab {

/// How a ControllerApi says that it does not know this instance of the worker (any more), because
/// it was restarted or has given the worker up: the worker is to say hello again. Fault::lab.
inline Error unknown_instance_error(std::string what) {
  using boost::system::errc::identifier_removed;
  return {Fault::lab, make_error_code(identifier_removed), std::move(what)};
}

inline bool is_unknown_instance(const Error& error) {
  return error.code == boost::system::errc::identifier_removed;
}

}  // namespace luolab
