// SPDX-License-Identifier: Apache-2.0
#include "worker/run/echo_frame.h"

#include <array>

#include "core/wire/agent_wire.h"

namespace luolab {
namespace {

constexpr std::uint16_t kOurPort = 40007;
constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint8_t kUdp = 17;
constexpr std::size_t kEthernetBytes = 14;
constexpr std::size_t kIpBytes = 20;
constexpr std::size_t kUdpBytes = 8;
constexpr std::string_view kMagic = "luolabEC";
constexpr std::size_t kPayloadBytes = kMagic.size() + sizeof(std::uint64_t);
constexpr std::size_t kFrameBytes = kEthernetBytes + kIpBytes + kUdpBytes + kPayloadBytes;

/// Appends numbers in network byte order.
template <class Number>
void put(std::string& bytes, Number number) {
  for (std::size_t i = sizeof number; i-- > 0;) {
    bytes += static_cast<char>(static_cast<std::uint8_t>(number >> (8 * i)));
  }
}

std::uint64_t number_at(std::string_view bytes, std::size_t offset, std::size_t length) {
  std::uint64_t number = 0;
  for (const char byte : bytes.substr(offset, length)) {
    number = number << 8 | static_cast<std::uint8_t>(byte);
  }
  return number;
}

std::uint16_t internet_checksum(std::string_view header) {
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < header.size(); at += 2) sum += number_at(header, at, 2);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

std::string ip_header() {
  std::string header;
  put<std::uint16_t>(header, 0x4500);  // version 4, five words, no service wanted
  put<std::uint16_t>(header, kIpBytes + kUdpBytes + kPayloadBytes);
  put<std::uint32_t>(header, 0);  // never cut into fragments
  put<std::uint8_t>(header, 64);
  put<std::uint8_t>(header, kUdp);
  put<std::uint16_t>(header, 0);  // the checksum's place
  put<std::uint32_t>(header, wire::kEchoPeerAddress);
  put<std::uint32_t>(header, wire::kEchoGuestAddress);
  std::string checksum;
  put(checksum, internet_checksum(header));
  return header.replace(10, 2, checksum);
}

}  // namespace

std::string echo_request(std::uint64_t sequence) {
  std::string frame;
  for (const std::uint8_t byte : wire::kEchoGuestMac) put(frame, byte);
  for (const std::uint8_t byte : wire::kEchoPeerMac) put(frame, byte);
  put(frame, kIpv4);
  frame += ip_header();
  put(frame, kOurPort);
  put(frame, wire::kEchoPort);
  put<std::uint16_t>(frame, kUdpBytes + kPayloadBytes);
  put<std::uint16_t>(frame, 0);  // no checksum
  frame += kMagic;
  put(frame, sequence);
  return frame;
}

std::optional<std::uint64_t> echo_reply(std::string_view frame) {
  constexpr std::size_t kUdpStart = kEthernetBytes + kIpBytes;
  if (frame.size() < kFrameBytes || number_at(frame, 12, 2) != kIpv4) return {};
  const std::string_view payload = frame.substr(kUdpStart + kUdpBytes);
  const bool ours = number_at(frame, kEthernetBytes, 1) == 0x45 &&
                    number_at(frame, kEthernetBytes + 9, 1) == kUdp &&
                    number_at(frame, kUdpStart, 2) == wire::kEchoPort &&
                    number_at(frame, kUdpStart + 2, 2) == kOurPort && payload.starts_with(kMagic);
  if (!ours) return {};
  return number_at(payload, kMagic.size(), sizeof(std::uint64_t));
}

}  // namespace luolab
