// SPDX-License-Identifier: Apache-2.0
#include "core/http/tls.h"

#include <sys/stat.h>

#include <boost/asio/ssl/context.hpp>
#include <fmt/format.h>

namespace luolab {
namespace {

namespace ssl = boost::asio::ssl;
using ContextPointer = std::shared_ptr<ssl::context>;

Error file_error(const std::filesystem::path& file, const boost::system::error_code& error,
                 std::string_view expected) {
  struct stat facts {};
  const std::string reason = ::stat(file.c_str(), &facts) != 0 ? "can't be read" : error.message();
  return {Fault::scenario, error,
          fmt::format("{}: {} (expected {})", file.string(), reason, expected)};
}

void harden(ssl::context& context) {
  context.set_options(ssl::context::default_workarounds | ssl::context::no_compression);
  ::SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  ::SSL_CTX_set_options(context.native_handle(), SSL_OP_NO_RENEGOTIATION);
  ::SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);
}

Result<ContextPointer> load_pair(const std::filesystem::path& certificate,
                                 const std::filesystem::path& key) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  harden(*context);
  boost::system::error_code error;
  context->use_certificate_chain_file(certificate.string(), error);
  if (error)
    return file_error(certificate, error, "a PEM certificate chain, the server's own first");
  context->use_private_key_file(key.string(), ssl::context::pem, error);
  if (error) {
    return file_error(
        key, error, fmt::format("the PEM private key of {}, not encrypted", certificate.string()));
  }
  return context;
}

std::string stamp_of(const std::filesystem::path& file) {
  struct stat facts {};
  if (::stat(file.c_str(), &facts) != 0) return "missing;";
  return fmt::format("{}.{:09} {} {};", facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, facts.st_ino,
                     facts.st_size);
}

}  // namespace

Result<std::shared_ptr<TlsServerContext>> TlsServerContext::make(std::filesystem::path certificate,
                                                                 std::filesystem::path key) {
  std::shared_ptr<TlsServerContext> made(
      new TlsServerContext(std::move(certificate), std::move(key)));
  if (auto loaded = made->reload(); !loaded) return loaded.error();
  return made;
}

Result<void> TlsServerContext::reload() {
  stamp_ = stamp_of(certificate_) + stamp_of(key_);
  auto fresh = load_pair(certificate_, key_);
  if (!fresh) return fresh.error();
  current_ = std::move(*fresh);
  return {};
}

Result<bool> TlsServerContext::reload_if_changed() {
  if (stamp_of(certificate_) + stamp_of(key_) == stamp_) return false;
  if (auto loaded = reload(); !loaded) return loaded.error();
  return true;
}

Result<ContextPointer> make_tls_client_context(const std::filesystem::path& ca_file) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  harden(*context);
  context->set_verify_mode(ssl::verify_peer);
  boost::system::error_code error;
  if (ca_file.empty()) {
    context->set_default_verify_paths(error);
    if (error) return lab_error("the system's CA certificates can't be used: " + error.message());
  } else {
    context->load_verify_file(ca_file.string(), error);
    if (error) return file_error(ca_file, error, "PEM certificates of the CAs to trust");
  }
  return context;
}

}  // namespace luolab
