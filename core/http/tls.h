// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "core/base/error.h"

namespace boost::asio::ssl {
class context;
}

namespace luolab {

/// A server's certificate chain and private key, TLS 1.2 and later. Connections keep the pair they
/// began with. From the server's thread; loading reads two small files.
class TlsServerContext {
 public:
  /// PEM files. Fault::scenario names the file and what is wrong: missing, no PEM, key of another
  /// certificate.
  static Result<std::shared_ptr<TlsServerContext>> make(std::filesystem::path certificate,
                                                        std::filesystem::path key);
  /// Reads both files again. On an error the old pair stays in use.
  Result<void> reload();
  /// As `reload`, where a file's time of change, inode or size is another than when it was last
  /// read, well or not; true where the new pair is in use.
  Result<bool> reload_if_changed();

  const std::shared_ptr<boost::asio::ssl::context>& current() const { return current_; }

 private:
  TlsServerContext(std::filesystem::path certificate, std::filesystem::path key)
      : certificate_(std::move(certificate)), key_(std::move(key)) {}

  std::filesystem::path certificate_;
  std::filesystem::path key_;
  std::string stamp_;  ///< of both files when they were last read
  std::shared_ptr<boost::asio::ssl::context> current_;
};

/// What a client trusts: the CAs of a PEM file, or the system's where `ca_file` is empty.
/// Fault::scenario names the file.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_client_context(
    const std::filesystem::path& ca_file);

}  // namespace luolab
