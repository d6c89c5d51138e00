// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/suite_files.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/file.h"
#include "scenarios/document_text.h"
#include "scenarios/scenario_files.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuite = ".suite";
constexpr std::uint64_t kLargestSuite = 1 << 20;

fs::path suites_of(const fs::path& data) { return data / "scenarios" / "gate"; }

Result<std::vector<fs::path>> files_of(const fs::path& place) {
  std::error_code error;
  if (!fs::is_directory(place, error)) return std::vector{place};
  auto files = scenario_files_below(place);
  if (files.empty())
    return scenario_error(
        fmt::format("{}: there is no *.yaml file in this folder", place.string()));
  return files;
}

std::string without_comment(std::string line) {
  line.resize(std::min(line.find('#'), line.size()));
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

Result<std::vector<fs::path>> listed(const fs::path& suite) {
  const auto text = read_file(suite, kLargestSuite);
  if (!text) return text.error();
  std::vector<fs::path> all;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    line = without_comment(line);
    if (line.empty()) continue;
    const auto files = files_of((suite.parent_path() / line).lexically_normal());
    if (!files) return in_context(suite.string(), files.error());
    all.insert(all.end(), files->begin(), files->end());
  }
  if (all.empty()) return scenario_error(fmt::format("{}: names no scenario", suite.string()));
  return all;
}

std::string name_from(const fs::path& data, const fs::path& file) {
  const fs::path relative = file.lexically_relative(data);
  return relative.empty() || *relative.begin() == ".." ? file.string() : relative.string();
}

Result<fs::path> place_of(const fs::path& data, const std::string& argument) {
  const fs::path shipped = suites_of(data) / (argument + std::string(kSuite));
  std::error_code error;
  if (argument.find('/') == std::string::npos && fs::exists(shipped, error)) return shipped;
  if (fs::exists(argument, error)) return fs::path(argument);
  return scenario_error(
      fmt::format("suite \"{}\": neither a suite of luolab ({}) nor a file or folder", argument,
                  fmt::join(suite_names(data), ", ")));
}

}  // namespace

std::vector<std::string> suite_names(const fs::path& data) {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(suites_of(data), error)) {
    if (entry.path().extension() == kSuite) names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

Result<SuiteText> read_suite(const fs::path& data, const std::string& argument) {
  const auto place = place_of(data, argument);
  if (!place) return place.error();
  const auto files = place->extension() == kSuite ? listed(*place) : files_of(*place);
  if (!files) return files.error();
  SuiteText suite{place->stem().string(), {}};
  for (const fs::path& file : *files) {
    auto text = read_file(file, kLargestDocumentBytes);
    if (!text) return text.error();
    suite.documents.push_back({name_from(data, file), std::move(*text)});
  }
  return suite;
}

}  // namespace luolab
