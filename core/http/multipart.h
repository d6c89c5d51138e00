// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace luolab {

/// One part of a form.
struct FormPart {
  std::string name;
  std::string filename;      ///< last component only; empty where there is none
  std::string content_type;  ///< "text/plain" where it says nothing
  std::string bytes;
};

/// Pure: the parts of a multipart/form-data body (RFC 7578), in their order. Fault::scenario says
/// what is wrong and in which part: no or a bad boundary, a part that does not end, a part without
/// a name, more than `most_parts`.
Result<std::vector<FormPart>> parse_form(std::string_view content_type, std::string_view body,
                                         std::size_t most_parts = 64);

}  // namespace luolab
