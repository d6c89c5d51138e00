// SPDX-License-Identifier: Apache-2.0
#include "core/http/problem.h"

#include <boost/json/serialize.hpp>

namespace luolab {

HttpResponse problem(int status, std::string_view type_suffix, std::string_view title,
                     std::string_view detail, boost::json::object members) {
  boost::json::object body;
  body["type"] = "urn:luolab:problem:" + std::string(type_suffix);
  body["title"] = title;
  body["status"] = status;
  if (!detail.empty()) body["detail"] = detail;
  for (auto& [name, value] : members) body[name] = std::move(value);
  HttpResponse response;
  response.status = status;
  response.fields.add("Content-Type", "application/problem+json");
  response.body = boost::json::serialize(body);
  return response;
}

}  // namespace luolab
