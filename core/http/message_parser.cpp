// SPDX-License-Identifier: Apache-2.0
#include "core/http/message_parser.h"

#include <limits>
#include <variant>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#pragma GCC diagnostic pop

namespace luolab {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

/// A Beast body that hands its bytes on and keeps none.
struct SinkBody {
  using value_type = MessageParser::OnContent;

  class reader {
   public:
    template <bool is_request, class Fields>
    reader(http::header<is_request, Fields>&, value_type& sink) : sink_(sink) {}
    void init(const boost::optional<std::uint64_t>&, beast::error_code& error) { error = {}; }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, beast::error_code& error) {
      error = {};
      std::size_t taken = 0;
      for (auto at = boost::asio::buffer_sequence_begin(buffers);
           at != boost::asio::buffer_sequence_end(buffers); ++at) {
        const boost::asio::const_buffer piece = *at;
        sink_(std::string_view(static_cast<const char*>(piece.data()), piece.size()));
        taken += piece.size();
      }
      return taken;
    }
    void finish(beast::error_code& error) { error = {}; }

   private:
    value_type& sink_;
  };
};

using RequestParser = http::parser<true, SinkBody>;
using ResponseParser = http::parser<false, SinkBody>;

}  // namespace

struct MessageParser::Parts {
  std::variant<std::monostate, RequestParser, ResponseParser> parser;

  template <class Visit>
  auto with(Visit visit) const {
    if (const auto* request = std::get_if<RequestParser>(&parser)) return visit(*request);
    return visit(std::get<ResponseParser>(parser));
  }
  template <class Visit>
  auto with(Visit visit) {
    if (auto* request = std::get_if<RequestParser>(&parser)) return visit(*request);
    return visit(std::get<ResponseParser>(parser));
  }
};

MessageParser::MessageParser(Kind kind, std::size_t head_bytes, OnContent on_content)
    : parts_(std::make_unique<Parts>()) {
  if (kind == Kind::request) {
    parts_->parser.emplace<RequestParser>();
  } else {
    auto& parser = parts_->parser.emplace<ResponseParser>();
    parser.skip(kind == Kind::response_to_head);
  }
  parts_->with([&](auto& parser) {
    parser.header_limit(static_cast<std::uint32_t>(
        std::min<std::size_t>(head_bytes, std::numeric_limits<std::uint32_t>::max())));
    parser.body_limit(boost::none);
    parser.get().body() = std::move(on_content);
  });
}

MessageParser::~MessageParser() = default;

std::size_t MessageParser::put(std::string_view bytes, boost::system::error_code& error) {
  return parts_->with([&](auto& parser) {
    std::size_t taken = 0;
    error = {};
    const bool in_head = !parser.is_header_done();
    while (taken < bytes.size() && !parser.is_done() && in_head != parser.is_header_done()) {
      const std::string_view rest = bytes.substr(taken);
      taken += parser.put(boost::asio::buffer(rest.data(), rest.size()), error);
      if (error == http::error::need_more) {
        error = {};
        break;
      }
      if (error) break;
    }
    return taken;
  });
}

void MessageParser::put_end(boost::system::error_code& error) {
  parts_->with([&](auto& parser) {
    parser.put_eof(error);
    return 0;
  });
}

bool MessageParser::head_done() const {
  return parts_->with([](const auto& parser) { return parser.is_header_done(); });
}

bool MessageParser::done() const {
  return parts_->with([](const auto& parser) { return parser.is_done(); });
}

std::string MessageParser::method() const {
  return std::string(std::get<RequestParser>(parts_->parser).get().method_string());
}

std::string MessageParser::target() const {
  return std::string(std::get<RequestParser>(parts_->parser).get().target());
}

int MessageParser::minor_version() const {
  return parts_->with(
      [](const auto& parser) { return static_cast<int>(parser.get().version() % 10); });
}

int MessageParser::status() const {
  return static_cast<int>(std::get<ResponseParser>(parts_->parser).get().result_int());
}

bool MessageParser::keep_alive() const {
  return parts_->with([](const auto& parser) { return parser.keep_alive(); });
}

HttpFields MessageParser::take_fields() {
  HttpFields fields;
  parts_->with([&](auto& parser) {
    for (const auto& field : parser.get()) {
      fields.add(std::string(field.name_string()), std::string(field.value()));
    }
    return 0;
  });
  return fields;
}

void MessageParser::limit_content(std::uint64_t bytes) {
  parts_->with([&](auto& parser) {
    parser.body_limit(bytes);
    return 0;
  });
}

bool MessageParser::is_too_large(const boost::system::error_code& error) {
  return error == http::error::body_limit;
}

std::string_view reason_of(int status) {
  const auto known = http::int_to_status(static_cast<unsigned>(status));
  if (known == http::status::unknown) return "Unknown";
  const auto reason = http::obsolete_reason(known);
  return {reason.data(), reason.size()};
}

}  // namespace luolab
