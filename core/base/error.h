// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

namespace luolab {

/// Whose fault an error is. It decides the verdict: only `kernel` can make a FAIL, and only with
/// evidence; when in doubt it is `lab`.
enum class Fault {
  scenario,  ///< what the user wrote: YAML, a flag, a patch that does not apply
  kernel,    ///< the kernel under test
  lab,       ///< machine, network, disk, tools
  canceled,  ///< somebody asked to stop
  bug,       ///< luolab itself
};

/// What a caller decides on. `what` names the thing, the value and the remedy, in one line
/// (more lines may follow as evidence). Plain value; safe to copy between threads.
struct Error {
  Fault fault = Fault::bug;
  boost::system::error_code code;
  std::string what;
};

/// Returned for what a caller decides on. What breaks the environment (disk gone, out of
/// descriptors) is thrown.
template <class T>
using Result = boost::system::result<T, Error>;

inline Error scenario_error(std::string what) { return {Fault::scenario, {}, std::move(what)}; }
inline Error kernel_error(std::string what) { return {Fault::kernel, {}, std::move(what)}; }
inline Error lab_error(std::string what) { return {Fault::lab, {}, std::move(what)}; }
inline Error canceled_error(std::string what) { return {Fault::canceled, {}, std::move(what)}; }
inline Error bug_error(std::string what) { return {Fault::bug, {}, std::move(what)}; }

/// `prefix: error.what`, the fault kept.
inline Error in_context(std::string_view prefix, Error error) {
  error.what = std::string(prefix) + ": " + error.what;
  return error;
}

/// "scenario", "kernel", "lab", "canceled", "bug".
std::string_view fault_name(Fault fault);

/// An exception for `result.value()` on an Error (Boost.System's customisation point).
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& at);

}  // namespace luolab
