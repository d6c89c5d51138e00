// SPDX-License-Identifier: Apache-2.0
#include "controller/dashboard/dashboard.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "controller/dashboard/dashboard_files.h"
#include "core/http/compress.h"

namespace luolab {
namespace {

/// First segments of the pages' addresses (web/src/pages/page-of.tsx).
constexpr std::array<std::string_view, 9> kPages{"runs",   "attempts", "jobs",   "gates", "trends",
                                                 "submit", "fleet",    "builds", "search"};

/// Scripts and styles of this origin alone, nothing written into the page; nobody may frame it.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file's content in every coding; made once.
struct PackedFile {
  const DashboardFile* file = nullptr;
  std::string gzip, zstd;  ///< empty: not worth it
};

constexpr std::size_t kWorthPacking = 1024;

std::vector<PackedFile> pack_all() {
  std::vector<PackedFile> packed;
  for (const DashboardFile& file : dashboard_files()) {
    packed.push_back({.file = &file});
    if (file.content.size() <= kWorthPacking) continue;
    packed.back().gzip = compressed(ContentCoding::gzip, file.content);
    packed.back().zstd = compressed(ContentCoding::zstd, file.content);
  }
  return packed;
}

const PackedFile* file_at(std::string_view path) {
  static const std::vector<PackedFile> kFiles = pack_all();
  const auto found =
      std::ranges::find(kFiles, path, [](const PackedFile& packed) { return packed.file->path; });
  return found == kFiles.end() ? nullptr : &*found;
}

const PackedFile* file_for(const HttpRequest& request) {
  const bool root = request.path.empty() || (request.path.size() == 1 && request.path[0].empty());
  if (root || std::ranges::find(kPages, request.path.front()) != kPages.end())
    return file_at("/index.html");
  std::string path;
  for (const std::string& segment : request.path) path += "/" + segment;
  return file_at(path);
}

/// Somebody with a browser who asks for a page that there is not: the dashboard says so.
bool wants_a_page(const HttpRequest& request) {
  return request.path.front() != "api" &&
         request.fields.get("Accept").find("text/html") != std::string::npos;
}

/// How the content goes out; each coding has its own strong tag.
struct Form {
  std::string_view body, coding, suffix;
};

Form form_of(const PackedFile& packed, const HttpRequest& request) {
  if (packed.gzip.empty()) return {packed.file->content, {}, {}};
  switch (choose_coding(request.fields.get("Accept-Encoding"))) {
    case ContentCoding::gzip:
      return {packed.gzip, "gzip", "-gzip"};
    case ContentCoding::zstd:
      return {packed.zstd, "zstd", "-zstd"};
    case ContentCoding::identity:
      break;
  }
  return {packed.file->content, {}, {}};
}

void add_fields(HttpResponse& response, const DashboardFile& file) {
  // The names of assets change with their content.
  const bool fixed = file.path.starts_with("/assets/");
  response.fields.add("Content-Type", std::string(file.type));
  response.fields.add("Cache-Control", fixed ? "public, max-age=31536000, immutable" : "no-cache");
  response.fields.add("Content-Security-Policy", kPolicy);
  response.fields.add("X-Content-Type-Options", "nosniff");
  response.fields.add("Referrer-Policy", "no-referrer");
  response.fields.add("Cross-Origin-Opener-Policy", "same-origin");
  response.fields.add("Cross-Origin-Resource-Policy", "same-origin");
}

}  // namespace

std::optional<HttpResponse> dashboard_answer(const HttpRequest& request) {
  if (request.method != "GET") return {};
  const PackedFile* packed = file_for(request);
  const bool missing = packed == nullptr;
  if (missing && wants_a_page(request)) packed = file_at("/index.html");
  if (packed == nullptr) return {};
  const Form form = form_of(*packed, request);
  const std::string tag = fmt::format("\"{}{}\"", packed->file->tag, form.suffix);
  HttpResponse response;
  if (missing) response.status = 404;
  add_fields(response, *packed->file);
  response.fields.add("ETag", tag);
  // compress_answer adds it to what has no coding yet.
  if (!form.coding.empty()) response.fields.add("Vary", "Accept-Encoding");
  if (!missing && request.fields.get("If-None-Match").find(tag) != std::string::npos) {
    response.status = 304;
    return response;
  }
  if (!form.coding.empty()) response.fields.add("Content-Encoding", std::string(form.coding));
  response.body = form.body;
  return response;
}

}  // namespace luolab
