// SPDX-License-Identifier: Apache-2.0
#include "core/http/file_answer.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/file.h"
#include "tests/integration/http/http_lab.h"

namespace luolab {
namespace {

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 13);
  return bytes;
}

class FileTransfer : public testing::Test {
 protected:
  FileTransfer() { write_scratch_file(source_, bytes_); }

  Result<HttpReply> download(std::uint64_t most_bytes) {
    return run_here<Result<HttpReply>>(
        [&](asio::any_io_executor executor) -> Task<Result<HttpReply>> {
          HttpClientOptions options;
          options.url = server_.url();
          auto client = HttpClient::make(executor, options);
          const HttpFields none;
          co_return co_await client->download("/f", none, copy_, most_bytes, kPatience);
        });
  }

  TempDir folder_{testing::TempDir()};
  std::filesystem::path source_ = folder_.path() / "source";
  std::filesystem::path copy_ = folder_.path() / "copy";
  std::string bytes_ = pattern(5'000'001);
  LabServer server_{[this](HttpRequest& request) -> Task<HttpResponse> {
    co_return file_answer(request, source_, "application/octet-stream");
  }};
};

TEST_F(FileTransfer, AWholeFileArrivesAsItIs) {
  const auto reply = download(bytes_.size());
  ASSERT_TRUE(reply) << reply.error().what;
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "");
  EXPECT_TRUE(read_file(copy_).value() == bytes_);
}

TEST_F(FileTransfer, ADownloadGoesOnWhereItStopped) {
  write_scratch_file(copy_, std::string_view(bytes_).substr(0, 1'000'000));
  const auto reply = download(bytes_.size());
  ASSERT_TRUE(reply) << reply.error().what;
  EXPECT_EQ(reply->status, 206);
  EXPECT_TRUE(read_file(copy_).value() == bytes_);
}

TEST_F(FileTransfer, AWholeDownloadIsToldThatNothingIsLeft) {
  write_scratch_file(copy_, bytes_);
  const auto reply = download(bytes_.size());
  ASSERT_TRUE(reply) << reply.error().what;
  EXPECT_EQ(reply->status, 416);
  EXPECT_TRUE(read_file(copy_).value() == bytes_);
}

TEST_F(FileTransfer, ALongerFileThanExpectedIsNotTaken) {
  const auto reply = download(1'000'000);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().fault, Fault::lab);
  EXPECT_THAT(reply.error().what, testing::HasSubstr("1000000"));
}

TEST_F(FileTransfer, AFileThatIsGoneIsAnErrorBeforeTheFirstByte) {
  LabServer server([this](HttpRequest&) -> Task<HttpResponse> {
    HttpResponse response;
    response.file = HttpResponse::FileRange{folder_.path() / "gone", 0, 10};
    co_return response;
  });
  RawClient client(server.port());
  client.send("GET /f HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string answer = client.read_answer();
  EXPECT_EQ(status_of(answer), "500");
  EXPECT_THAT(answer, testing::Not(testing::HasSubstr("gone")));
  EXPECT_EQ(server.errors().size(), 1u);
}

TEST_F(FileTransfer, AClientThatGoesInTheMiddleEndsItsConnectionOnly) {
  std::filesystem::resize_file(source_, std::uintmax_t{1} << 30);
  for (int i = 0; i < 5; ++i) {
    RawClient client(server_.port(), 4096);
    client.send("GET /f HTTP/1.1\r\nHost: x\r\n\r\n");
    client.read_until("\r\n\r\n");
  }
  EXPECT_TRUE(server_.reaches([](const auto& stats) { return stats.connections == 0; }));
  EXPECT_EQ(server_.stats().requests, 5u);
}

TEST_F(FileTransfer, AFileThatShrinksOnItsWayEndsTheConnection) {
  RawClient client(server_.port(), 4096);
  const auto size = std::uintmax_t{1} << 30;
  std::filesystem::resize_file(source_, size);
  client.send("GET /f HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read_until("\r\n\r\n");
  std::filesystem::resize_file(source_, 1000);
  EXPECT_LT(client.read_all().size(), size);
}

}  // namespace
}  // namespace luolab
