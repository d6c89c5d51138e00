// SPDX-License-Identifier: Apache-2.0
#include "worker/run/page_survey.h"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>

#include "core/protocol/json_fields.h"
#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

namespace json = boost::json;

constexpr std::size_t kDigestDigits = 16;

std::optional<std::uint64_t> word_of_hex(std::string_view digits) {
  std::uint64_t word = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, word, 16);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return word;
}

/// Empty where the text is no hexadecimal.
std::vector<std::byte> bytes_of_hex(std::string_view digits) {
  std::vector<std::byte> bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    const auto byte = word_of_hex(digits.substr(i, 2));
    if (!byte) return {};
    bytes.push_back(static_cast<std::byte>(*byte));
  }
  return bytes;
}

HashKind fastest() {
  static const HashKind kFastest = fastest_hash(measure_hashes());
  return kFastest;
}

}  // namespace

PageSurvey::PageSurvey(PageRecord record, const PageOwners& owners, std::string handle,
                       std::span<const PageRange> suspects, SurveyBudget& budget)
    : record_(std::move(record)), owners_(owners), handle_(std::move(handle)), budget_(budget) {
  const PageStates right = record_.all_right();
  for (const PageStates::Run& run : right.runs()) {
    known_.insert(known_.end(), run.pages, run.state);
  }
  for (const PageRange& range : suspects) {
    std::fill_n(known_.begin() + static_cast<std::ptrdiff_t>(range.first), range.count,
                PageState::unchecked);
    const std::uint64_t end = range.first + range.count;
    for (std::uint64_t first = range.first; first < end; first += wire::kPageDigestLimit) {
      unread_.push_back({first, std::min(wire::kPageDigestLimit, end - first)});
    }
  }
}

std::optional<json::object> PageSurvey::next_question() {
  if (!unread_.empty()) {
    return agent_request::memfd_pages(record_.memfd(), handle_, unread_.front());
  }
  const std::vector<PageRange> runs = next_runs();
  if (!runs.empty()) {
    const std::uint64_t whole = std::min({budget_.whole, wire::kWholePageLimit, asked_heads_});
    return agent_request::memfd_heads(record_.memfd(), handle_, runs, whole);
  }
  while (!differing_.empty()) {
    judge(differing_.front());
    differing_.pop_front();
  }
  std::ranges::sort(bad_, {}, &BadPage::page);
  return std::nullopt;
}

std::vector<PageRange> PageSurvey::next_runs() {
  std::vector<PageRange> runs;
  asked_heads_ = static_cast<std::size_t>(
      std::min<std::uint64_t>({differing_.size(), budget_.heads, wire::kPageHeadLimit}));
  for (std::size_t i = 0; i < asked_heads_; ++i) {
    const std::uint64_t page = differing_[i].page;
    if (!runs.empty() && runs.back().first + runs.back().count == page) {
      ++runs.back().count;
    } else {
      runs.push_back({page, 1});
    }
  }
  return runs;
}

void PageSurvey::take_answer(const json::object& result) {
  if (!unread_.empty()) {
    take_digests(result);
    unread_.pop_front();
  } else {
    take_heads(result);
  }
}

void PageSurvey::take_digests(const json::object& result) {
  const json::value* const bytes = result.if_contains("bytes");
  const json::value* const listed = result.if_contains("digests");
  if (bytes == nullptr || listed == nullptr || !listed->is_string()) return;
  const std::uint64_t size = number_of(*bytes);
  if (size != record_.memfd().spec.size_bytes) actual_bytes_ = size;
  const std::string_view digests = listed->as_string();
  const PageRange& range = unread_.front();
  for (std::uint64_t i = 0; i < range.count; ++i) {
    const std::uint64_t page = range.first + i;
    if (page * kPageBytes >= size) {
      look_at(page, std::nullopt);
    } else if ((i + 1) * kDigestDigits <= digests.size()) {
      const auto digest = word_of_hex(digests.substr(i * kDigestDigits, kDigestDigits));
      if (digest) look_at(page, digest);
    }
  }
}

void PageSurvey::look_at(std::uint64_t page, std::optional<std::uint64_t> digest) {
  PageCopy content{};
  const auto part = std::span<const std::byte>(content).first(record_.length(page));
  record_.fill(page, content);
  if (digest && *digest == page_digest(fastest(), part)) {
    known_[page] = record_.is_torn(page) ? PageState::torn : PageState::whole;
    return;
  }
  content = {};
  if (!digest || *digest == page_digest(fastest(), part)) {
    judge({page, digest, {}, {}, {}});  // no need to ask what zeroes look like
  } else {
    differing_.push_back({page, digest, {}, {}, {}});
  }
}

void PageSurvey::take_heads(const json::object& result) {
  const json::value* const list = result.if_contains("heads");
  for (std::size_t i = 0; i < asked_heads_; ++i) {
    FoundPage found = std::move(differing_.front());
    differing_.pop_front();
    if (list != nullptr && list->is_array() && i < list->as_array().size() &&
        list->as_array()[i].is_object()) {
      const json::object& head = list->as_array()[i].as_object();
      if (number_at(head, "page") == found.page) {
        found.head = bytes_of_hex(text_at(head, "head"));
        found.tail = bytes_of_hex(text_at(head, "tail"));
        found.bytes = bytes_of_hex(text_at(head, "bytes"));
      }
    }
    budget_.whole -= found.bytes.empty() ? 0 : std::min<std::uint64_t>(budget_.whole, 1);
    judge(found);
  }
  budget_.heads -= asked_heads_;
  asked_heads_ = 0;
}

void PageSurvey::judge(const FoundPage& found) {
  BadPage bad = judge_page(record_, owners_, found);
  known_[found.page] = bad.state;
  if (bad_.size() < kMostBadPages) bad_.push_back(std::move(bad));
}

PageStates PageSurvey::states() const {
  PageStates states;
  for (const PageState state : known_) states.add(state);
  return states;
}

}  // namespace luolab
