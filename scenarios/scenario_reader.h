// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kernel-patches/catalog.h"
#include "scenarios/diagnostic.h"
#include "scenarios/model.h"
#include "scenarios/problems.h"

namespace luolab {

struct ScenarioReading {
  std::optional<Scenario> scenario;  ///< empty where there are errors
  std::vector<Diagnostic> errors;
};

/// Reads the documents of one file, one after the other, each at every point of its matrix. Knows
/// the names taken so far and what the documents come to together: a small file can't ask for
/// unbounded work. One thread.
class ScenarioReader {
 public:
  /// Names of kernels are looked up in `catalog`, unless it is nullptr; it outlives the reader.
  explicit ScenarioReader(std::string_view file, const Catalog* catalog = nullptr)
      : file_(file), catalog_(catalog) {}

  ScenarioReading read(YamlNode document);

 private:
  struct Head {
    std::string name;
    std::vector<MatrixParameter> matrix;
    std::uint32_t repeat = 1;
    std::optional<RolloutSpec> rollout;
    std::size_t times() const;
  };

  Head read_head(const YamlNode& document, Problems& problems);
  bool fits(const YamlNode& document, const Head& head, Problems& problems);
  std::vector<Diagnostic> read_points(const YamlNode& document, const Head& head);
  std::vector<Diagnostic> read_point(const YamlNode& document, const Head& head);

  std::string file_;
  const Catalog* catalog_;
  std::set<std::string> names_;
  std::size_t jobs_ = 0;
  std::size_t work_ = 0;
  std::size_t memfds_ = 0;
};

}  // namespace luolab
