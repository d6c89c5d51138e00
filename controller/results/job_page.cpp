// SPDX-License-Identifier: Apache-2.0
#include "controller/results/job_page.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include <fmt/format.h>

#include "controller/results/job_facts.h"
#include "controller/results/safe_text.h"
#include "controller/results/text_layout.h"
#include "controller/results/timeline.h"
#include "core/base/quantity.h"

namespace luolab {
namespace {

constexpr std::size_t kFactIndent = 12;
constexpr std::size_t kMostReasonLines = 6;
constexpr std::size_t kMostDifferences = 8;
constexpr std::size_t kMostFindings = 5;
constexpr std::size_t kDigestShown = 16;

std::string fact(std::string_view name, std::string_view value, const TerminalStyle& style) {
  const auto width = static_cast<std::size_t>(std::max(style.width, 40)) - kFactIndent;
  const auto lines = wrap(one_line(value), width, kMostReasonLines);
  if (lines.empty()) return {};
  return fmt::format("  {}{}\n", pad(name, kFactIndent - 2), join_indented(lines, kFactIndent));
}

std::string section(std::string_view title, const std::string& body, const TerminalStyle& style) {
  return body.empty() ? body : fmt::format("\n{}\n{}", bold(title, style), body);
}

bool differs(const Checksum& sum) { return sum.expected != sum.actual; }

bool held(const Check& check) {
  return check.verdict == Verdict::PASS ||
         (check.verdict == Verdict::DONE && check.name != "known-issue");
}

std::string verified_text(const AttemptReport& report) {
  const auto different = std::count_if(report.checksums.begin(), report.checksums.end(), differs);
  return fmt::format("{} in {} checksums, {} of them different",
                     format_size_rounded(report.bytes_verified), report.checksums.size(),
                     different);
}

std::string held_text(const AttemptReport& report) {
  std::vector<std::string> names;
  std::size_t count = 0;
  for (const Check& check : report.checks) {
    if (!held(check)) continue;
    ++count;
    if (std::find(names.begin(), names.end(), check.name) == names.end())
      names.push_back(check.name);
  }
  return fmt::format("{} of {} checks{}{}", count, report.checks.size(), names.empty() ? "" : ": ",
                     fmt::join(names, ", "));
}

std::string start_text(StartPoint start) {
  if (start == StartPoint::power_on) return "power-on";
  return "fork of a machine saved when it was " + start_point_name(start);
}

std::string facts(const RunRecord& run, const JobRecord& job, const TerminalStyle& style) {
  std::string text = fact("why", reason_of(job), style);
  if (!job.report) {
    text += fact("evidence", "none: no attempt of this job has ended with a report", style);
  } else {
    const AttemptReport& report = *job.report;
    text += fact("held", held_text(report), style);
    text += fact("verified", verified_text(report), style);
    text += fact("where",
                 fmt::format("{}, {}, attempt {}, {}", report.worker, report.accel, job.attempts,
                             format_duration(report.wall)),
                 style);
    text += fact("start", start_text(report.start), style);
  }
  text +=
      fact("run", fmt::format("{}, of {}: {}", id_text(run.id), time_text(run.created), run.title),
           style);
  text += fact("again", "luolab run --job " + id_text(job.id), style);
  return text + fact("its run", run.command_line, style);
}

std::string failed_checks(const AttemptReport& report, const TerminalStyle& style) {
  std::string text;
  for (const Check& check : report.checks) {
    if (held(check)) continue;
    text +=
        fmt::format("  {} {}: {}{}{}\n", paint(verdict_name(check.verdict), check.verdict, style),
                    hop_title(check.hop), one_line(check.name), check.subject.empty() ? "" : " ",
                    one_line(check.subject));
    text += fact("", check.detail, style);
  }
  return text;
}

std::string differences(const AttemptReport& report) {
  std::string text;
  std::size_t seen = 0;
  for (const Checksum& sum : report.checksums) {
    if (!differs(sum) || ++seen > kMostDifferences) continue;
    text +=
        fmt::format("  {}: {}, {} from {} ({})\n    expected {}\n    actual   {}\n",
                    hop_title(sum.hop), one_line(sum.memfd), format_size(sum.length_bytes),
                    format_size(sum.offset_bytes), one_line(sum.algorithm), one_line(sum.expected),
                    sum.actual.empty() ? "(none)" : one_line(sum.actual));
  }
  if (seen > kMostDifferences) {
    text += fmt::format("  and {} more (luolab show --json has all)\n", seen - kMostDifferences);
  }
  return text;
}

std::string findings(const AttemptReport& report) {
  std::string text;
  for (std::size_t i = 0; i < std::min(report.findings.size(), kMostFindings); ++i) {
    const ConsoleFinding& finding = report.findings[i];
    text += fmt::format("  {} at byte {}\n", one_line(finding.kind), finding.offset_bytes);
    std::istringstream excerpt(printable_block(finding.excerpt));
    for (std::string line; std::getline(excerpt, line);) text += fmt::format("    | {}\n", line);
  }
  if (report.findings.size() > kMostFindings) {
    text += fmt::format("  and {} more (luolab show --console)\n",
                        report.findings.size() - kMostFindings);
  }
  return text;
}

std::string kernels(const AttemptReport& report) {
  std::string text;
  for (const BuildReport& build : report.builds) {
    text += fmt::format("  {}: {} from {}, build {}, build id {}\n", one_line(build.title),
                        one_line(build.release), one_line(build.base_version),
                        one_line(build.digest).substr(0, kDigestShown), one_line(build.build_id));
  }
  for (const HopReport& hop : report.hops) {
    const bool arrived = !hop.incoming_boot_id.empty();
    text += fmt::format("  {}: {}\n", hop_title(static_cast<std::int32_t>(hop.index)),
                        arrived ? fmt::format("into {}, boot {}", one_line(hop.incoming_release),
                                              one_line(hop.incoming_boot_id))
                                : std::string("the incoming kernel never said hello"));
  }
  return text;
}

std::string files(const AttemptReport& report, const ArtifactStore& artifacts) {
  std::string text;
  for (const Artifact& artifact : report.artifacts) {
    text += fmt::format("  {} ({}): {}\n", one_line(artifact.name),
                        format_size_rounded(artifact.size_bytes),
                        artifacts.path(artifact.sha256).string());
  }
  return text;
}

}  // namespace

std::string job_page(const RunRecord& run, const JobRecord& job, const ArtifactStore& artifacts,
                     const TerminalStyle& style) {
  const Verdict verdict = verdict_of(job);
  std::string page = fmt::format("{}  {}  {}\n", paint(verdict_name(verdict), verdict, style),
                                 id_text(job.id), bold(one_line(job.title), style));
  page += facts(run, job, style);
  if (!job.report) return page;
  page += section("Checks that did not hold", failed_checks(*job.report, style), style);
  page += section("Checksums that differ", differences(*job.report), style);
  page += section("Console", findings(*job.report), style);
  page += section("Time line", timeline(job, style), style);
  page += section("Kernels", kernels(*job.report), style);
  return page + section("Files", files(*job.report, artifacts), style);
}

}  // namespace luolab
