// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/protocol/page_map.h"
#include "core/wire/digest_tree.h"
#include "worker/run/load_oracle.h"
#include "worker/run/run_plan.h"

namespace luolab {

/// The worker's record of one memfd, page by page: what each must hold now, and what it held
/// before. Borrows; a value that is made where a difference is looked into.
class PageRecord {
 public:
  /// `overlays`: what the scenario wrote so far, oldest first. `writers`: of a memfd under load.
  PageRecord(const MemfdPlan& memfd, std::vector<Overlay> overlays, const LoadOracle* writers)
      : memfd_(&memfd), overlays_(std::move(overlays)), writers_(writers) {}

  const MemfdPlan& memfd() const { return *memfd_; }
  std::uint64_t page_count() const { return memfd_->layout.page_count(); }
  std::size_t length(std::uint64_t page) const { return memfd_->layout.page_length(page); }

  /// Writes all 4096 bytes; those past the end of the file are not the file's.
  void fill(std::uint64_t page, PageBytes bytes) const;
  /// The same after the first `edits` of the scenario's writes.
  void fill_version(std::uint64_t page, std::size_t edits, PageBytes bytes) const;
  std::size_t edits() const { return overlays_.size(); }

  bool is_torn(std::uint64_t page) const { return writers_ != nullptr && writers_->is_torn(page); }
  /// Whether the page holds a record, and whose; empty: it holds none.
  std::optional<RecordStamp> stamp(std::uint64_t page) const;
  bool was_acknowledged(std::uint64_t page, std::uint64_t step) const {
    return writers_ != nullptr && writers_->was_acknowledged(page, step);
  }

  /// States of all pages where the content is as it must be.
  PageStates all_right() const;

 private:
  const MemfdPlan* memfd_;
  std::vector<Overlay> overlays_;
  const LoadOracle* writers_;
};

/// Knows by its marks whose content a page is, among all memfds of a job. Borrows them.
class PageOwners {
 public:
  explicit PageOwners(std::span<const MemfdPlan> memfds) : memfds_(memfds) {}

  struct Owner {
    const MemfdPlan* memfd = nullptr;
    std::uint64_t page = 0;
  };
  std::optional<Owner> of_head(std::uint64_t mark) const;
  std::optional<Owner> of_tail(std::uint64_t mark) const;

 private:
  std::span<const MemfdPlan> memfds_;
};

}  // namespace luolab
