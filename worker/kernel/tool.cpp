// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/tool.h"

#include <optional>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

namespace luolab {

std::string_view last_lines(std::string_view text, int count) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::size_t start = text.size();
  for (; count > 0 && start != std::string_view::npos; --count) {
    start = start == 0 ? std::string_view::npos : text.rfind('\n', start - 1);
  }
  return start == std::string_view::npos ? text : text.substr(start + 1);
}

Task<Result<std::string>> run_tool(ProcessSpec spec,
                                   std::function<void(std::string_view)> on_line) {
  spec.environment.push_back("LC_ALL=C.UTF-8");
  const std::string command = fmt::format("{} {}", spec.program, fmt::join(spec.arguments, " "));
  auto output = co_await run_process(std::move(spec), std::move(on_line));
  if (!output) co_return output.error();
  if (output->exit_code != 0) {
    co_return lab_error(fmt::format("`{}` exits with {}:\n{}", command, output->exit_code,
                                    last_lines(output->output, 15)));
  }
  co_return std::move(output->output);
}

Result<ProcessOutput> run_blocking(ProcessSpec spec) {
  asio::io_context context;
  std::optional<Result<ProcessOutput>> answer;
  const auto ask = [&]() -> Task<void> { answer = co_await run_process(std::move(spec)); };
  asio::co_spawn(context, ask, [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  context.run();
  return std::move(*answer);
}

}  // namespace luolab
