// SPDX-License-Identifier: Apache-2.0
#include "scenarios/matrix.h"

#include <algorithm>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "scenarios/map_reader.h"
#include "scenarios/yaml_parser.h"

namespace luolab {
namespace {

constexpr std::string_view kOpening = "${";
constexpr std::size_t kLongestMatrixValueBytes = 256;
/// Keys of the document that are the same at every point.
constexpr std::array<std::string_view, 5> kFixedKeys{"apiVersion", "name", "matrix", "repeat",
                                                     "rollout"};

bool is_fixed(std::string_view key) {
  return std::find(kFixedKeys.begin(), kFixedKeys.end(), key) != kFixedKeys.end();
}

/// The parameters that a text names, in order; an unended "${" comes as the rest of the text.
std::vector<std::string_view> parameters_in(std::string_view text) {
  std::vector<std::string_view> names;
  for (auto at = text.find(kOpening); at != text.npos; at = text.find(kOpening, at)) {
    const auto end = text.find('}', at);
    names.push_back(text.substr(at + 2, end == text.npos ? text.npos : end - at - 2));
    at = end == text.npos ? text.size() : end;
  }
  return names;
}

bool is_whole(std::string_view text) {
  return text.starts_with(kOpening) && text.find('}') == text.size() - 1;
}

std::string replaced(std::string_view text, const MatrixPoint& point) {
  std::string result;
  while (result.size() <= kLongestValueBytes) {
    const auto at = text.find(kOpening);
    const auto end = at == text.npos ? text.npos : text.find('}', at);
    const auto known =
        end == text.npos ? point.end() : point.find(std::string(text.substr(at + 2, end - at - 2)));
    if (known == point.end()) return result.append(text);
    result.append(text.substr(0, at)).append(known->second);
    text.remove_prefix(end + 1);
  }
  return result;
}

void substitute(YamlNode& node, const MatrixPoint& point) {
  if (node.is_scalar() && node.text.find(kOpening) != node.text.npos) {
    if (is_whole(node.text)) node.style = ScalarStyle::substituted;
    node.text = replaced(node.text, point);
  }
  for (YamlNode& item : node.items) substitute(item, point);
  for (YamlMember& member : node.members) substitute(member.value, point);
}

/// Walks the document for check_parameter_use.
class UseCheck {
 public:
  explicit UseCheck(Problems& problems) : problems_(problems) {}

  void document(const YamlNode& root) {
    if (const YamlNode* matrix = root.find("matrix")) {
      for (const YamlMember& member : matrix->members) known_.push_back(member.key.text);
    }
    for (const YamlMember& member : root.members) {
      fixed_ = is_fixed(member.key.text);
      if (member.key.text != "matrix") walk(member.value, member.key.text);
    }
  }

  bool is_used(std::string_view name) const { return used_.contains(std::string(name)); }

 private:
  void walk(const YamlNode& node, const std::string& path) {
    if (node.is_scalar()) scalar(node, path);
    for (std::size_t i = 0; i < node.items.size(); ++i) walk(node.items[i], item_path(path, i));
    for (const YamlMember& member : node.members) {
      walk(member.value, child_path(path, member.key.text));
    }
  }

  void scalar(const YamlNode& node, const std::string& path) {
    for (const std::string_view name : parameters_in(node.text)) {
      if (fixed_) {
        problems_.add(node, path, "is the same at every point of the matrix: no ${...} here");
      } else if (std::find(known_.begin(), known_.end(), name) == known_.end()) {
        problems_.add_unknown(node, path, "matrix parameter", name, known_);
      }
      used_.emplace(name);
    }
  }

  Problems& problems_;
  std::vector<std::string_view> known_;
  std::set<std::string> used_;
  bool fixed_ = false;
};

std::vector<std::string> read_values(const Field& list) {
  std::vector<std::string> values;
  for (const Field& item : list.items()) {
    const std::string& value = item.node().text;
    if (!item.node().is_scalar() || value.empty()) {
      item.report(
          fmt::format("a matrix value is a number or a word, found {}", kind_name(item.node())));
    } else if (value.size() > kLongestMatrixValueBytes) {
      item.report(fmt::format("a matrix value of {} bytes; {} is the most", value.size(),
                              kLongestMatrixValueBytes));
    } else if (value.find(kOpening) != value.npos) {
      item.report("a matrix value can't name a parameter");
    } else if (std::find(values.begin(), values.end(), value) != values.end()) {
      item.report(fmt::format("{} is given twice for this parameter", in_quotes(value)));
    } else {
      values.push_back(value);
    }
  }
  return values;
}

}  // namespace

std::vector<MatrixParameter> read_matrix(const Field& field) {
  std::vector<MatrixParameter> matrix;
  if (!field) return matrix;
  // Any key is allowed here: the map says itself which parameters there are.
  std::vector<std::string_view> names;
  for (const YamlMember& member : field.node().members) names.push_back(member.key.text);
  const MapReader map(field, names);
  std::set<std::string_view> seen;
  for (const YamlMember& member : field.node().members) {
    const std::string& name = member.key.text;
    const Field values(&member.value, child_path(field.path(), name), field.problems());
    if (!Field(&member.key, values.path(), field.problems()).word()) continue;
    if (!seen.insert(name).second) continue;
    if (member.value.is_sequence() && member.value.items.empty())
      values.report("the list is empty");
    MatrixParameter parameter{name, read_values(values)};
    if (!parameter.values.empty()) matrix.push_back(std::move(parameter));
  }
  return matrix;
}

void check_parameter_use(const YamlNode& document, Problems& problems) {
  UseCheck use(problems);
  use.document(document);
  const YamlNode* map = document.find("matrix");
  if (map == nullptr) return;
  for (const YamlMember& member : map->members) {
    if (use.is_used(member.key.text)) continue;
    problems.add(
        member.key, child_path("matrix", member.key.text),
        fmt::format("this parameter is never used (write ${{{}}} somewhere, or leave it away)",
                    member.key.text));
  }
}

std::size_t count_points(std::span<const MatrixParameter> matrix) {
  std::size_t count = 1;
  for (const MatrixParameter& parameter : matrix) {
    if (count > std::numeric_limits<std::size_t>::max() / parameter.values.size()) {
      return std::numeric_limits<std::size_t>::max();
    }
    count *= parameter.values.size();
  }
  return count;
}

std::vector<MatrixPoint> matrix_points(std::span<const MatrixParameter> matrix) {
  std::vector<MatrixPoint> points{{}};
  for (const MatrixParameter& parameter : matrix) {
    std::vector<MatrixPoint> finer;
    for (const MatrixPoint& point : points) {
      for (const std::string& value : parameter.values) {
        finer.push_back(point);
        finer.back()[parameter.name] = value;
      }
    }
    points = std::move(finer);
  }
  return points;
}

YamlNode at_point(const YamlNode& document, const MatrixPoint& point) {
  YamlNode copy = document;
  if (point.empty()) return copy;
  for (YamlMember& member : copy.members) {
    if (!is_fixed(member.key.text)) substitute(member.value, point);
  }
  return copy;
}

std::string point_title(const MatrixPoint& point) {
  std::string title;
  for (const auto& [name, value] : point) {
    title += fmt::format("{}{}={}", title.empty() ? "" : ",", name, value);
  }
  return title;
}

}  // namespace luolab
