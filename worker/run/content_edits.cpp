// SPDX-License-Identifier: Apache-2.0
#include "worker/run/content_edits.h"

#include <algorithm>
#include <set>

#include <boost/json.hpp>

#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

namespace json = boost::json;

std::string bytes_of(std::string_view digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

void add_edits(std::vector<ContentEdit>& edits, const std::vector<StepSpec>& steps,
               const std::set<std::string>& known, StepPlace place) {
  for (place.index = 0; place.index < steps.size(); ++place.index) {
    const StepSpec& step = steps[place.index];
    if (step.op != "memfd.write" || !step.errors.empty() || !happens_at(step, place.hop)) continue;
    const json::object arguments = json::parse(step.arguments).as_object();
    const std::string memfd = text_at(arguments, "memfd");
    if (!known.contains(memfd)) continue;
    edits.push_back(
        {place, memfd, number_at(arguments, "offset"), bytes_of(text_at(arguments, "hex"))});
  }
}

}  // namespace

bool happens_at(const StepSpec& step, std::uint32_t hop) {
  return step.hop == 0 || step.hop == hop + 1;
}

std::vector<ContentEdit> content_edits(const Job& job) {
  std::set<std::string> known;
  for (const SessionSpec& session : job.sessions) {
    for (const MemfdSpec& memfd : session.memfds) known.insert(memfd_title(session, memfd));
  }
  std::vector<ContentEdit> edits;
  for (std::uint32_t hop = 0; hop < job.hops.size(); ++hop) {
    add_edits(edits, job.before, known, {hop, false, 0});
    add_edits(edits, job.after, known, {hop, true, 0});
  }
  return edits;
}

std::size_t content_version(const std::vector<ContentEdit>& edits, std::string_view memfd,
                            const StepPlace& place) {
  return static_cast<std::size_t>(std::ranges::count_if(
      edits, [&](const ContentEdit& edit) { return edit.memfd == memfd && edit.place < place; }));
}

}  // namespace luolab
