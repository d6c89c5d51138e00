// SPDX-License-Identifier: Apache-2.0
#include "kernel-patches/patch_text.h"

#include <algorithm>
#include <array>
#include <regex>

namespace luolab {
namespace {

bool starts_any(std::string_view line, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return line.starts_with(prefix); });
}

template <class Visit>
void each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!visit(text.substr(0, end))) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool contains_line(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  bool found = false;
  each_line(text, [&](std::string_view line) { return !(found = starts_any(line, prefixes)); });
  return found;
}

/// "a/mm/x.c\t2026-01-01" -> "mm/x.c"; empty for /dev/null and names without a folder to strip.
std::string stripped(std::string_view name) {
  name = name.substr(0, name.find('\t'));
  while (!name.empty() && (name.back() == '\r' || name.back() == ' ')) name.remove_suffix(1);
  if (name == "/dev/null") return {};
  const std::size_t slash = name.find('/');
  return slash == std::string_view::npos ? std::string() : std::string(name.substr(slash + 1));
}

class FileCollector {
 public:
  void add(std::string file) {
    if (file.empty() || std::find(files_.begin(), files_.end(), file) != files_.end()) return;
    files_.push_back(std::move(file));
  }
  std::vector<std::string> take() { return std::move(files_); }

 private:
  std::vector<std::string> files_;
};

/// Lines of the hunk that "@@ -a,b +c,d @@" announces, so that its content is not read as headers.
struct HunkSize {
  long old_lines = 0;
  long new_lines = 0;

  static HunkSize of(std::string_view header) {
    static const std::regex form(R"(^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@)");
    std::cmatch match;
    if (!std::regex_search(header.data(), header.data() + header.size(), match, form)) return {};
    const auto count = [&](std::size_t group) {
      return match[group].matched ? std::atol(match[group].str().c_str()) : 1L;
    };
    return {count(1), count(2)};
  }
  bool inside() const { return old_lines > 0 || new_lines > 0; }
  void consume(std::string_view line) {
    const char kind = line.empty() ? ' ' : line.front();
    if (kind == '-' || kind == ' ') --old_lines;
    if (kind == '+' || kind == ' ') --new_lines;
  }
};

}  // namespace

bool has_diff(std::string_view text) {
  return contains_line(text, {"@@ -", "rename from ", "copy from ", "deleted file mode ",
                              "new file mode ", "old mode "});
}

std::optional<std::string> patch_trouble(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return "has NUL bytes, so it is no patch";
  if (contains_line(text, {"GIT binary patch", "Binary files "})) {
    return "changes a binary file, which patch(1) can't apply";
  }
  if (has_diff(text)) return std::nullopt;
  if (contains_line(text, {"***************"})) {
    return "is a context diff; make a unified one (diff -u, git format-patch)";
  }
  return "has no diff in it";
}

std::optional<std::string> base_commit_of(std::string_view text) {
  constexpr std::string_view kTrailer = "base-commit: ";
  std::optional<std::string> commit;
  each_line(text, [&](std::string_view line) {
    if (line.starts_with(kTrailer)) commit = line.substr(kTrailer.size());
    return !commit;
  });
  return commit;
}

std::vector<std::string> files_of_patch(std::string_view text) {
  FileCollector files;
  HunkSize hunk;
  each_line(text, [&](std::string_view line) {
    if (hunk.inside()) {
      hunk.consume(line);
    } else if (starts_any(line, {"@@ -"})) {
      hunk = HunkSize::of(line);
    } else if (starts_any(line, {"--- ", "+++ "})) {
      files.add(stripped(line.substr(4)));
    } else if (starts_any(line, {"rename from ", "copy from "})) {
      files.add(std::string(line.substr(line.find(" from ") + 6)));
    } else if (starts_any(line, {"rename to ", "copy to "})) {
      files.add(std::string(line.substr(line.find(" to ") + 4)));
    } else if (starts_any(line, {"diff --git a/"})) {
      const std::size_t second = line.rfind(" b/");
      if (second != std::string_view::npos) files.add(std::string(line.substr(second + 3)));
    }
    return true;
  });
  return files.take();
}

}  // namespace luolab
