// SPDX-License-Identifier: Apache-2.0
// Evidence of what memfds hold: properties, digests, and what loads wrote until the kexec.
#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/base/quantity.h"
#include "core/protocol/json_fields.h"
#include "core/wire/agent_wire.h"
#include "worker/run/content_check.h"
#include "worker/run/content_edits.h"
#include "worker/run/evidence.h"
#include "worker/run/load_request.h"

namespace luolab {

using Kind = Step::Kind;
namespace json = boost::json;

void Evidence::take_stat(std::int32_t hop, const MemfdPlan& memfd, const json::object& stat) {
  for (const auto& [property, difference] : compare_properties(memfd, stat)) {
    add_check(hop, property, memfd.title, Verdict::FAIL, difference);
  }
}

void Evidence::take_digest(std::int32_t hop, const Step& step, const json::object& digest) {
  const MemfdPlan& memfd = *step.memfd;
  const MemfdPlan expectation = loads_.expectation(memfd);
  const DigestTree& expected =
      loads_.writes(memfd) ? expectation.expected : memfd.version(step.edits);
  ContentFinding found = compare_content(hop, expectation, expected, plan_.job.range_bytes, digest);
  const bool identical = found.difference.empty();
  const bool written = loads_.writes(memfd);
  const std::string size = format_size(memfd.spec.size_bytes);
  add_check(hop, "content", memfd.title, identical ? Verdict::PASS : Verdict::FAIL,
            !identical ? found.difference
            : written  ? size + " " + loads_.progress(memfd)
                       : size + " identical");
  if (identical) bytes_verified_ += memfd.spec.size_bytes;
  if (!identical && written) ask_records(memfd, found.checksums);
  if (identical) {
    add_pages(page_map_, hop, memfd, record_of(step).all_right());
  } else {
    begin_survey(hop, step, found);
  }
  std::ranges::move(found.checksums, std::back_inserter(checksums_));
}

PageRecord Evidence::record_of(const Step& step) const {
  std::vector<Overlay> overlays;
  if (step.edits > 0) {
    for (const ContentEdit& edit : content_edits(plan_.job)) {
      if (edit.memfd != step.memfd->title || overlays.size() == step.edits) continue;
      overlays.push_back({edit.offset_bytes, edit.bytes});
    }
  }
  return {*step.memfd, std::move(overlays), loads_.oracle_of(*step.memfd)};
}

void Evidence::add_pages(PageMap& map, std::int32_t hop, const MemfdPlan& memfd,
                         PageStates states) {
  map.memfds.push_back({.hop = hop,
                        .memfd = memfd.title,
                        .pattern = std::string(pattern_name(wire_pattern(memfd.spec.pattern))),
                        .size_bytes = memfd.spec.size_bytes,
                        .hole_pages = memfd.spec.hole_pages,
                        .hole_period = memfd.spec.hole_period,
                        .actual_bytes = {},
                        .states = std::move(states)});
}

void Evidence::add_pages(PageMap& map, const Survey& survey) {
  PageStates states = survey.pages.states();
  std::uint64_t left_out = states.bad_pages();
  for (BadPage bad : survey.pages.bad()) {
    if (map.bad.size() == kMostBadPages) break;
    bad.entry = map.memfds.size();
    map.bad.push_back(std::move(bad));
    --left_out;
  }
  map.bad_left_out += left_out;
  add_pages(map, survey.hop, *survey.step.memfd, std::move(states));
  map.memfds.back().actual_bytes = survey.pages.actual_bytes();
}

void Evidence::begin_survey(std::int32_t hop, const Step& step, const ContentFinding& found) {
  const std::vector<PageRange> suspects =
      differing_pages(found.checksums, step.memfd->layout.page_count());
  PageSurvey pages(record_of(step), owners_, text_at(step.request, "memfd"), suspects,
                   survey_budget_);
  survey_.emplace(Survey{std::move(pages), step, hop, checks_.size() - 1});
  ask_survey();
}

void Evidence::take_survey(const AgentReply& reply) {
  survey_->pages.take_answer(reply.failure ? json::object() : reply.result);
  ask_survey();
}

void Evidence::ask_survey() {
  if (auto question = survey_->pages.next_question()) {
    const MemfdPlan* const memfd = survey_->step.memfd;
    questions_.push_back({Kind::survey, *std::move(question), memfd->title, memfd});
  } else {
    end_survey();
  }
}

void Evidence::end_survey() {
  const PageSurvey& pages = survey_->pages;
  std::string& detail = checks_[survey_->check].detail;
  if (const std::string words = bad_pages_in_words(pages.states()); !words.empty()) {
    detail = fmt::format("{} ({}); {}", words, pages.bad().front().seems, detail);
  }
  add_pages(page_map_, *survey_);
  survey_.reset();
}

// Of every hop that arrived, what nobody looked at; entries of bad pages name others by their
// place, so these come last.
void Evidence::add_unchecked(PageMap& map) const {
  std::set<std::pair<std::int32_t, std::string_view>> seen;
  for (const MemfdPages& memfd : map.memfds) seen.emplace(memfd.hop, memfd.memfd);
  std::vector<std::pair<std::int32_t, const MemfdPlan*>> missing;
  for (const HopReport& hop : hops_) {
    const auto at = static_cast<std::int32_t>(hop.index);
    for (const MemfdPlan& memfd : plan_.memfds) {
      if (!memfd.manual && !seen.contains({at, memfd.title})) missing.emplace_back(at, &memfd);
    }
  }
  for (const auto& [at, memfd] : missing) {
    PageStates states;
    states.add(PageState::unchecked, memfd->layout.page_count());
    add_pages(map, at, *memfd, std::move(states));
  }
}

PageMap Evidence::page_map() const {
  PageMap map = page_map_;
  if (survey_) add_pages(map, *survey_);  // the machine did not outlive it: as far as it came
  add_unchecked(map);
  std::map<std::pair<std::int32_t, std::string>, std::uint32_t> looks;
  for (MemfdPages& memfd : map.memfds) memfd.look = looks[{memfd.hop, memfd.memfd}]++;
  return map;
}

bool Evidence::take_journals(std::int32_t hop, const MemfdPlan& memfd, const json::object& result) {
  const std::string problem = loads_.take_journals(memfd, result);
  if (!problem.empty()) add_check(hop, "content", memfd.title, Verdict::FAIL, problem);
  return problem.empty();
}

// Only the first range that differs is looked at page by page: it is what words can tell.
void Evidence::ask_records(const MemfdPlan& memfd, const std::vector<Checksum>& checksums) {
  const auto differs = [&](const Checksum& checksum) {
    const bool one_of_many = checksums.size() > 1 && checksum.algorithm != "xxh3-128";
    return checksum.expected != checksum.actual && !one_of_many;
  };
  const auto range = std::ranges::find_if(checksums, differs);
  if (range == checksums.end()) return;
  const std::uint64_t pages =
      std::min<std::uint64_t>(range->length_bytes / kPageBytes, wire::kRecordLimit);
  questions_.push_back({Kind::explain,
                        load_request::records(memfd, range->offset_bytes / kPageBytes, pages),
                        memfd.title, &memfd});
}

void Evidence::take_records(const MemfdPlan& memfd, const json::object& result) {
  const std::string words = loads_.describe(memfd, result);
  const auto check = std::ranges::find_if(checks_.rbegin(), checks_.rend(), [&](const Check& done) {
    return done.name == "content" && done.subject == memfd.title;
  });
  if (check != checks_.rend() && !words.empty()) check->detail = words + "; " + check->detail;
}

}  // namespace luolab
