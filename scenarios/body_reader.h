// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "scenarios/field.h"
#include "scenarios/model.h"

namespace luolab {

/// The keys of a document, in the order that they are usually written.
std::vector<std::string_view> document_keys();

/// Reads what a document says at one point of its matrix (`document` has gone through at_point).
/// Reports everything that is wrong, but for the head (apiVersion, name, matrix, repeat) and for
/// names of the catalog.
ScenarioBody read_body(const YamlNode& document, Problems& problems);

}  // namespace luolab
