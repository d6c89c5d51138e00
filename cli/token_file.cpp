// SPDX-License-Identifier: Apache-2.0
#include "cli/token_file.h"

#include <sys/stat.h>

#include <fmt/format.h>

#include "core/base/file.h"

namespace luolab {

Result<std::string> read_token_file(const std::filesystem::path& file) {
  auto text = read_file(file, 4096);
  if (!text) return in_context("token file", text.error());
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0 || (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return scenario_error(fmt::format("token file {}: others may read it (chmod 600 {})",
                                      file.string(), file.string()));
  }
  text->erase(text->find_last_not_of(" \t\r\n") + 1);
  const bool printable = !text->empty() && text->find_first_of(" \t\r\n") == std::string::npos;
  if (!printable) {
    return scenario_error(fmt::format(
        "token file {}: is not one line with a token (luolab token create --role worker)",
        file.string()));
  }
  return text;
}

}  // namespace luolab
