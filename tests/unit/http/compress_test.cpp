// SPDX-License-Identifier: Apache-2.0
#include "core/http/compress.h"

#include <zlib.h>
#include <zstd.h>

#include <gtest/gtest.h>

namespace luolab {
namespace {

std::string long_text() {
  std::string text;
  for (int i = 0; text.size() < 20'000; ++i) text += "line " + std::to_string(i) + "\n";
  return text;
}

std::string gunzipped(const std::string& packed, std::size_t size) {
  std::string bytes(size, '\0');
  z_stream stream{};
  EXPECT_EQ(::inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  EXPECT_EQ(::inflate(&stream, Z_FINISH), Z_STREAM_END);
  ::inflateEnd(&stream);
  return bytes;
}

HttpResponse text_answer(std::string body) {
  HttpResponse response;
  response.fields.add("Content-Type", "text/plain");
  response.body = std::move(body);
  return response;
}

HttpRequest request_accepting(std::string codings) {
  HttpRequest request;
  request.fields.add("Accept-Encoding", std::move(codings));
  return request;
}

TEST(Compress, TheClientsWeightsDecideTheCoding) {
  const std::pair<const char*, ContentCoding> table[] = {
      {"", ContentCoding::identity},
      {"br", ContentCoding::identity},
      {"gzip", ContentCoding::gzip},
      {"GZIP", ContentCoding::gzip},
      {"gzip, deflate, br, zstd", ContentCoding::zstd},
      {"zstd;q=0.5, gzip", ContentCoding::gzip},
      {"zstd;q=0, *;q=0.1", ContentCoding::gzip},
      {"*", ContentCoding::zstd},
      {"gzip;q=0", ContentCoding::identity},
      {"identity, gzip;q=0.5", ContentCoding::identity},
      {"gzip;q=nonsense", ContentCoding::identity},
  };
  for (const auto& [field, expected] : table) EXPECT_EQ(choose_coding(field), expected) << field;
}

TEST(Compress, TheBytesComeBack) {
  const std::string text = long_text();
  EXPECT_EQ(gunzipped(compressed(ContentCoding::gzip, text), text.size()), text);
  const std::string packed = compressed(ContentCoding::zstd, text);
  std::string unpacked(text.size(), '\0');
  EXPECT_EQ(::ZSTD_decompress(unpacked.data(), unpacked.size(), packed.data(), packed.size()),
            text.size());
  EXPECT_EQ(unpacked, text);
}

TEST(Compress, ALongTextIsCompressedAndSaysSo) {
  HttpResponse response = text_answer(long_text());
  compress_answer(request_accepting("gzip"), response);
  EXPECT_EQ(response.fields.get("Content-Encoding"), "gzip");
  EXPECT_EQ(response.fields.get("Vary"), "Accept-Encoding");
  EXPECT_LT(response.body.size(), long_text().size() / 2);
}

TEST(Compress, CachesLearnThatTheAnswerDependsOnTheClientAlsoWhereItIsPlain) {
  HttpResponse response = text_answer(long_text());
  compress_answer(HttpRequest(), response);
  EXPECT_FALSE(response.fields.has("Content-Encoding"));
  EXPECT_EQ(response.fields.get("Vary"), "Accept-Encoding");
  EXPECT_EQ(response.body, long_text());
}

TEST(Compress, WhatIsNotWorthItIsLeftAlone) {
  const HttpRequest request = request_accepting("gzip");
  HttpResponse shorter = text_answer(std::string(1024, 'x'));
  compress_answer(request, shorter);
  EXPECT_EQ(shorter.body.size(), 1024u);
  HttpResponse image;
  image.fields.add("Content-Type", "image/png");
  image.body = long_text();
  compress_answer(request, image);
  EXPECT_EQ(image.body, long_text());
  HttpResponse coded = text_answer(long_text());
  coded.fields.add("Content-Encoding", "br");
  compress_answer(request, coded);
  EXPECT_EQ(coded.body, long_text());
  HttpResponse part = text_answer(long_text());
  part.status = 206;
  compress_answer(request, part);
  EXPECT_EQ(part.body, long_text());
}

}  // namespace
}  // namespace luolab
