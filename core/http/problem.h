// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "core/http/message.h"

namespace luolab {

/// An answer as application/problem+json (RFC 9457). Pure.
/// `type_suffix` names the kind of problem for programs: type is "urn:luolab:problem:SUFFIX".
/// `title` is the same for every problem of a type, `detail` tells of this one (left out where
/// empty). `members` are extension members.
HttpResponse problem(int status, std::string_view type_suffix, std::string_view title,
                     std::string_view detail = {}, boost::json::object members = {});

}  // namespace luolab
