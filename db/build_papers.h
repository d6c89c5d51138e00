// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "db/record.h"

namespace luolab {

/// A build with the files that attempts kept of it: digests of artifacts, empty where none is there
/// (any more).
struct BuildPapers {
  BuildRow build;
  std::string config;  ///< the kernel's .config
  std::string log;
};

}  // namespace luolab
