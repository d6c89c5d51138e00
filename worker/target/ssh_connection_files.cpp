// SPDX-License-Identifier: Apache-2.0
// Files to the other side, by SFTP.
#include <fcntl.h>

#include <algorithm>

#include <fmt/format.h>

#include "worker/target/ssh_connection.h"

namespace luolab {
namespace {

constexpr std::size_t kSftpBlock = 32'000;

}  // namespace

SshResult<void> SshConnection::write_file(sftp_session sftp, const std::string& path,
                                          std::string_view bytes, std::uint32_t mode) {
  const auto refusal = [&](std::string_view doing) {
    const int code = sftp_get_error(sftp);
    const char* const why = code == SSH_FX_PERMISSION_DENIED ? "permission denied"
                            : code == SSH_FX_NO_SUCH_FILE    ? "no such folder"
                            : code == SSH_FX_FAILURE         ? "it failed; is the disk full?"
                                                             : ssh_get_error(session_.get());
    return ssh_error(
        ssh_is_connected(session_.get()) != 0 ? SshTrouble::refused : SshTrouble::lost,
        fmt::format("{}: {} {} ({} bytes): {}", where_, doing, path, bytes.size(), why));
  };
  sftp_file file = sftp_open(sftp, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, mode);
  if (file == nullptr) return refusal("making");
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kSftpBlock);
    const ssize_t sent = sftp_write(file, bytes.data(), size);
    if (sent <= 0) {
      SshError error = refusal("writing");
      sftp_close(file);
      return error;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  if (sftp_close(file) != SSH_OK) return refusal("closing");
  if (sftp_chmod(sftp, path.c_str(), mode) != SSH_OK) return refusal("changing the mode of");
  return {};
}

SshResult<void> SshConnection::put(const std::string& path, std::string_view bytes,
                                   std::uint32_t mode) {
  const SftpHandle sftp(sftp_new(session_.get()));
  if (!sftp || sftp_init(sftp.get()) != SSH_OK) {
    SshError error = refused("SFTP");
    error.error.what += " (it needs an SFTP server: apt-get install openssh-sftp-server there)";
    return error;
  }
  auto written = replace_file(sftp.get(), path, bytes, mode);
  close(sftp->channel);
  return written;
}

SshResult<void> SshConnection::replace_file(sftp_session sftp, const std::string& path,
                                            std::string_view bytes, std::uint32_t mode) {
  const std::string neighbour = path + ".part";
  auto written = write_file(sftp, neighbour, bytes, mode);
  if (!written) {
    if (written.error().trouble != SshTrouble::lost) sftp_unlink(sftp, neighbour.c_str());
    return written;
  }
  sftp_unlink(sftp, path.c_str());
  if (sftp_rename(sftp, neighbour.c_str(), path.c_str()) != SSH_OK) {
    SshError error = refused("renaming " + neighbour);
    sftp_unlink(sftp, neighbour.c_str());
    return error;
  }
  return {};
}

}  // namespace luolab
