// SPDX-License-Identifier: Apache-2.0
#include "agent/baggage_page.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace luolab {
namespace {

template <std::size_t N>
void put_text(std::array<char, N>& field, const std::string& text) {
  field.fill('\0');
  std::memcpy(field.data(), text.data(), std::min(text.size(), N - 1));
}

template <std::size_t N>
std::string get_text(const std::array<char, N>& field) {
  return {field.data(), strnlen(field.data(), N)};
}

Failure unreadable(const std::string& detail) { return {"baggage", EBADMSG, detail}; }

}  // namespace

void write_baggage_page(BaggagePage& page, const BaggageNote& note) {
  page.magic = BaggagePage::kMagic;
  page.version = BaggagePage::kVersion;
  page.hop = note.hop;
  page.last_user_tsc = 0;
  page.reboot_call_tsc = 0;
  put_text(page.nonce, note.nonce);
  page.file_count = note.files.size();
  for (std::size_t i = 0; i < note.files.size(); ++i) {
    put_text(page.files[i].name, note.files[i].name);
    page.files[i].size_bytes = note.files[i].size_bytes;
  }
}

Outcome<BaggageNote> read_baggage_page(const BaggagePage& page) {
  if (page.magic != BaggagePage::kMagic) return unreadable("no baggage page: wrong magic number");
  if (page.version != BaggagePage::kVersion) {
    return Failure{"baggage", EPROTO,
                   "of version " + std::to_string(page.version) + ", this agent reads " +
                       std::to_string(BaggagePage::kVersion) + "; use one agent for all hops"};
  }
  if (page.file_count > page.files.size()) {
    return unreadable("baggage names " + std::to_string(page.file_count) + " files, at most " +
                      std::to_string(page.files.size()) + " fit");
  }
  BaggageNote note{get_text(page.nonce), page.hop, page.last_user_tsc, page.reboot_call_tsc, {}};
  for (std::size_t i = 0; i < page.file_count; ++i) {
    note.files.push_back({get_text(page.files[i].name), page.files[i].size_bytes});
  }
  return note;
}

}  // namespace luolab
