// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace luolab {

/// One file of the dashboard, as web/build.mjs made it.
struct DashboardFile {
  std::string_view path;  ///< "/assets/main-AB12CD34.js"
  std::string_view type;  ///< its Content-Type
  std::string_view tag;   ///< of its content: hexadecimal
  std::string_view content;
};

/// All of them. They live as long as the program.
std::span<const DashboardFile> dashboard_files();

}  // namespace luolab
