// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/series_reader.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>

#include "core/base/file.h"
#include "core/base/quantity.h"
#include "kernel-patches/git_range.h"
#include "kernel-patches/mail.h"
#include "kernel-patches/patch_text.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

std::string with_unix_line_ends(std::string text) {
  const std::size_t first = text.find('\n');
  if (first == std::string::npos || first == 0 || text[first - 1] != '\r') return text;
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') continue;
    plain += text[at];
  }
  return plain;
}

std::string name_of_folder(const fs::path& folder) {
  const fs::path clean = fs::absolute(folder).lexically_normal();
  return clean.has_filename() ? clean.filename().string() : clean.parent_path().filename().string();
}

Error not_a_patch(const std::string& where, const std::string& trouble) {
  return scenario_error(fmt::format("{}: {}", where, trouble));
}

Result<std::string> read_text(const fs::path& file) {
  auto text = read_file(file, kSeriesLimit);
  if (!text) return text;
  return with_unix_line_ends(std::move(*text));
}

bool has_encoded_body(const Mail& mail) {
  return mail.encoding == "base64" || mail.encoding == "quoted-printable";
}

/// The mails that carry patches, in the order of their numbers where all have one.
Result<std::vector<Mail>> patch_mails(const std::string& text, const std::string& where) {
  std::vector<Mail> patches;
  for (Mail& mail : split_mails(text)) {
    const std::string place = fmt::format("{}: mail \"{}\"", where, mail.subject);
    if (has_encoded_body(mail)) {
      return not_a_patch(
          place, fmt::format("is encoded as {}; `b4 am` or `git format-patch` write it plainly",
                             mail.encoding));
    }
    if (has_diff(mail.text)) {
      patches.push_back(std::move(mail));
    } else if (mail.number > 0 && !mail.subject.starts_with("Re:")) {
      return not_a_patch(place, "has a patch's number but no diff in it");
    }
  }
  const bool numbered = std::all_of(patches.begin(), patches.end(), [&](const Mail& mail) {
    return mail.number > 0 && mail.count == patches.front().count;
  });
  if (numbered) {
    std::stable_sort(patches.begin(), patches.end(),
                     [](const Mail& one, const Mail& other) { return one.number < other.number; });
  }
  return patches;
}

Error incomplete(const std::string& where, const std::vector<Mail>& mails, std::size_t at) {
  return scenario_error(fmt::format(
      "{}: patch {}/{} is {}; save the whole series", where, at + 1, mails.front().count,
      at < mails.size() && mails[at].number <= at ? "there twice" : "missing"));
}

Result<Series> series_of_mbox(const std::string& text, const std::string& where, std::string name) {
  auto mails = patch_mails(text, where);
  if (!mails) return mails.error();
  if (mails->empty()) return not_a_patch(where, "has no diff in any of its mails");
  const bool numbered = mails->size() > 1 && mails->front().number > 0 &&
                        std::all_of(mails->begin(), mails->end(), [&](const Mail& mail) {
                          return mail.count == mails->front().count;
                        });
  Series series{std::move(name), {}};
  for (std::size_t at = 0; at < mails->size(); ++at) {
    const Mail& mail = (*mails)[at];
    if (numbered && mail.number != at + 1) return incomplete(where, *mails, at);
    const std::string title =
        mail.subject.empty() ? fmt::format("{} ({})", series.name, at + 1) : mail.subject;
    if (const auto trouble = patch_trouble(mail.text))
      return not_a_patch(where + ": " + title, *trouble);
    series.patches.push_back({title, mail.text});
  }
  if (numbered && mails->size() < mails->front().count)
    return incomplete(where, *mails, mails->size());
  return series;
}

Result<Series> series_of_file(const fs::path& file) {
  auto text = read_text(file);
  if (!text) return text.error();
  if (is_mbox(*text) && split_mails(*text).size() > 1) {
    return series_of_mbox(*text, file.string(), file.stem().string());
  }
  if (is_mbox(*text)) {
    const auto checked = patch_mails(*text, file.string());
    if (!checked) return checked.error();
  }
  if (const auto trouble = patch_trouble(*text)) return not_a_patch(file.string(), *trouble);
  return Series{file.stem().string(), {{file.filename().string(), std::move(*text)}}};
}

/// Adds files to a series while their sum stays below the limit.
class SeriesBuilder {
 public:
  explicit SeriesBuilder(std::string name) : series_{std::move(name), {}} {}

  std::optional<Error> add(const fs::path& file, const std::string& name,
                           const std::string& where) {
    auto text = read_text(file);
    if (!text) return in_context(where, text.error());
    size_ += text->size();
    if (size_ > kSeriesLimit) {
      return not_a_patch(where, fmt::format("the series is over the limit of {}",
                                            format_size_rounded(kSeriesLimit)));
    }
    if (const auto trouble = patch_trouble(*text)) return not_a_patch(where, *trouble);
    series_.patches.push_back({name, std::move(*text)});
    return std::nullopt;
  }
  Series take() { return std::move(series_); }

 private:
  Series series_;
  std::uint64_t size_ = 0;
};

/// One line of quilt's `series` file: a file name and options, or nothing.
/// Source: quilt(1), "Series file".
struct QuiltLine {
  std::string file;
  std::string option;

  static QuiltLine of(std::string line) {
    const std::size_t comment = line.find('#');
    if (comment == 0 ||
        (comment != std::string::npos && (line[comment - 1] == ' ' || line[comment - 1] == '\t'))) {
      line.erase(comment);
    }
    QuiltLine parsed;
    std::istringstream(line) >> parsed.file >> parsed.option;
    return parsed;
  }
};

Result<Series> series_of_quilt(const fs::path& folder) {
  const fs::path list = folder / "series";
  const auto text = read_text(list);
  if (!text) return text.error();
  SeriesBuilder builder(name_of_folder(folder));
  std::istringstream lines(*text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const QuiltLine entry = QuiltLine::of(line);
    if (entry.file.empty()) continue;
    const std::string where = fmt::format("{}:{}: {}", list.string(), number, entry.file);
    if (!entry.option.empty() && entry.option != "-p1") {
      return not_a_patch(where, fmt::format("option {} is not taken: patches are applied with "
                                            "strip level 1 (`quilt refresh -p1` rewrites it)",
                                            entry.option));
    }
    const fs::path file = fs::path(entry.file).lexically_normal();
    if (file.is_absolute() || *file.begin() == "..")
      return not_a_patch(where, "lies outside of the folder");
    if (const auto error = builder.add(folder / file, entry.file, where)) return *error;
  }
  Series series = builder.take();
  if (series.patches.empty()) return not_a_patch(list.string(), "names no patch");
  return series;
}

bool is_patch_file(const fs::path& file) {
  const std::string extension = file.extension().string();
  return extension == ".patch" || extension == ".diff";
}

Result<Series> series_of_patch_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && is_patch_file(entry.path())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  SeriesBuilder builder(name_of_folder(folder));
  for (const fs::path& file : files) {
    const std::string name = file.filename().string();
    if (name.starts_with("0000-")) continue;
    if (const auto error = builder.add(file, name, file.string())) return *error;
  }
  Series series = builder.take();
  if (series.patches.empty()) {
    return not_a_patch(
        folder.string(),
        "has neither a `series` file nor *.patch files (git format-patch -o writes them)");
  }
  return series;
}

Result<Series> series_of_git(const std::string& argument) {
  const std::string rest = argument.substr(4);
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == rest.size()) {
    return not_a_patch(argument, "write git:DIR:RANGE, such as git:linux:v7.3..topic");
  }
  const std::string range = rest.substr(colon + 1);
  const auto mbox = format_patches(rest.substr(0, colon), range, kSeriesLimit);
  if (!mbox) return mbox.error();
  if (mbox->empty()) return not_a_patch(argument, "the range has no commits");
  return series_of_mbox(with_unix_line_ends(*mbox), argument, range);
}

}  // namespace

Result<Series> read_series(const std::string& argument) {
  if (argument.starts_with("git:")) return series_of_git(argument);
  const fs::path path = argument;
  std::error_code error;
  if (!fs::is_directory(path, error)) return series_of_file(path);
  try {
    if (fs::exists(path / "series")) return series_of_quilt(path);
    return series_of_patch_folder(path);
  } catch (const fs::filesystem_error& unreadable) {
    return not_a_patch(argument, unreadable.code().message());
  }
}

}  // namespace luolab
