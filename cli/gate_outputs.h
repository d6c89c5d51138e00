// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "controller/gate/gate_order.h"
#include "controller/gate/gate_report.h"
#include "controller/gate/gate_suite.h"

namespace luolab {

/// Where a gate's report is to be written; files, "-" is standard output, empty: not.
struct GateOutputs {
  std::string json, junit, ktap, kcidb, markdown, mail, patchwork;
  std::string kcidb_origin = "luolab";
  std::string url;        ///< where the report can be read, for patchwork
  std::string reproduce;  ///< a folder
  bool github = false;
};

/// A flag for each. The outputs must outlive the parsing.
void add_gate_outputs(CLI::App& command, GateOutputs& outputs);

/// Writes all that was asked for. Throws std::system_error where a file can't be written.
void write_gate(const GateReport& report, const GateSuite& suite, const GateOrder& order,
                const GateOutputs& outputs);

}  // namespace luolab
