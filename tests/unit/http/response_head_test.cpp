// SPDX-License-Identifier: Apache-2.0
#include "core/http/response_head.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(ResponseHead, HasLengthAndDateAndTheHandlersFields) {
  HttpResponse response;
  response.fields.add("Content-Type", "text/plain");
  EXPECT_EQ(
      response_head(response, {1, true, 5, "today"}),
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: today\r\nContent-Length: 5\r\n\r\n");
}

TEST(ResponseHead, TheFrameIsTheServersAlone) {
  HttpResponse response;
  response.fields.add("content-length", "99");
  response.fields.add("Transfer-Encoding", "gzip");
  response.fields.add("Connection", "upgrade");
  EXPECT_EQ(response_head(response, {1, false, 5, ""}),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
}

TEST(ResponseHead, AStreamIsChunkedButForHttp10) {
  HttpResponse response;
  EXPECT_EQ(response_head(response, {1, true, {}, ""}),
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(response_head(response, {0, false, {}, ""}),
            "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

TEST(ResponseHead, WithoutContentThereIsNoLength) {
  HttpResponse response;
  response.status = 204;
  EXPECT_EQ(response_head(response, {0, true, 0, ""}),
            "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
}

TEST(ResponseHead, AFieldThatWouldSplitTheAnswerIsAnError) {
  HttpResponse value;
  value.fields.add("Location", "/x\r\nSet-Cookie: a=b");
  EXPECT_THROW(response_head(value, {}), std::invalid_argument);
  HttpResponse name;
  name.fields.add("A: b\r\nC", "d");
  EXPECT_THROW(response_head(name, {}), std::invalid_argument);
}

}  // namespace
}  // namespace luolab
