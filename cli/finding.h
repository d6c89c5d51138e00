// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace luolab {

/// One thing that `luolab doctor` looked at.
struct Finding {
  enum class Grade { good, note, bad };
  Grade grade = Grade::good;
  std::string what;
  std::string remedy;  ///< empty where nothing needs mending
};

/// What a controller on this machine would meet: descriptors, its port, what makes certificates.
/// Only notes: `luolab run` needs none of it.
std::vector<Finding> service_findings();

}  // namespace luolab
