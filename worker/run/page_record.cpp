// SPDX-License-Identifier: Apache-2.0
#include "worker/run/page_record.h"

namespace luolab {
namespace {

bool is_marked(const MemfdPlan& memfd) { return has_marks(wire_pattern(memfd.spec.pattern)); }

}  // namespace

void PageRecord::fill(std::uint64_t page, PageBytes bytes) const {
  fill_version(page, overlays_.size(), bytes);
}

void PageRecord::fill_version(std::uint64_t page, std::size_t edits, PageBytes bytes) const {
  if (writers_ != nullptr) {
    writers_->fill_expected(page, bytes);
    return;
  }
  fill_page(memfd_->layout, wire_pattern(memfd_->spec.pattern), memfd_->key, page, bytes);
  lay_over(bytes, page * kPageBytes, std::span(overlays_).first(edits));
}

std::optional<RecordStamp> PageRecord::stamp(std::uint64_t page) const {
  if (memfd_->spec.pattern != Pattern::records) return std::nullopt;
  const RecordStamp last = writers_ == nullptr ? RecordStamp{} : writers_->stamp_of(page);
  const bool written = last != RecordStamp{} || memfd_->layout.kind(page) == PageKind::data;
  return written ? std::optional(last) : std::nullopt;
}

PageStates PageRecord::all_right() const {
  PageStates states;
  std::uint64_t next = 0;
  if (writers_ != nullptr) {
    for (const std::uint64_t page : writers_->torn_page_numbers()) {
      states.add(PageState::whole, page - next);
      states.add(PageState::torn);
      next = page + 1;
    }
  }
  states.add(PageState::whole, page_count() - next);
  return states;
}

std::optional<PageOwners::Owner> PageOwners::of_head(std::uint64_t mark) const {
  for (const MemfdPlan& memfd : memfds_) {
    if (!is_marked(memfd)) continue;
    const auto page = page_of_head_mark(memfd.key.mark, mark, memfd.layout.page_count());
    if (page) return Owner{&memfd, *page};
  }
  return std::nullopt;
}

std::optional<PageOwners::Owner> PageOwners::of_tail(std::uint64_t mark) const {
  for (const MemfdPlan& memfd : memfds_) {
    if (!is_marked(memfd)) continue;
    const auto page = page_of_tail_mark(memfd.key.mark, mark, memfd.layout.page_count());
    if (page) return Owner{&memfd, *page};
  }
  return std::nullopt;
}

}  // namespace luolab
