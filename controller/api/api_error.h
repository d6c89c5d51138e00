// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

#include <boost/json/object.hpp>

namespace luolab {

/// Thrown by handlers for what the caller did wrong or must know; becomes a problem+json answer
/// (RFC 9457). `detail` names the thing, the value and the remedy, and holds no secret.
class ApiError : public std::runtime_error {
 public:
  ApiError(int status, std::string type, const std::string& detail,
           boost::json::object members = {})
      : std::runtime_error(detail),
        status_(status),
        type_(std::move(type)),
        members_(std::move(members)) {}

  int status() const { return status_; }
  const std::string& type() const { return type_; }  ///< "not-found"
  const boost::json::object& members() const { return members_; }

 private:
  int status_;
  std::string type_;
  boost::json::object members_;
};

}  // namespace luolab
