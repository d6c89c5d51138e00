// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <boost/describe/class.hpp>

namespace luolab {

/// A file of scenarios, as it is.
struct ScenarioDocument {
  std::string name;  ///< for messages: "scenarios/contract/08-late-writes.yaml"
  std::string text;  ///< YAML, one or more scenarios
};
BOOST_DESCRIBE_STRUCT(ScenarioDocument, (), (name, text))

}  // namespace luolab
