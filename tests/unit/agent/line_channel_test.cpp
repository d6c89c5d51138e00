// SPDX-License-Identifier: Apache-2.0
#include "agent/line_channel.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/owned_fd.h"

namespace luolab {
namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    out = OwnedFd(ends[0]);
    in = OwnedFd(ends[1]);
  }
  void put(std::string_view text) const {
    if (write(in.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      throw std::runtime_error("write");
    }
  }
  OwnedFd out;
  OwnedFd in;
};

TEST(LineChannel, SplitsWhatArrivesTogether) {
  const Pipe pipe;
  pipe.put("one\n\nthree\n");
  LineChannel channel(pipe.out.get(), -1);
  EXPECT_EQ(channel.next()->text, "one");
  EXPECT_EQ(channel.next()->text, "");
  EXPECT_EQ(channel.next()->text, "three");
}

TEST(LineChannel, DropsAnUnfinishedLastLine) {
  Pipe pipe;
  pipe.put("whole\nhalf");
  pipe.in = OwnedFd();
  LineChannel channel(pipe.out.get(), -1);
  EXPECT_EQ(channel.next()->text, "whole");
  EXPECT_FALSE(channel.next());
}

TEST(LineChannel, TakesALineOfExactlyTheLimit) {
  const Pipe pipe;
  pipe.put("12345678\n");
  LineChannel channel(pipe.out.get(), -1, 8);
  const auto line = channel.next();
  EXPECT_FALSE(line->too_long);
  EXPECT_EQ(line->text, "12345678");
}

TEST(LineChannel, SkipsALineOverTheLimitAndGoesOn) {
  const Pipe pipe;
  pipe.put("123456789\nnext\n");
  LineChannel channel(pipe.out.get(), -1, 8);
  const auto line = channel.next();
  EXPECT_TRUE(line->too_long);
  EXPECT_EQ(line->text, "");
  EXPECT_EQ(channel.next()->text, "next");
}

TEST(LineChannel, SkipsALineThatNeverFitsItsBuffer) {
  const Pipe pipe;
  LineChannel channel(pipe.out.get(), -1, 8);
  pipe.put(std::string(5000, 'x'));
  pipe.put(std::string(5000, 'x') + "\nnext\n");
  EXPECT_TRUE(channel.next()->too_long);
  EXPECT_EQ(channel.next()->text, "next");
}

TEST(LineChannel, SendsALineWithItsNewline) {
  const Pipe pipe;
  EXPECT_TRUE(LineChannel(-1, pipe.in.get()).send("hello"));
  LineChannel reader(pipe.out.get(), -1);
  EXPECT_EQ(reader.next()->text, "hello");
}

TEST(LineChannel, TellsThatTheOtherEndIsGone) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.out = OwnedFd();
  EXPECT_FALSE(LineChannel(-1, pipe.in.get()).send("hello"));
}

TEST(LineChannel, DropsWhatIsOnlyOfferedWhereTheOtherEndTakesNothing) {
  const Pipe pipe;
  fcntl(pipe.in.get(), F_SETFL, O_NONBLOCK);
  LineChannel sender(-1, pipe.in.get());
  const std::string line(4000, 'x');
  while (write(pipe.in.get(), line.data(), line.size()) > 0) {
  }
  fcntl(pipe.in.get(), F_SETFL, 0);
  sender.offer("dropped");  // would wait for ever if it were sent
  std::array<char, 1 << 17> block{};
  EXPECT_GT(read(pipe.out.get(), block.data(), block.size()), 0);
  sender.offer("taken");
  const ssize_t got = read(pipe.out.get(), block.data(), block.size());
  EXPECT_EQ(std::string_view(block.data(), static_cast<std::size_t>(got)), "taken\n");
}

}  // namespace
}  // namespace luolab
