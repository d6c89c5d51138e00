// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "scenarios/field.h"
#include "scenarios/model.h"

namespace luolab {

/// Reads the `matrix` of a document. Reports what is wrong with it; faulty parameters are left out.
std::vector<MatrixParameter> read_matrix(const Field& field);

/// Reports a `${x}` of the document that is no parameter or stands where none may, and a parameter
/// that is nowhere used.
void check_parameter_use(const YamlNode& document, Problems& problems);

/// The product of the parameters' values, saturating.
std::size_t count_points(std::span<const MatrixParameter> matrix);

/// Every combination; the last parameter changes fastest. One empty point for an empty matrix.
std::vector<MatrixPoint> matrix_points(std::span<const MatrixParameter> matrix);

/// The document with `${x}` replaced by the point's values; `matrix` itself is left as it is.
YamlNode at_point(const YamlNode& document, const MatrixPoint& point);

/// "size=1MiB,memory=2GiB"
std::string point_title(const MatrixPoint& point);

}  // namespace luolab
