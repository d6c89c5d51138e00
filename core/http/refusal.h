// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <boost/system/result.hpp>

namespace luolab {

/// Why a request is not handed to the handler, and what its client is told. Plain value.
struct Refusal {
  int status = 400;
  std::string_view type = "malformed-request";  ///< suffix of the problem's type; static storage
  std::string why;                              ///< names the offending part
};

inline Refusal malformed(std::string why) { return {400, "malformed-request", std::move(why)}; }

template <class T>
using Accepted = boost::system::result<T, Refusal>;

}  // namespace luolab
