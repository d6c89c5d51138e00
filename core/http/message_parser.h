// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/system/error_code.hpp>

#include "core/http/message.h"

namespace luolab {

/// Cuts one HTTP/1.1 message out of bytes: Beast's parser, without its headers. No I/O.
/// Content goes to `on_content` piece by piece, chunked coding removed.
class MessageParser {
 public:
  enum class Kind { request, response, response_to_head };
  using OnContent = std::function<void(std::string_view)>;

  /// `head_bytes`: largest head.
  MessageParser(Kind kind, std::size_t head_bytes, OnContent on_content);
  ~MessageParser();

  /// Takes what it can from `bytes` and says how much; the rest is to be given again, with more.
  /// Up to the end of the head, or of the message, whichever comes first. An error is final.
  std::size_t put(std::string_view bytes, boost::system::error_code& error);
  /// The other side has ended; an error where the message needs more.
  void put_end(boost::system::error_code& error);
  bool head_done() const;
  bool done() const;

  /// From when the head is done. The fields are given away; trailers are never among them.
  std::string method() const;
  std::string target() const;
  int minor_version() const;
  int status() const;
  bool keep_alive() const;
  HttpFields take_fields();
  /// Largest content from here on; more is an error for which `is_too_large` holds.
  void limit_content(std::uint64_t bytes);
  static bool is_too_large(const boost::system::error_code& error);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// "Not Found"; "Unknown" for what has no name.
std::string_view reason_of(int status);

}  // namespace luolab
