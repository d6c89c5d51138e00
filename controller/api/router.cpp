// SPDX-License-Identifier: Apache-2.0
#include "controller/api/router.h"

#include <algorithm>
#include <optional>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>

namespace luolab {
namespace {

std::vector<std::string> segments_of(const std::string& pattern) {
  std::vector<std::string> segments;
  boost::algorithm::split(segments, pattern.substr(1), boost::is_any_of("/"));
  return segments;
}

bool is_parameter(const std::string& segment) { return segment.starts_with('{'); }

std::optional<std::map<std::string, std::string>> match(const std::vector<std::string>& pattern,
                                                        const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return {};
  std::map<std::string, std::string> parameters;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (is_parameter(pattern[i])) {
      parameters[pattern[i].substr(1, pattern[i].size() - 2)] = path[i];
    } else if (pattern[i] != path[i]) {
      return {};
    }
  }
  return parameters;
}

}  // namespace

Router::Router(const std::vector<Route>& routes) {
  for (const Route& route : routes) {
    const auto pattern = segments_of(route.path);
    auto entry = std::ranges::find(entries_, pattern, &Entry::pattern);
    if (entry == entries_.end()) entry = entries_.insert(entries_.end(), {pattern, {}});
    entry->routes.push_back(&route);
  }
  std::ranges::stable_sort(entries_, {}, [](const Entry& entry) {
    return std::ranges::count_if(entry.pattern, is_parameter);
  });
}

RouteMatch Router::find(std::string_view method, const std::vector<std::string>& path) const {
  RouteMatch found;
  for (const Entry& entry : entries_) {
    auto parameters = match(entry.pattern, path);
    if (!parameters) continue;
    found.path = std::move(*parameters);
    for (const Route* route : entry.routes) {
      const bool head = method == "HEAD" && route->method == "GET";
      const bool own_head = std::ranges::any_of(
          entry.routes, [](const Route* other) { return other->method == "HEAD"; });
      if (route->method == method || (head && !own_head)) {
        found.route = route;
        return found;
      }
      found.allowed += (found.allowed.empty() ? "" : ", ") + route->method;
    }
    return found;
  }
  return found;
}

}  // namespace luolab
