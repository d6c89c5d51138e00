// SPDX-License-Identifier: Apache-2.0
#include "core/http/response_head.h"

#include <iterator>
#include <stdexcept>

#include <boost/algorithm/string/predicate.hpp>
#include <fmt/format.h>

#include "core/http/grammar.h"
#include "core/http/message_parser.h"

namespace luolab {
namespace {

using boost::algorithm::iequals;

bool is_framing(std::string_view name) {
  return iequals(name, "Content-Length") || iequals(name, "Transfer-Encoding") ||
         iequals(name, "Connection") || iequals(name, "Date");
}

void append_field(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool may_have_content(int status) { return status >= 200 && status != 204 && status != 304; }

std::string response_head(const HttpResponse& response, const ResponseFraming& framing) {
  std::string head;
  head.reserve(256);
  fmt::format_to(std::back_inserter(head), "HTTP/1.1 {} {}\r\n", response.status,
                 reason_of(response.status));
  for (const auto& [name, value] : response.fields.all()) {
    if (is_framing(name)) continue;
    if (!is_token(name) || !is_field_content(value)) {
      throw std::invalid_argument(fmt::format(
          "answer with status {}: \"{}\" is no header field with a value", response.status, name));
    }
    append_field(head, name, value);
  }
  if (!framing.date.empty()) append_field(head, "Date", framing.date);
  if (may_have_content(response.status)) {
    if (framing.length) {
      append_field(head, "Content-Length", fmt::format_int(*framing.length).c_str());
    } else if (framing.minor >= 1) {
      append_field(head, "Transfer-Encoding", "chunked");
    }
  }
  if (!framing.keep_alive) {
    append_field(head, "Connection", "close");
  } else if (framing.minor == 0) {
    append_field(head, "Connection", "keep-alive");
  }
  head += "\r\n";
  return head;
}

}  // namespace luolab
