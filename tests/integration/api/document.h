// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace luolab {

/// One operation of an OpenAPI document.
struct DocumentedOperation {
  std::string id;
  std::string method;                ///< "GET"
  std::string path;                  ///< "/api/v1/jobs/{job}"
  std::string role;                  ///< "none": asks for no token
  std::string body_type;             ///< of the first documented body; empty: takes none
  std::vector<std::string> headers;  ///< documented header parameters
  boost::json::object body_schema;   ///< with the reference resolved

  /// The path with something that could be there in place of each parameter.
  std::string sample_target() const;
  /// Whether a request of it says to which attempt it belongs.
  bool names_attempt() const;
};

std::vector<DocumentedOperation> operations_of(const std::string& document);

}  // namespace luolab
