// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "core/protocol/page_map.h"
#include "worker/run/agent_request.h"
#include "worker/run/page_record.h"
#include "worker/run/page_verdict.h"

namespace luolab {

/// How closely the surveys of one attempt may still look: it bounds what the agent is asked for.
struct SurveyBudget {
  std::uint64_t heads = 65536;  ///< pages whose beginnings and ends are asked for
  std::uint64_t whole = 64;     ///< pages that are asked for as they are
};

/// Finds out which pages of a memfd are not as they must be, where its digest says that some are
/// not: first the digest of every page in the ranges that differ, then the beginnings and ends of
/// the pages that do. One question at a time; an answer that is missing or refused leaves its pages
/// `unchecked`. Pure; takes time in proportion to the pages of one question.
class PageSurvey {
 public:
  /// `suspects`: ascending, without overlap. Borrows what the record borrows, owners and budget.
  PageSurvey(PageRecord record, const PageOwners& owners, std::string handle,
             std::span<const PageRange> suspects, SurveyBudget& budget);

  /// What to ask next; empty: all is known. Not to be called again before the answer was taken.
  std::optional<boost::json::object> next_question();
  /// The answer; an empty object where it was refused.
  void take_answer(const boost::json::object& result);

  const PageRecord& record() const { return record_; }
  /// What is known so far.
  PageStates states() const;
  const std::vector<BadPage>& bad() const { return bad_; }  ///< the first kMostBadPages, ascending
  /// The size of the file, where the agent told another than it must have.
  std::optional<std::uint64_t> actual_bytes() const { return actual_bytes_; }

 private:
  void take_digests(const boost::json::object& result);
  void take_heads(const boost::json::object& result);
  void look_at(std::uint64_t page, std::optional<std::uint64_t> digest);
  void judge(const FoundPage& found);
  std::vector<PageRange> next_runs();

  PageRecord record_;
  const PageOwners& owners_;
  std::string handle_;
  SurveyBudget& budget_;
  std::deque<PageRange> unread_;     ///< whose digests are to be asked for; front: in flight
  std::vector<PageState> known_;     ///< by page
  std::deque<FoundPage> differing_;  ///< that differ and are not judged yet
  std::size_t asked_heads_ = 0;      ///< of them, from the front: in flight
  std::vector<BadPage> bad_;
  std::optional<std::uint64_t> actual_bytes_;
};

}  // namespace luolab
