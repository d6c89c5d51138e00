// SPDX-License-Identifier: Apache-2.0
#include "core/http/weighted_list.h"

#include "core/http/grammar.h"

namespace luolab {
namespace {

/// "0.5" -> 500; 0 where it is no q-value.
int parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  int weight = text[0] == '1' ? 1000 : 0;
  if (text.size() == 1) return weight;
  if (text[1] != '.') return 0;
  int place = 100;
  for (const char digit : text.substr(2)) {
    if (digit < '0' || digit > '9') return 0;
    weight += (digit - '0') * place;
    place /= 10;
  }
  return weight > 1000 ? 0 : weight;
}

}  // namespace

std::vector<WeightedItem> parse_weighted_list(std::string_view field) {
  std::vector<WeightedItem> items;
  while (!field.empty()) {
    std::string_view parameters = take_item(field, ',');
    WeightedItem item{std::string(take_item(parameters, ';'))};
    while (!parameters.empty()) {
      const std::string_view parameter = take_item(parameters, ';');
      if (parameter.starts_with("q=") || parameter.starts_with("Q=")) {
        item.weight = parse_weight(parameter.substr(2));
      }
    }
    if (!item.value.empty()) items.push_back(std::move(item));
  }
  return items;
}

}  // namespace luolab
