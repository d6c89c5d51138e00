// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/kernel_config.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include <fmt/format.h>

namespace luolab {
namespace {

constexpr std::string_view kNotSet = " is not set";

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

/// "CONFIG_X=y" or "# CONFIG_X is not set"; the fragment stays empty.
std::optional<ConfigRequest> setting_of(std::string_view line) {
  if (line.starts_with("# CONFIG_") && line.ends_with(kNotSet)) {
    return ConfigRequest{std::string(line.substr(2, line.size() - 2 - kNotSet.size())), "n", ""};
  }
  const std::size_t equals = line.find('=');
  if (!line.starts_with("CONFIG_") || equals == std::string_view::npos) return std::nullopt;
  const std::string_view option = line.substr(0, equals);
  const bool is_word = std::all_of(option.begin(), option.end(), [](char letter) {
    return letter == '_' || (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= 'a' && letter <= 'z');
  });
  if (!is_word || equals + 1 == line.size()) return std::nullopt;
  return ConfigRequest{std::string(option), std::string(line.substr(equals + 1)), ""};
}

std::map<std::string, std::string, std::less<>> settings_of(std::string_view config) {
  std::map<std::string, std::string, std::less<>> settings;
  std::istringstream lines{std::string(config)};
  for (std::string line; std::getline(lines, line);) {
    if (auto setting = setting_of(line)) settings[setting->option] = setting->value;
  }
  return settings;
}

std::string value_in(const std::map<std::string, std::string, std::less<>>& settings,
                     const std::string& option) {
  const auto found = settings.find(option);
  return found == settings.end() ? "n" : found->second;
}

}  // namespace

Result<std::vector<ConfigRequest>> requests_of(const std::vector<Fragment>& fragments) {
  std::vector<ConfigRequest> requests;
  for (const Fragment& fragment : fragments) {
    std::istringstream lines(fragment.text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      const std::string_view text = trimmed(line);
      auto setting = setting_of(text);
      if (!setting && (text.empty() || text.starts_with('#'))) continue;
      if (!setting) {
        return scenario_error(fmt::format(
            "fragment {}:{}: \"{}\" is no setting (write CONFIG_X=y or # CONFIG_X is not set)",
            fragment.name, number, text));
      }
      setting->fragment = fragment.name;
      std::erase_if(requests,
                    [&](const ConfigRequest& older) { return older.option == setting->option; });
      requests.push_back(std::move(*setting));
    }
  }
  return requests;
}

std::string config_text(const std::vector<ConfigRequest>& requests) {
  std::string text;
  for (const ConfigRequest& request : requests) {
    text += request.value == "n" ? fmt::format("# {} is not set\n", request.option)
                                 : fmt::format("{}={}\n", request.option, request.value);
  }
  return text;
}

std::vector<ConfigRequest> unfulfilled(const std::vector<ConfigRequest>& requests,
                                       std::string_view config) {
  const auto settings = settings_of(config);
  std::vector<ConfigRequest> missing;
  for (const ConfigRequest& request : requests) {
    if (value_in(settings, request.option) != request.value) missing.push_back(request);
  }
  return missing;
}

std::string describe(const std::vector<ConfigRequest>& missing, std::string_view config) {
  const auto settings = settings_of(config);
  std::string text;
  for (const ConfigRequest& request : missing) {
    const std::string actual = value_in(settings, request.option);
    text +=
        fmt::format("{}{}={} (fragment {}; {})", text.empty() ? "" : "\n", request.option,
                    request.value, request.fragment, actual == "n" ? "is not set" : "is " + actual);
  }
  return text;
}

}  // namespace luolab
