// SPDX-License-Identifier: Apache-2.0
#include "core/async/resolve.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

namespace luolab {
namespace {

using Resolver = asio::ip::tcp::resolver;

/// Where names are looked up, which blocks.
asio::thread_pool& lookups() {
  static asio::thread_pool threads(2);
  return threads;
}

}  // namespace

Task<Endpoints> resolve_host(std::string host, std::uint16_t port) {
  const auto look_up = [&] {
    asio::io_context context;
    Resolver resolver(context);
    return resolver.resolve(host, std::to_string(port), Resolver::numeric_service);
  };
  co_return co_await run_on(lookups().get_executor(), look_up);
}

}  // namespace luolab
