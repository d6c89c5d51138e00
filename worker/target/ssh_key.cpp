// SPDX-License-Identifier: Apache-2.0
#include "worker/target/ssh_key.h"

#include <stdexcept>

#include "worker/target/ssh_handle.h"

namespace luolab {
namespace {

SshKey public_key(const std::string& text) {
  const auto space = text.find(' ');
  if (space == text.npos) return {};
  ssh_key key = nullptr;
  const std::string base64 = text.substr(space + 1);
  const auto type = ssh_key_type_from_name(text.substr(0, space).c_str());
  if (ssh_pki_import_pubkey_base64(base64.c_str(), type, &key) != SSH_OK) return {};
  return SshKey(key);
}

}  // namespace

std::string text_of(ssh_key_struct* key) {
  char* base64 = nullptr;
  if (key == nullptr || ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK) return {};
  std::string text = std::string(ssh_key_type_to_char(ssh_key_type(key))) + " " + base64;
  ssh_string_free_char(base64);
  return text;
}

std::string plain_key(std::string_view key) {
  const auto space = key.find(' ');
  if (space == key.npos) return std::string(key);
  return std::string(key.substr(0, key.find(' ', space + 1)));
}

std::string algorithms_of(const std::vector<std::string>& keys) {
  std::string list;
  for (const std::string& key : keys) {
    std::string type = key.substr(0, key.find(' '));
    if (type == "ssh-rsa") type = "rsa-sha2-512,rsa-sha2-256";
    if (list.find(type) == list.npos) list += (list.empty() ? "" : ",") + type;
  }
  return list;
}

std::string key_fingerprint(const std::string& key) {
  const SshKey parsed = public_key(plain_key(key));
  unsigned char* hash = nullptr;
  std::size_t length = 0;
  if (!parsed ||
      ssh_get_publickey_hash(parsed.get(), SSH_PUBLICKEY_HASH_SHA256, &hash, &length) != 0)
    return {};
  char* const text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
  std::string fingerprint = text == nullptr ? "" : text;
  ssh_string_free_char(text);
  ssh_clean_pubkey_hash(&hash);
  return fingerprint;
}

SshKeyPair make_ssh_key() {
  ssh_key made = nullptr;
  if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &made) != SSH_OK) {
    throw std::runtime_error("libssh can't make an Ed25519 key");
  }
  const SshKey key(made);
  char* text = nullptr;
  if (ssh_pki_export_privkey_base64(key.get(), nullptr, nullptr, nullptr, &text) != SSH_OK) {
    throw std::runtime_error("libssh can't write an Ed25519 key");
  }
  SshKeyPair pair{text, text_of(key.get())};
  ssh_string_free_char(text);
  return pair;
}

}  // namespace luolab
