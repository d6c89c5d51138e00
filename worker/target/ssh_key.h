// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

struct ssh_key_struct;

namespace luolab {

/// Keys as text: "TYPE BASE64", as in OpenSSH's files.

/// A fresh Ed25519 key: the private one as text for SshLogin::key_text, the public one as
/// "ssh-ed25519 BASE64".
struct SshKeyPair {
  std::string private_text;
  std::string public_text;
};
SshKeyPair make_ssh_key();

/// "SHA256:..." as OpenSSH shows it; empty where `key` is no "TYPE BASE64".
std::string key_fingerprint(const std::string& key);

/// Without what files have behind it. Pure.
std::string plain_key(std::string_view key);

/// The algorithms by which servers of these keys sign, as libssh wants them, so that one with
/// several keys shows the right one. Pure.
std::string algorithms_of(const std::vector<std::string>& keys);

/// The public part of one of libssh's keys; empty where it can't be told.
std::string text_of(ssh_key_struct* key);

}  // namespace luolab
