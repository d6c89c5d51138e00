// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.h"

#include <stdexcept>

namespace luolab {

std::string_view fault_name(Fault fault) {
  switch (fault) {
    case Fault::scenario:
      return "scenario";
    case Fault::kernel:
      return "kernel";
    case Fault::lab:
      return "lab";
    case Fault::canceled:
      return "canceled";
    case Fault::bug:
      return "bug";
  }
  return "bug";
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(error.what);
}

}  // namespace luolab
