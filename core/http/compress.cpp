// SPDX-License-Identifier: Apache-2.0
#include "core/http/compress.h"

#include <zlib.h>
#include <zstd.h>

#include <stdexcept>

#include <boost/algorithm/string/predicate.hpp>

#include "core/http/media_type.h"
#include "core/http/weighted_list.h"

namespace luolab {
namespace {

using boost::algorithm::iequals;

constexpr std::size_t kLeastBytes = 1 << 10;
constexpr std::size_t kMostBytes = 8 << 20;
constexpr int kZstdLevel = 3;
constexpr int kGzipLevel = 5;
constexpr int kGzipWindow = 15 + 16;  // zlib.h: 16 more asks for a gzip header

/// Weight of a coding in thousandths: its own, else that of "*", else 0.
int weight_of(const std::vector<WeightedItem>& accepted, std::string_view coding) {
  int any = 0;
  for (const WeightedItem& item : accepted) {
    if (iequals(item.value, coding)) return item.weight;
    if (item.value == "*") any = item.weight;
  }
  return any;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  if (::deflateInit2(&stream, kGzipLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib can't start");
  std::string packed(::deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = ::deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("zlib did not reach the end");
  return packed;
}

std::string zstd(std::string_view bytes) {
  std::string packed(::ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ::ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), kZstdLevel);
  if (::ZSTD_isError(size) != 0) throw std::runtime_error(::ZSTD_getErrorName(size));
  packed.resize(size);
  return packed;
}

}  // namespace

ContentCoding choose_coding(std::string_view accept_encoding) {
  const std::vector<WeightedItem> accepted = parse_weighted_list(accept_encoding);
  const int zstd_weight = weight_of(accepted, "zstd");
  const int gzip_weight = weight_of(accepted, "gzip");
  int identity_weight = 1;  // accepted where it is not named
  for (const WeightedItem& item : accepted) {
    if (iequals(item.value, "identity")) identity_weight = item.weight;
  }
  const int best = std::max(zstd_weight, gzip_weight);
  if (best == 0 || identity_weight > best) return ContentCoding::identity;
  return zstd_weight >= gzip_weight ? ContentCoding::zstd : ContentCoding::gzip;
}

std::string compressed(ContentCoding coding, std::string_view bytes) {
  switch (coding) {
    case ContentCoding::gzip:
      return gzip(bytes);
    case ContentCoding::zstd:
      return zstd(bytes);
    case ContentCoding::identity:
      break;
  }
  return std::string(bytes);
}

void compress_answer(const HttpRequest& request, HttpResponse& response) {
  const std::size_t size = response.body.size();
  if (response.file || response.stream || size <= kLeastBytes || size > kMostBytes) return;
  if (response.status == 206 || response.fields.has("Content-Encoding")) return;
  if (!is_compressible(response.fields.get("Content-Type"))) return;
  response.fields.add("Vary", "Accept-Encoding");
  const ContentCoding coding = choose_coding(request.fields.get("Accept-Encoding"));
  if (coding == ContentCoding::identity) return;
  std::string packed = compressed(coding, response.body);
  if (packed.size() >= size) return;
  response.body = std::move(packed);
  response.fields.add("Content-Encoding", coding == ContentCoding::zstd ? "zstd" : "gzip");
}

}  // namespace luolab
