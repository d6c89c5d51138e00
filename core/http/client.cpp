// SPDX-License-Identifier: Apache-2.0
#include "core/http/client.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <boost/asio/ssl/context.hpp>
#include <fmt/format.h>

#include "core/base/unique_fd.h"
#include "core/http/client_connection.h"
#include "core/http/grammar.h"
#include "core/http/tls.h"

namespace luolab {
namespace {

using Sink = std::function<void(std::string_view)>;

bool is_success(const HttpReply& reply) { return reply.status >= 200 && reply.status < 300; }

/// What a download was refused for by this side.
class DownloadError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

[[noreturn]] void fail_file(const std::filesystem::path& file) {
  throw DownloadError(fmt::format("{}: {}", file.string(), std::generic_category().message(errno)));
}

/// The file that a download goes to. Owns its descriptor.
class DownloadFile {
 public:
  DownloadFile(std::filesystem::path path, std::uint64_t most_bytes)
      : path_(std::move(path)),
        most_bytes_(most_bytes),
        fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666)) {
    struct stat facts {};
    if (!fd_ || ::fstat(fd_.get(), &facts) != 0) fail_file(path_);
    size_ = static_cast<std::uint64_t>(facts.st_size);
  }

  std::uint64_t size() const { return size_; }

  /// Where this reply's content begins: at the end for the stretch that was asked for, else anew.
  void begin(const HttpReply& reply) {
    const std::string range = reply.fields.get("Content-Range");
    if (reply.status == 206) {
      if (!range.starts_with(fmt::format("bytes {}-", size_)))
        throw DownloadError(fmt::format("asked for bytes from {}, got \"{}\"", size_, range));
      return;
    }
    if (::ftruncate(fd_.get(), 0) != 0) fail_file(path_);
    size_ = 0;
  }

  void append(std::string_view bytes) {
    if (bytes.size() > most_bytes_ - std::min(size_, most_bytes_)) {
      throw DownloadError(
          fmt::format("{}: more than the {} bytes expected", path_.string(), most_bytes_));
    }
    while (!bytes.empty()) {
      const ssize_t written =
          ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(size_));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail_file(path_);
      bytes.remove_prefix(static_cast<std::size_t>(written));
      size_ += static_cast<std::uint64_t>(written);
    }
  }

 private:
  std::filesystem::path path_;
  std::uint64_t most_bytes_;
  UniqueFd fd_;
  std::uint64_t size_ = 0;
};

}  // namespace

struct HttpClient::Parts {
  ClientConnection connection;

  /// Ends the connection unless the exchange came to its end.
  Task<Result<HttpReply>> guarded(const OutgoingRequest& request, const ReplyPlan& plan);
};

HttpClient::HttpClient(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

Result<HttpClient> HttpClient::make(asio::any_io_executor executor, HttpClientOptions options) {
  auto url = parse_server_url(options.url);
  if (!url) return url.error();
  if (!is_field_content(options.token))
    return scenario_error("the token holds a line break or another control character");
  std::shared_ptr<asio::ssl::context> tls;
  if (url->tls) {
    auto context = make_tls_client_context(options.ca_file);
    if (!context) return context.error();
    tls = std::move(*context);
  }
  return HttpClient(std::make_unique<Parts>(Parts{
      ClientConnection(std::move(executor), std::move(options), std::move(*url), std::move(tls))}));
}

Task<Result<HttpReply>> HttpClient::Parts::guarded(const OutgoingRequest& request,
                                                   const ReplyPlan& plan) {
  struct Guard {
    ClientConnection& connection;
    bool armed = true;
    ~Guard() {
      if (armed) connection.drop();
    }
  } guard{connection};
  std::optional<Error> failure;
  try {
    HttpReply reply = co_await connection.exchange(request, plan);
    guard.armed = false;
    co_return reply;
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    failure = connection.describe(error.code());
  } catch (const std::length_error& error) {
    failure = connection.describe(error.what());
  } catch (const DownloadError& error) {
    failure = connection.describe(error.what());
  }
  co_return *failure;
}

Task<Result<HttpReply>> HttpClient::send(std::string method, std::string target, HttpFields fields,
                                         std::string body, std::chrono::nanoseconds limit) {
  const OutgoingRequest request{std::move(method), std::move(target), std::move(fields),
                                std::move(body)};
  const ReplyPlan plan{{}, parts_->connection.options().most_reply_bytes, limit};
  auto reply = co_await within(limit, parts_->guarded(request, plan));
  if (reply) co_return std::move(*reply);
  parts_->connection.drop();
  co_return parts_->connection.describe(boost::system::error_code(asio::error::timed_out));
}

Task<Result<HttpReply>> HttpClient::stream(std::string target, HttpFields fields,
                                           std::function<void(std::string_view)> on_bytes,
                                           std::chrono::nanoseconds silence) {
  const OutgoingRequest request{"GET", std::move(target), std::move(fields), {}};
  ReplyPlan plan{{}, parts_->connection.options().most_reply_bytes, silence};
  plan.choose_sink = [&on_bytes](const HttpReply& reply) {
    return is_success(reply) ? on_bytes : Sink();
  };
  co_return co_await parts_->guarded(request, plan);
}

Task<Result<HttpReply>> HttpClient::download(std::string target, HttpFields fields,
                                             std::filesystem::path path, std::uint64_t most_bytes,
                                             std::chrono::nanoseconds silence) {
  std::optional<DownloadFile> file;
  std::string reason;
  try {
    file.emplace(path, most_bytes);
  } catch (const DownloadError& error) {
    reason = error.what();
  }
  if (!file) co_return lab_error(reason);
  if (file->size() > 0) fields.add("Range", fmt::format("bytes={}-", file->size()));
  const OutgoingRequest request{"GET", std::move(target), std::move(fields), {}};
  ReplyPlan plan{{}, parts_->connection.options().most_reply_bytes, silence};
  plan.choose_sink = [&file](const HttpReply& reply) -> Sink {
    if (!is_success(reply)) return {};
    file->begin(reply);
    return [&file](std::string_view bytes) { file->append(bytes); };
  };
  co_return co_await parts_->guarded(request, plan);
}

}  // namespace luolab
