// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/toolchain.h"

#include <optional>

#include <boost/describe/class.hpp>
#include <fmt/format.h>

#include "core/base/file.h"
#include "core/protocol/json.h"
#include "worker/kernel/tool.h"

namespace luolab {

BOOST_DESCRIBE_STRUCT(Toolchain, (), (compiler, linker))

namespace {

namespace fs = std::filesystem;

constexpr const char* kCompiler = "/usr/bin/gcc";
constexpr const char* kLinker = "/usr/bin/ld";

struct KnownToolchain {
  std::string identity;
  Toolchain toolchain;
};
BOOST_DESCRIBE_STRUCT(KnownToolchain, (), (identity, toolchain))

std::optional<std::string> identity_of(const fs::path& program) {
  std::error_code error;
  const fs::path file = fs::canonical(program, error);
  if (error) return std::nullopt;
  return fmt::format("{} {} {}", file.string(), fs::file_size(file),
                     fs::last_write_time(file).time_since_epoch().count());
}

Result<std::string> version_of(const char* program) {
  ProcessSpec spec;
  spec.program = program;
  spec.arguments = {"--version"};
  spec.environment = {"LC_ALL=C"};
  const auto answer = run_blocking(std::move(spec));
  if (!answer) return answer.error();
  if (answer->exit_code != 0)
    return lab_error(fmt::format("{} --version fails: {}", program, answer->output));
  return answer->output.substr(0, answer->output.find('\n'));
}

Result<Toolchain> ask_toolchain() {
  const auto compiler = version_of(kCompiler);
  if (!compiler) return compiler.error();
  const auto linker = version_of(kLinker);
  if (!linker) return linker.error();
  return Toolchain{*compiler, *linker};
}

}  // namespace

Result<Toolchain> find_toolchain(const fs::path& cache_file) {
  const auto compiler = identity_of(kCompiler);
  const auto linker = identity_of(kLinker);
  if (!compiler || !linker) {
    return lab_error(fmt::format("{}: no such program (apt-get install gcc binutils)",
                                 compiler ? kLinker : kCompiler));
  }
  const std::string identity = *compiler + "; " + *linker;
  if (const auto text = read_file(cache_file, 64 << 10)) {
    const auto known = from_json<KnownToolchain>(*text);
    if (known && known->identity == identity) return known->toolchain;
  }
  auto toolchain = ask_toolchain();
  if (toolchain)
    write_file_atomically(cache_file, pretty(to_json(KnownToolchain{identity, *toolchain})));
  return toolchain;
}

}  // namespace luolab
