// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace luolab {

/// What a coroutine throws when it is cancelled: its normal end.
inline bool is_cancellation(const boost::system::system_error& error) {
  return error.code() == boost::asio::error::operation_aborted;
}

}  // namespace luolab
