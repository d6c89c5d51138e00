// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace luolab {

/// One message of an mbox, or one file of git format-patch.
struct Mail {
  std::string subject;   ///< unfolded, without the tags in brackets; empty where there is none
  unsigned number = 0;   ///< n of "[PATCH n/m]"; 0 for a cover letter or without a number
  unsigned count = 0;    ///< m of "[PATCH n/m]"; 0 without a number
  std::string encoding;  ///< Content-Transfer-Encoding, lower case
  std::string text;      ///< all of it, headers included
};

/// Whether `text` begins with the separator line of an mbox: "From SENDER ... hh:mm:ss yyyy".
/// Source: RFC 4155; git-format-patch(1) writes the same line with a commit for the sender.
bool is_mbox(std::string_view text);

/// The messages of an mbox in their order; of a text without separators, the one message it is.
std::vector<Mail> split_mails(std::string_view text);

}  // namespace luolab
