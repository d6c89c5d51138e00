// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <type_traits>

#include <libssh/libssh.h>
#include <libssh/sftp.h>

namespace luolab {

/// Owners of what libssh gives out.
template <class T, void (*Free)(T)>
struct SshFreer {
  void operator()(std::remove_pointer_t<T>* value) const { Free(value); }
};
using SshHandle = std::unique_ptr<ssh_session_struct, SshFreer<ssh_session, ssh_free>>;
using SshChannel = std::unique_ptr<ssh_channel_struct, SshFreer<ssh_channel, ssh_channel_free>>;
using SshKey = std::unique_ptr<ssh_key_struct, SshFreer<ssh_key, ssh_key_free>>;
using SshEvent = std::unique_ptr<ssh_event_struct, SshFreer<ssh_event, ssh_event_free>>;
using SftpHandle = std::unique_ptr<sftp_session_struct, SshFreer<sftp_session, sftp_free>>;

}  // namespace luolab
