// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/http/message.h"
#include "core/http/refusal.h"

namespace luolab {

/// Where the head of a request ends in what has arrived so far.
struct HeadEnd {
  enum class State { incomplete, complete, bare_line_feed };
  State state = State::incomplete;
  std::size_t size = 0;  ///< with the empty line, where complete; else from where to look again
};

/// Pure. `from`: what an earlier call gave as `size`.
HeadEnd find_head_end(std::string_view bytes, std::size_t from);

/// Pure: is the head, line by line, exactly what RFC 9112 calls well-formed? Refuses what parsers
/// read differently: bare CR, control characters, folded lines, space before the colon, nameless
/// fields, odd request lines, versions other than 1.0 and 1.1 (505), more than 100 fields (431).
/// `head` ends with the empty line.
std::optional<Refusal> check_head_lines(std::string_view head);

/// How the message goes on after its head.
struct Framing {
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;
};

/// Pure: what the fields say together. Refuses several or missing Hosts, Content-Length with
/// Transfer-Encoding, several or odd Content-Lengths, codings other than chunked (501), codings in
/// HTTP/1.0, expectations other than 100-continue (417). `minor`: of the version HTTP/1.minor.
Accepted<Framing> check_fields(int minor, const HttpFields& fields);

}  // namespace luolab
