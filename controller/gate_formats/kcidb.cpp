// SPDX-License-Identifier: Apache-2.0
#include "controller/gate_formats/kcidb.h"

#include <cctype>

#include "controller/results/safe_text.h"

namespace luolab {
namespace {

constexpr std::size_t kLongestExcerpt = 16'384;

std::string word(std::string_view text) {
  std::string plain;
  for (const char letter : text) {
    const bool fits = std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-';
    plain += fits ? letter : '_';
  }
  return plain;
}

}  // namespace

boost::json::object kcidb_document() {
  return {{"version", {{"major", 5}, {"minor", 3}}},
          {"checkouts", boost::json::array()},
          {"builds", boost::json::array()},
          {"tests", boost::json::array()}};
}

std::string kcidb_id(const std::string& origin, std::string_view what) {
  return origin + ":" + word(what);
}

std::string kcidb_path(std::string_view scenario, std::string_view name) {
  std::string path = "luolab." + word(scenario);
  if (!name.empty()) path += "." + word(name);
  return path;
}

std::string_view kcidb_status(Verdict verdict) {
  return verdict == Verdict::XFAIL ? "DONE" : verdict_name(verdict);
}

std::string kcidb_excerpt(std::string_view text) {
  std::string shown = printable_block(text);
  if (shown.size() > kLongestExcerpt) shown = valid_utf8(shown.substr(0, kLongestExcerpt - 3));
  return shown;
}

boost::json::object kcidb_seconds(double seconds) {
  return {{"value", seconds}, {"unit", "s"}, {"prefix", "metric"}};
}

}  // namespace luolab
