// SPDX-License-Identifier: Apache-2.0
#include "scenarios/contract_reader.h"

#include "core/protocol/contract.h"
#include "scenarios/map_reader.h"

namespace luolab {
namespace {

std::vector<std::string> read_versions(const Field& list) {
  std::vector<std::string> versions;
  for (const Field& item : list.items()) {
    // 7.3 is a number to YAML and a release to everybody else.
    if (item.node().is_scalar() && !item.node().text.empty()) {
      versions.push_back(item.node().text);
    } else {
      item.report("a kernel release is expected here (7.3 stands for all of its stable ones)");
    }
  }
  if (list && list.node().is_sequence() && versions.empty()) list.report("the list is empty");
  return versions;
}

}  // namespace

std::vector<std::uint32_t> read_promises(const Field& field) {
  std::vector<std::uint32_t> items;
  if (!field) return items;
  const auto read = [&](const Field& item) {
    if (const auto number = item.number(1, kContractItems)) {
      items.push_back(static_cast<std::uint32_t>(*number));
    }
  };
  if (!field.node().is_sequence()) {
    read(field);
  } else {
    for (const Field& item : field.items()) read(item);
  }
  return items;
}

std::vector<KnownIssue> read_known_issues(const Field& list) {
  std::vector<KnownIssue> issues;
  for (const Field& item : list.items()) {
    const MapReader map(item, {"check", "versions", "summary", "reference"});
    issues.push_back({map.required("check").text().value_or(""),
                      read_versions(map.required("versions")),
                      map.required("summary").text().value_or(""),
                      map.required("reference").text().value_or("")});
  }
  return issues;
}

std::vector<FaultSpec> read_faults(const Field& list, std::size_t hops) {
  std::vector<FaultSpec> faults;
  for (const Field& item : list.items()) {
    const MapReader map(item, {"kind", "hop"});
    FaultSpec fault;
    fault.kind = map.required("kind").enumerator<FaultKind>("fault").value_or(fault.kind);
    fault.hop = static_cast<std::uint32_t>(map["hop"].number(1, hops).value_or(fault.hop));
    faults.push_back(fault);
  }
  return faults;
}

}  // namespace luolab
