// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace luolab {

// The echo probe's datagrams as the Ethernet frames in which they reach the guest's network device:
// no network of the host has a part in it. Pure. Formats: RFC 894, RFC 791, RFC 768.

/// A request with this number, from the worker to the guest's echo service.
std::string echo_request(std::uint64_t sequence);

/// The number of the request that a frame answers; empty where it is another frame.
std::optional<std::uint64_t> echo_reply(std::string_view frame);

}  // namespace luolab
