// SPDX-License-Identifier: Apache-2.0
#include "worker/run/oracle.h"

#include "worker/run/content_edits.h"

namespace luolab {
namespace {

Layout layout_of(const MemfdSpec& spec) {
  Layout layout{spec.size_bytes, spec.hole_pages, spec.hole_period, {}};
  for (const ByteRange& range : spec.fallocated) {
    layout.fallocated.push_back({range.offset_bytes, range.length_bytes});
  }
  return layout;
}

}  // namespace

PagePattern wire_pattern(Pattern pattern) {
  switch (pattern) {
    case Pattern::zero:
      return PagePattern::zero;
    case Pattern::random:
      return PagePattern::random;
    case Pattern::records:
      return PagePattern::records;
  }
  return PagePattern::zero;
}

std::vector<MemfdPlan> plan_memfds(const Job& job, const AttemptSecrets& secrets) {
  static const HashKind kFastest = fastest_hash(measure_hashes());
  const std::vector<ContentEdit> edits = content_edits(job);
  std::vector<MemfdPlan> plans;
  for (const SessionSpec& session : job.sessions) {
    for (const MemfdSpec& memfd : session.memfds) {
      MemfdPlan plan{session.name,
                     memfd,
                     session.manual,
                     memfd_title(session, memfd),
                     layout_of(memfd),
                     secrets.key_of(plans.size()),
                     {},
                     {}};
      std::vector<Overlay> overlays;
      const auto tree = [&] {
        return expected_tree(plan.layout, wire_pattern(memfd.pattern), plan.key, job.range_bytes,
                             kFastest, memfd.sha256, overlays);
      };
      plan.expected = tree();
      for (const ContentEdit& edit : edits) {
        if (edit.memfd != plan.title) continue;
        overlays.push_back({edit.offset_bytes, edit.bytes});
        plan.edited.push_back(tree());
      }
      plans.push_back(std::move(plan));
    }
  }
  return plans;
}

}  // namespace luolab
