// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/mutant_reader.h"

#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "kernel-patches/mail.h"
#include "kernel-patches/series_reader.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSubject = "mutant: ";
constexpr std::string_view kPromiseLine = "\nPromise: ";

/// The number behind "Promise: " in the part of a mail that stands above the diff.
std::optional<unsigned> promise_of(std::string_view mail) {
  const std::string_view words = mail.substr(0, mail.find("\n---"));
  const std::size_t line = words.find(kPromiseLine);
  if (line == std::string_view::npos) return std::nullopt;
  const std::string_view rest = words.substr(line + kPromiseLine.size());
  const std::string_view digits = rest.substr(0, rest.find('\n'));
  unsigned promise = 0;
  const auto [end, trouble] =
      std::from_chars(digits.data(), digits.data() + digits.size(), promise);
  const bool is_whole = trouble == std::errc() && end == digits.data() + digits.size();
  if (!is_whole || promise < 1 || promise > kContractItems) return std::nullopt;
  return promise;
}

Error wrong(const fs::path& file, const std::string& what) {
  return scenario_error(fmt::format("{}: {}", file.string(), what));
}

}  // namespace

Result<Mutant> read_mutant(const fs::path& file) {
  auto series = read_series(file.string());
  if (!series) return series.error();
  if (series->patches.size() != 1) return wrong(file, "a mutant is one patch");
  const std::string& text = series->patches.front().text;
  const std::string subject = split_mails(text).front().subject;
  if (!subject.starts_with(kSubject) || subject.size() == kSubject.size()) {
    return wrong(file, "the subject of a mutant is \"mutant: \" and what is wrong");
  }
  const auto promise = promise_of(text);
  if (!promise) {
    return wrong(file, fmt::format("has no line \"Promise: N\" above the diff, with N from 1 to {}",
                                   kContractItems));
  }
  Mutant mutant{file.stem().string(), *promise, subject.substr(kSubject.size()),
                std::move(*series)};
  const std::string prefix = fmt::format("{:02}-", *promise);
  if (!mutant.name.starts_with(prefix)) {
    return wrong(file,
                 fmt::format("breaks promise {}, so its name begins with {}", *promise, prefix));
  }
  return mutant;
}

}  // namespace luolab
