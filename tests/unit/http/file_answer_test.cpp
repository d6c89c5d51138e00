// SPDX-License-Identifier: Apache-2.0
#include "core/http/file_answer.h"

#include <gtest/gtest.h>

#include "core/base/file.h"

namespace luolab {
namespace {

class FileAnswer : public testing::Test {
 protected:
  FileAnswer() { write_scratch_file(file_, "0123456789"); }
  HttpResponse answer() { return file_answer(request_, file_, "text/plain", "\"tag\""); }

  TempDir folder_{testing::TempDir()};
  std::filesystem::path file_ = folder_.path() / "file";
  HttpRequest request_;
};

TEST_F(FileAnswer, WithoutARangeTheWholeFileIsSent) {
  const HttpResponse response = answer();
  EXPECT_EQ(response.status, 200);
  ASSERT_TRUE(response.file);
  EXPECT_EQ(response.file->length, 10u);
  EXPECT_EQ(response.fields.get("Accept-Ranges"), "bytes");
  EXPECT_EQ(response.fields.get("ETag"), "\"tag\"");
}

TEST_F(FileAnswer, ARangeIsSentWithItsPlace) {
  request_.fields.add("Range", "bytes=3-5");
  const HttpResponse response = answer();
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(response.fields.get("Content-Range"), "bytes 3-5/10");
  ASSERT_TRUE(response.file);
  EXPECT_EQ(response.file->offset, 3u);
  EXPECT_EQ(response.file->length, 3u);
}

TEST_F(FileAnswer, ARangeBehindTheEndIsRefusedWithTheSize) {
  request_.fields.add("Range", "bytes=10-");
  const HttpResponse response = answer();
  EXPECT_EQ(response.status, 416);
  EXPECT_EQ(response.fields.get("Content-Range"), "bytes */10");
  EXPECT_FALSE(response.file);
}

TEST_F(FileAnswer, WhoHasTheFileIsToldSo) {
  request_.fields.add("If-None-Match", "\"old\", W/\"tag\"");
  EXPECT_EQ(answer().status, 304);
}

TEST_F(FileAnswer, ARangeOfAnotherVersionGetsTheWhole) {
  request_.fields.add("Range", "bytes=3-5");
  request_.fields.add("If-Range", "\"old\"");
  EXPECT_EQ(answer().status, 200);
}

TEST_F(FileAnswer, AMissingFileIsNotFound) {
  file_ = folder_.path() / "none";
  EXPECT_EQ(answer().status, 404);
}

}  // namespace
}  // namespace luolab
