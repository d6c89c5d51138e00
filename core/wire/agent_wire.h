// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

// What agent and worker must agree on. docs/agent-protocol.md describes every message with an
// example; a change here changes that page, and kAgentProtocol where an old peer would misread it.

namespace luolab::wire {

/// Version of the protocol, in the hello. A worker refuses another than its own; members may be
/// added within a version, and both sides ignore members that they do not know.
inline constexpr std::uint32_t kAgentProtocol = 1;

/// The virtio-serial port of the agent link (QEMU: -device virtserialport,name=luolab.agent).
inline constexpr std::string_view kPortName = "luolab.agent";

/// Longest line in either direction, without its newline. Longer requests are answered with
/// EMSGSIZE and skipped.
inline constexpr std::size_t kLineLimitBytes = std::size_t{1} << 20;

/// Most ranges that one memfd.digest may ask for, so that the answer fits a line.
inline constexpr std::uint64_t kRangeLimit = 16384;

/// Most bytes of one memfd.write, as hexadecimal digits half of that per byte.
inline constexpr std::size_t kWriteLimitBytes = std::size_t{256} << 10;

/// Most bad marks that an answer lists; all are counted.
inline constexpr std::size_t kListedBadMarks = 16;

/// Most pages of one memfd.pages and of one memfd.heads, and most pages that the latter sends
/// whole.
inline constexpr std::uint64_t kPageDigestLimit = 16384;
inline constexpr std::uint64_t kPageHeadLimit = 4096;
inline constexpr std::uint64_t kWholePageLimit = 16;

/// Most pages that load.records sends as they are, and most pages and writers of one request.
inline constexpr std::size_t kSentBrokenPages = 16;
inline constexpr std::uint64_t kRecordLimit = 16384;
inline constexpr std::uint32_t kWriterLimit = 32;

/// A word of the command line with which PID 1 answers UDP datagrams from its first moments on, and
/// the network that it finds itself in: one machine, the worker, at the other end.
inline constexpr std::string_view kEchoWord = "luolab.echo";
inline constexpr std::uint32_t kEchoGuestAddress = 0x0a000202;  // 10.0.2.2
inline constexpr std::uint32_t kEchoPeerAddress = 0x0a000201;   // 10.0.2.1
inline constexpr std::uint16_t kEchoPort = 7;                   // RFC 862
inline constexpr std::array<std::uint8_t, 6> kEchoGuestMac{0x52, 0x54, 0, 0x10, 0, 0x02};
inline constexpr std::array<std::uint8_t, 6> kEchoPeerMac{0x52, 0x54, 0, 0x10, 0, 0x01};

/// A word of the command line, "luolab.ssh=MAC,ADDRESS/PREFIX,GATEWAY,SECONDS", with which PID 1
/// sets up that network device, starts the SSH server of its initramfs and serves nothing itself:
/// agents are started through SSH. Without a TCP segment for SECONDS it resets the machine, so that
/// one whose worker is gone finds its way home. GATEWAY may be empty.
inline constexpr std::string_view kSshWord = "luolab.ssh=";
/// Where that initramfs has its SSH server and the server's key.
inline constexpr std::string_view kSshServer = "/usr/sbin/dropbear";
inline constexpr std::string_view kSshHostKey = "/etc/dropbear/host_key";
inline constexpr std::uint16_t kSshPort = 22;
/// What PID 1 then says on the console: that the server listens, with the milliseconds since it
/// began to bring up the network, and, again and again while no TCP segment comes in, that this
/// kernel lives.
inline constexpr std::string_view kSshStartedMark = "luolab-agent: the SSH server listens after";
inline constexpr std::string_view kSshUnheardMark =
    "luolab-agent: this kernel lives, but no TCP segment";

/// The session in which the agent carries its own things from kernel to kernel.
inline constexpr std::string_view kBaggageSession = "luolab";
/// Most files in the baggage, and the longest name of one.
inline constexpr std::size_t kBaggageFileLimit = 32;
inline constexpr std::size_t kBaggageNameLimitBytes = 63;
/// Longest nonce; the agent never looks into it.
inline constexpr std::size_t kNonceLimitBytes = 63;

/// Where the initramfs keeps what kexec.load and baggage.pack name.
inline constexpr std::string_view kFilesFolder = "/luolab";

/// Words of the kernel's command line with which luolab's own tests make an agent cheat: on
/// retrieve it makes new memfds of the asked name and size and fills them itself, or it invents
/// the nonce. An agent that cheats must never get PASS.
inline constexpr std::string_view kMisbehaveRegenerate = "luolab.misbehave=regenerate";
inline constexpr std::string_view kMisbehaveNonce = "luolab.misbehave=nonce";

/// Written by the phase-stamps series, one "name tsc" a line; copied into the hello.
inline constexpr std::string_view kPhaseStampsFile = "/sys/kernel/debug/luolab/phase_stamps";

}  // namespace luolab::wire

/// Operations: the "op" of a request.
namespace luolab::wire::op {

inline constexpr std::string_view kSessionCreate = "session.create";
inline constexpr std::string_view kSessionRetrieve = "session.retrieve";
inline constexpr std::string_view kSessionName = "session.name";
inline constexpr std::string_view kSessionClose = "session.close";
inline constexpr std::string_view kPreserve = "preserve";
inline constexpr std::string_view kRetrieve = "retrieve";
inline constexpr std::string_view kFinish = "finish";
inline constexpr std::string_view kMemfdCreate = "memfd.create";
inline constexpr std::string_view kMemfdSeal = "memfd.seal";
inline constexpr std::string_view kMemfdSeek = "memfd.seek";
inline constexpr std::string_view kMemfdStat = "memfd.stat";
inline constexpr std::string_view kMemfdWrite = "memfd.write";
inline constexpr std::string_view kMemfdDigest = "memfd.digest";
inline constexpr std::string_view kMemfdPages = "memfd.pages";
inline constexpr std::string_view kMemfdHeads = "memfd.heads";
inline constexpr std::string_view kMemfdClose = "memfd.close";
inline constexpr std::string_view kBaggagePack = "baggage.pack";
inline constexpr std::string_view kBaggageUnpack = "baggage.unpack";
inline constexpr std::string_view kKexecLoad = "kexec.load";
inline constexpr std::string_view kKexec = "kexec";
inline constexpr std::string_view kInfo = "info";
inline constexpr std::string_view kCalibrate = "calibrate";
inline constexpr std::string_view kBenchRead = "bench.read";
inline constexpr std::string_view kBenchDigest = "bench.digest";
inline constexpr std::string_view kLoadStart = "load.start";
inline constexpr std::string_view kLoadStop = "load.stop";
inline constexpr std::string_view kLoadStatus = "load.status";
inline constexpr std::string_view kLoadJournal = "load.journal";
inline constexpr std::string_view kLoadRecords = "load.records";
inline constexpr std::string_view kBatch = "batch";
inline constexpr std::string_view kRepeat = "repeat";
inline constexpr std::string_view kActorDo = "actor.do";
inline constexpr std::string_view kPoweroff = "poweroff";
inline constexpr std::string_view kGo = "go";  ///< after "going", where the agent waits for it

}  // namespace luolab::wire::op

/// Members of requests and answers that more than one message uses.
namespace luolab::wire::field {

inline constexpr std::string_view kId = "id";
inline constexpr std::string_view kOp = "op";
inline constexpr std::string_view kOk = "ok";
inline constexpr std::string_view kResult = "result";
inline constexpr std::string_view kError = "error";
inline constexpr std::string_view kTsc = "tsc";      ///< [start, end] of an operation
inline constexpr std::string_view kAt = "at";        ///< clocks just before the line was sent
inline constexpr std::string_view kGoing = "going";  ///< the machine is about to leave this kernel
inline constexpr std::string_view kHello = "hello";
inline constexpr std::string_view kSession = "session";
inline constexpr std::string_view kMemfd = "memfd";  ///< a handle: "vm-0/ram"
inline constexpr std::string_view kToken = "token";
inline constexpr std::string_view kLoad = "load";  ///< a load's name
inline constexpr std::string_view kAck = "ack";    ///< how far a load is, without being asked

}  // namespace luolab::wire::field
