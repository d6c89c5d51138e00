// SPDX-License-Identifier: Apache-2.0
#include "scenarios/scenario_reader.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "core/base/quantity.h"
#include "scenarios/body_reader.h"
#include "scenarios/kernel_resolver.h"
#include "scenarios/map_reader.h"
#include "scenarios/matrix.h"
#include "scenarios/rollout_reader.h"

namespace luolab {
namespace {

constexpr std::string_view kApiVersion = "luolab/v1";
/// Values read for one file, at all points together.
constexpr std::size_t kMostWork = 4'000'000;
/// Memfds of all jobs of one file together.
constexpr std::size_t kMostMemfdsOfJobs = 200'000;

/// Brings the problems of all points together: each place once, with the point where it first
/// went wrong unless it is wrong in the same words everywhere.
class PointProblems {
 public:
  void add(const MatrixPoint& point, const std::vector<Diagnostic>& problems) {
    ++points_;
    std::set<Place> counted;
    for (const Diagnostic& problem : problems) {
      const Place place{problem.line, problem.column, problem.path, message_key(problem)};
      if (!counted.insert(place).second) continue;
      const auto [entry, is_new] =
          entries_.try_emplace(place, Entry{problem, point_title(point), 0});
      if (entry->second.first.message == problem.message) ++entry->second.times;
    }
  }

  std::vector<Diagnostic> take() const {
    std::vector<Diagnostic> all;
    for (const auto& [place, entry] : entries_) {
      all.push_back(entry.first);
      if (entry.times < points_) all.back().message += fmt::format(" [at {}]", entry.point);
    }
    return all;
  }

 private:
  using Place = std::tuple<std::uint32_t, std::uint32_t, std::string, std::string>;
  struct Entry {
    Diagnostic first;
    std::string point;
    std::size_t times;
  };
  /// Several problems can stand at one map (keys that are missing): those are told apart by their
  /// words, which name no value.
  static std::string message_key(const Diagnostic& problem) {
    return problem.message.ends_with(" is missing") ? problem.message : "";
  }

  std::map<Place, Entry> entries_;
  std::size_t points_ = 0;
};

std::size_t count_memfds(const ScenarioBody& body) {
  std::size_t count = 0;
  for (const SessionSpec& session : body.sessions) count += session.memfds.size();
  return count;
}

/// False where reading on makes no sense: nothing there, or another format.
bool is_scenario(const YamlNode& document, Problems& problems) {
  if (document.kind == YamlNode::Kind::null) {
    problems.add(document, "",
                 "the document is empty (a scenario begins with \"apiVersion: luolab/v1\")");
    return false;
  }
  if (!document.is_map()) {
    problems.add(document, "", fmt::format("a scenario is a map, found {}", kind_name(document)));
    return false;
  }
  const YamlNode* version = document.find("apiVersion");
  if (version == nullptr || version->text == kApiVersion) return true;
  problems.add(*version, "apiVersion",
               fmt::format("{} is not a format that this luolab reads (it reads \"{}\")",
                           in_quotes(version->text), kApiVersion));
  return false;
}

/// A fit is over a parameter of the matrix, with values that are sizes or numbers.
void check_fit(const YamlNode& document, const std::vector<MatrixParameter>& matrix,
               Problems& problems) {
  const YamlNode* fit = document.find("fit");
  const YamlNode* over = fit == nullptr ? nullptr : fit->find("over");
  if (over == nullptr || !over->is_scalar()) return;
  const auto parameter = std::ranges::find(matrix, over->text, &MatrixParameter::name);
  if (parameter == matrix.end()) {
    problems.add(*over, "fit.over",
                 fmt::format("{} is no parameter of the matrix", in_quotes(over->text)));
    return;
  }
  for (const std::string& value : parameter->values) {
    if (parse_size(value)) continue;
    problems.add(*over, "fit.over",
                 fmt::format("the value {} of {} is neither a size nor a number", in_quotes(value),
                             in_quotes(over->text)));
  }
}

}  // namespace

/// How many jobs each point comes to.
std::size_t ScenarioReader::Head::times() const {
  std::size_t targets = rollout ? 0 : 1;
  if (rollout) {
    for (const auto& wave : rollout->waves) targets += wave.size();
  }
  return repeat * targets;
}

ScenarioReader::Head ScenarioReader::read_head(const YamlNode& document, Problems& problems) {
  const MapReader map(Field(&document, "", problems), document_keys());
  Head head;
  map.required("apiVersion");
  const Field name = map.required("name");
  head.name = name.word().value_or("");
  if (!head.name.empty() && !names_.insert(head.name).second) {
    name.report(fmt::format("the name {} is taken by an earlier document of this file",
                            in_quotes(head.name)));
  }
  head.matrix = read_matrix(map["matrix"]);
  head.repeat = static_cast<std::uint32_t>(map["repeat"].number(1, kMostJobs).value_or(1));
  head.rollout = read_rollout(map["rollout"], head.name);
  check_parameter_use(document, problems);
  check_rollout_use(document, problems);
  check_fit(document, head.matrix, problems);
  return head;
}

bool ScenarioReader::fits(const YamlNode& document, const Head& head, Problems& problems) {
  const YamlNode* matrix = document.find("matrix");
  const YamlNode& at = matrix == nullptr ? document : *matrix;
  const std::size_t points = std::min(count_points(head.matrix), kMostJobs + 1);
  jobs_ += points * head.times();
  work_ += points * count_nodes(document);
  if (jobs_ > kMostJobs) {
    problems.add(at, "matrix",
                 fmt::format("matrix, repeat and rollout come to over {} jobs in this file (leave "
                             "values away, or split it)",
                             kMostJobs));
  } else if (work_ > kMostWork) {
    problems.add(at, "matrix",
                 fmt::format("{} points of so long a document are too many (use count: N "
                             "for like memfds, or split the file)",
                             points));
  } else {
    return true;
  }
  return false;
}

std::vector<Diagnostic> ScenarioReader::read_point(const YamlNode& document, const Head& head) {
  Problems problems(file_);
  const ScenarioBody body = read_body(document, problems);
  memfds_ += count_memfds(body) * head.times();
  std::vector<Diagnostic> errors = problems.take();
  if (catalog_ == nullptr) return errors;
  for (Diagnostic& error : unknown_kernel_names(file_, body, *catalog_)) {
    errors.push_back(std::move(error));
  }
  return errors;
}

std::vector<Diagnostic> ScenarioReader::read_points(const YamlNode& document, const Head& head) {
  PointProblems all;
  for (const MatrixPoint& point : matrix_points(head.matrix)) {
    all.add(point, read_point(at_point(document, point), head));
    if (memfds_ <= kMostMemfdsOfJobs) continue;
    Problems problems(file_);
    problems.add(document, "sessions",
                 fmt::format("over {} memfds in all jobs of this file (use fewer, or split it)",
                             kMostMemfdsOfJobs));
    std::vector<Diagnostic> errors = all.take();
    for (Diagnostic& error : problems.take()) errors.push_back(std::move(error));
    return errors;
  }
  return all.take();
}

ScenarioReading ScenarioReader::read(YamlNode document) {
  Problems problems(file_);
  ScenarioReading reading;
  if (!is_scenario(document, problems)) {
    reading.errors = problems.take();
    return reading;
  }
  const Head head = read_head(document, problems);
  const bool can_read = fits(document, head, problems);
  reading.errors = problems.take();
  if (can_read) {
    for (Diagnostic& error : read_points(document, head))
      reading.errors.push_back(std::move(error));
  }
  reading.errors = sorted(std::move(reading.errors));
  if (!reading.errors.empty()) return reading;
  const YamlNode* summary = document.find("summary");
  reading.scenario = Scenario{.file = file_,
                              .name = head.name,
                              .summary = summary == nullptr ? "" : summary->text,
                              .matrix = head.matrix,
                              .repeat = head.repeat,
                              .rollout = head.rollout,
                              .document = std::make_shared<const YamlNode>(std::move(document))};
  return reading;
}

}  // namespace luolab
