// SPDX-License-Identifier: Apache-2.0
#include "cli/scenario_text.h"

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "core/base/file.h"
#include "scenarios/document_text.h"
#include "scenarios/scenario_files.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

/// What the argument stands for; a folder without any scenario stands for itself.
std::vector<std::string> files_of(const std::string& argument) {
  std::vector<std::string> files;
  if (argument != "-") {
    for (const fs::path& file : scenario_files_below(argument)) files.push_back(file.string());
  }
  if (files.empty()) files.push_back(argument);
  return files;
}

}  // namespace

std::vector<std::string> scenario_files(const std::vector<std::string>& arguments) {
  std::vector<std::string> files;
  for (const std::string& argument : arguments)
    std::ranges::copy(files_of(argument), std::back_inserter(files));
  return files;
}

Result<std::string> scenario_text(const std::string& file) {
  std::error_code error;
  if (fs::is_directory(file, error))
    return scenario_error(file + ": there is no *.yaml file in this folder");
  if (file != "-") return read_file(file, kLargestDocumentBytes);
  std::string text(kLargestDocumentBytes + 1, '\0');
  std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::cin.gcount()));
  return text;
}

std::string scenario_name(const std::string& file) { return file == "-" ? "<stdin>" : file; }

}  // namespace luolab
