// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "core/async/task.h"

namespace luolab {

using Endpoints = asio::ip::tcp::resolver::results_type;

/// The addresses of a host, which may be one itself; at least one. Throws system_error, such as
/// asio::error::host_not_found. Cancelling waits for the system's resolver.
///
/// In place of tcp::resolver::async_resolve: when a process is started (Boost.Process 1.81), Asio
/// stops the thread that resolves, and what it was asked for meanwhile is never answered.
Task<Endpoints> resolve_host(std::string host, std::uint16_t port);

}  // namespace luolab
