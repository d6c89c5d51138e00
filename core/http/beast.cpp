// SPDX-License-Identifier: Apache-2.0
// Beast and Asio's TLS, compiled once (BOOST_BEAST_SEPARATE_COMPILATION).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
#pragma GCC diagnostic pop
