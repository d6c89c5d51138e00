// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "controller/api/route.h"

namespace luolab {

/// What a method and a path lead to.
struct RouteMatch {
  const Route* route = nullptr;             ///< nullptr: `allowed` says why
  std::map<std::string, std::string> path;  ///< the pattern's parameters
  std::string allowed;  ///< methods that the path takes, for Allow; empty: there is no such path
};

/// Finds the route of a request. Pure; the routes are borrowed and must stay where they are.
class Router {
 public:
  explicit Router(const std::vector<Route>& routes);
  RouteMatch find(std::string_view method, const std::vector<std::string>& path) const;

 private:
  struct Entry {
    std::vector<std::string> pattern;  ///< "{id}" stands for any segment
    std::vector<const Route*> routes;
  };
  std::vector<Entry> entries_;  ///< patterns without parameters before those with
};

}  // namespace luolab
