// SPDX-License-Identifier: Apache-2.0
#include "worker/run/load_answer.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>

#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

namespace json = boost::json;

/// Empty where the text is no hexadecimal of a whole page.
std::vector<std::byte> page_of_hex(std::string_view text) {
  if (text.size() != 2 * kPageBytes) return {};
  std::vector<std::byte> bytes(kPageBytes);
  for (std::size_t i = 0; i < kPageBytes; ++i) {
    unsigned char byte = 0;
    const char* const digits = text.data() + 2 * i;
    const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
    if (error != std::errc{} || end != digits + 2) return {};
    bytes[i] = std::byte{byte};
  }
  return bytes;
}

json::array list_at(const json::object& object, std::string_view key) {
  const json::value* const list = object.if_contains(key);
  return list != nullptr && list->is_array() ? list->as_array() : json::array();
}

std::optional<RecordStamp> stamp_of(const json::value& value) {
  if (!value.is_array() || value.as_array().size() != 2) return {};
  return RecordStamp{number_of(value.as_array()[0]),
                     static_cast<std::uint32_t>(number_of(value.as_array()[1]))};
}

}  // namespace

std::vector<JournalFound> read_journals(const json::object& result) {
  std::vector<JournalFound> found;
  for (const json::value& writer : list_at(result, "writers")) {
    JournalFound journal;
    if (writer.is_object()) {
      const auto bytes = page_of_hex(text_at(writer.as_object(), "journal"));
      std::ranges::copy(bytes, journal.journal.begin());
      journal.page = page_of_hex(text_at(writer.as_object(), "page"));
    }
    found.push_back(std::move(journal));
  }
  return found;
}

std::vector<RecordFound> read_records(const json::object& result) {
  std::vector<RecordFound> found;
  const std::uint64_t first = number_at(result, "first");
  for (const json::value& record : list_at(result, "records")) {
    found.push_back({first + found.size(), stamp_of(record), {}});
  }
  for (const json::value& page : list_at(result, "broken")) {
    if (!page.is_object()) continue;
    const std::uint64_t index = number_at(page.as_object(), "page") - first;
    if (index < found.size()) found[index].bytes = page_of_hex(text_at(page.as_object(), "bytes"));
  }
  return found;
}

}  // namespace luolab
