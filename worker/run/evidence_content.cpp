// SPDX-License-Identifier: Apache-2.0
// Evidence of what memfds hold: properties, digests, and what loads wrote until the kexec.
#include <algorithm>

#include <boost/json.hpp>

#include "core/base/quantity.h"
#include "core/wire/agent_wire.h"
#include "worker/run/content_check.h"
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
  std::ranges::move(found.checksums, std::back_inserter(checksums_));
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
