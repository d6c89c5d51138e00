// SPDX-License-Identifier: Apache-2.0
#include "worker/run/load_oracle.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include <fmt/format.h>

#include "core/wire/load_step.h"

namespace luolab {
namespace {

/// More steps than a writer makes between its last acknowledgement and the kexec: a journal that
/// claims more is damaged, and following it would take forever.
constexpr std::uint64_t kMostUnacknowledged = 100'000'000;

LoadWord word_at(ConstPageBytes page, std::size_t index) {
  LoadWord word = 0;
  std::memcpy(&word, page.data() + index * sizeof word, sizeof word);
  return word;
}

/// Why a page is not new words up to some point and old words behind it; empty: it is.
std::string torn_problem(ConstPageBytes found, ConstPageBytes before, ConstPageBytes after) {
  std::size_t boundary = 0;
  while (boundary < kPageWords && word_at(found, boundary) == word_at(after, boundary)) ++boundary;
  for (std::size_t i = boundary; i < kPageWords; ++i) {
    if (word_at(found, i) == word_at(before, i)) continue;
    if (word_at(found, i) == word_at(after, i)) {
      return fmt::format("the store of word {} is missing, word {} behind it was stored", boundary,
                         i);
    }
    return fmt::format("word {} is neither of the step nor of what was there before", i);
  }
  return {};
}

}  // namespace

struct LoadOracle::Reading {
  std::vector<std::uint64_t> done;
  std::map<std::uint64_t, PageCopy> torn;
};

LoadOracle::LoadOracle(const LoadShape& shape, const PatternKey& key, const Layout& layout)
    : shape_(shape),
      key_(key),
      layout_(layout),
      acknowledged_(shape.writers),
      done_(shape.writers),
      steps_(shape.pages) {}

void LoadOracle::acknowledge(std::span<const std::uint64_t> done) {
  for (std::size_t writer = 0; writer < std::min(done.size(), acknowledged_.size()); ++writer) {
    acknowledged_[writer] = std::max(acknowledged_[writer], done[writer]);
  }
}

std::string LoadOracle::read_writer(std::uint32_t writer, const JournalFound& found,
                                    Reading& reading) const {
  const auto [progress, problem] = read_journal(key_.mark, writer, found.journal);
  const std::string who = fmt::format("writer {}: ", writer + 1);
  if (!problem.empty()) return who + "its journal is damaged: " + problem;
  if (progress.done < acknowledged_[writer]) {
    return who + fmt::format("step {} was acknowledged, its journal ends with step {}: lost",
                             acknowledged_[writer], progress.done);
  }
  if (progress.done < done_[writer]) {
    return who + fmt::format("its journal ends with step {}, the last hop's with step {}",
                             progress.done, done_[writer]);
  }
  if (progress.done - std::max(acknowledged_[writer], done_[writer]) > kMostUnacknowledged) {
    return who + fmt::format("its journal claims step {}, step {} was acknowledged: damaged",
                             progress.done, acknowledged_[writer]);
  }
  reading.done.push_back(progress.done);
  if (progress.started == progress.done) return {};
  if (found.page.size() != kPageBytes) return who + "the page of its last step was not sent";
  PageCopy& page = reading.torn[load_page(shape_, writer, progress.started)];
  std::ranges::copy(found.page, page.begin());
  return {};
}

std::string LoadOracle::take_journals(std::span<const JournalFound> found) {
  if (found.size() != shape_.writers) {
    return fmt::format("{} journals for {} writers", found.size(), shape_.writers);
  }
  Reading reading;
  for (std::uint32_t writer = 0; writer < shape_.writers; ++writer) {
    if (std::string problem = read_writer(writer, found[writer], reading); !problem.empty()) {
      return problem;
    }
  }
  for (std::uint32_t writer = 0; writer < shape_.writers; ++writer) {
    follow(writer, reading.done[writer]);
  }
  torn_ = std::move(reading.torn);
  for (const auto& [page, bytes] : torn_) {
    const auto writer = static_cast<std::uint32_t>(page % shape_.writers);
    PageCopy before;
    PageCopy after;
    fill(page, step_of(page), before);
    fill(page, done_[writer] + 1, after);
    if (const std::string problem = torn_problem(bytes, before, after); !problem.empty()) {
      return fmt::format("page {}, which writer {} was writing (step {}), is no state of it: {}",
                         page, writer + 1, done_[writer] + 1, problem);
    }
  }
  return {};
}

void LoadOracle::follow(std::uint32_t writer, std::uint64_t done) {
  for (std::uint64_t step = done_[writer] + 1; step <= done; ++step) {
    steps_[load_page(shape_, writer, step)] = step;
  }
  done_[writer] = done;
}

std::uint64_t LoadOracle::step_of(std::uint64_t page) const {
  return page < steps_.size() ? steps_[page] : 0;
}

void LoadOracle::fill(std::uint64_t page, std::uint64_t step, PageBytes bytes) const {
  if (step == 0) {
    fill_page(layout_, PagePattern::records, key_, page, bytes);
  } else {
    const auto writer = static_cast<std::uint32_t>(page % shape_.writers);
    fill_record(key_, page, load_stamp(writer, step), bytes);
  }
}

void LoadOracle::fill_expected(std::uint64_t page, PageBytes bytes) const {
  if (const auto torn = torn_.find(page); torn != torn_.end()) {
    std::ranges::copy(torn->second, bytes.begin());
  } else {
    fill(page, step_of(page), bytes);
  }
}

RecordStamp LoadOracle::stamp_of(std::uint64_t page) const {
  return load_stamp(static_cast<std::uint32_t>(page % shape_.writers), step_of(page));
}

bool LoadOracle::was_acknowledged(std::uint64_t page, std::uint64_t step) const {
  return step <= acknowledged_[page % shape_.writers];
}

std::vector<std::uint64_t> LoadOracle::torn_page_numbers() const {
  std::vector<std::uint64_t> pages;
  for (const auto& torn : torn_) pages.push_back(torn.first);
  return pages;
}

DigestTree LoadOracle::expected(std::uint64_t range_bytes, HashKind kind, bool with_sha256) const {
  DigestTreeBuilder builder(range_bytes, kind, with_sha256);
  PageCopy bytes;
  for (std::uint64_t page = 0; page < layout_.page_count(); ++page) {
    fill_expected(page, bytes);
    builder.add(std::span<const std::byte>(bytes).first(layout_.page_length(page)));
  }
  return builder.finish();
}

std::uint64_t LoadOracle::steps() const {
  return std::accumulate(done_.begin(), done_.end(), std::uint64_t{0});
}

}  // namespace luolab
