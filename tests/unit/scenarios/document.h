// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernel-patches/catalog.h"
#include "scenarios/diagnostic.h"
#include "scenarios/expand.h"
#include "scenarios/loader.h"

namespace luolab::testing {

/// Two bases, two series and the default fragments.
Catalog small_catalog();

/// A sound scenario "x" with one memfd of 1 MiB, followed by `more` lines.
std::string document_with(std::string_view more);

/// A sound scenario "x" whose only memfd is the flow map `memfd`, on line 6.
std::string document_with_memfd(std::string_view memfd);

/// The diagnostics of a text loaded as "x.yaml", one per line.
std::string errors_of(std::string_view text);

/// The first scenario of a sound text. A test fails where it is not sound.
Scenario scenario_of(std::string_view text);

/// The jobs of a sound text.
std::vector<Job> jobs_of(std::string_view text, const ExpandOptions& options = {});

/// The diagnostics of expanding a sound text.
std::string expand_errors_of(std::string_view text, const ExpandOptions& options = {});

}  // namespace luolab::testing
