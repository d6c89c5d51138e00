// SPDX-License-Identifier: Apache-2.0
// What operators and other programs ask about the service itself.
#include "controller/api/api_error.h"
#include "controller/api/api_parts.h"
#include "controller/metrics/metrics.h"

namespace luolab {
namespace {

struct VersionResource {
  std::string version;
  std::string api;
};
BOOST_DESCRIBE_STRUCT(VersionResource, (), (version, api))

struct StatusResource {
  std::uint64_t waiting = 0;
  std::uint64_t running = 0;
  std::uint64_t workers = 0;
  std::int64_t newest_event = 0;
};
BOOST_DESCRIBE_STRUCT(StatusResource, (), (waiting, running, workers, newest_event))

HttpResponse plain(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.fields.add("Content-Type", "text/plain; charset=utf-8");
  response.fields.add("Cache-Control", "no-store");
  response.body = std::move(text);
  return response;
}

HttpResponse metrics(ApiParts& parts) {
  HttpResponse response = plain(200, parts.metrics.text(parts.lab, parts.writer.stats(),
                                                        {.connections = parts.connections(),
                                                         .newest_event = parts.events.newest()}));
  return response;
}

HttpResponse readiness(const ApiParts& parts) {
  const std::string trouble = parts.trouble();
  if (trouble.empty()) return plain(200, "ready\n");
  throw ApiError(503, "not-ready", trouble);
}

}  // namespace

void add_operation_routes(RouteBook& book) {
  ApiParts& parts = book.parts;
  const Content text{"text/plain", {}};
  book.add({.method = "GET",
            .path = "/healthz",
            .operation = "health",
            .tag = "operations",
            .summary = "The process lives",
            .open = true,
            .answers = {{200, "it does", {text}}},
            .handle = [](ApiCall&) -> Task<HttpResponse> { co_return plain(200, "ok\n"); }});
  book.add({.method = "GET",
            .path = "/readyz",
            .operation = "readiness",
            .tag = "operations",
            .summary = "Whether it can take work; 503 says why not",
            .open = true,
            .answers = {{200, "it can", {text}}},
            .handle = [&parts](ApiCall&) -> Task<HttpResponse> { co_return readiness(parts); }});
  book.add({.method = "GET",
            .path = "/metrics",
            .operation = "metrics",
            .tag = "operations",
            .summary = "Figures for Prometheus",
            .answers = {{200, "exposition format 0.0.4", {text}}},
            .handle = [&parts](ApiCall&) -> Task<HttpResponse> { co_return metrics(parts); }});
  book.add({.method = "GET",
            .path = "/api/v1/version",
            .operation = "version",
            .tag = "operations",
            .summary = "Which luolab this is",
            .answers = {{200, "its version", {book.json<VersionResource>()}}},
            .handle = [&parts](ApiCall&) -> Task<HttpResponse> {
              co_return answer_with(VersionResource{parts.version, "v1"});
            }});
  book.add({.method = "GET",
            .path = "/api/v1/caller",
            .operation = "caller",
            .tag = "operations",
            .summary = "Who asks, and what the token allows",
            .answers = {{200, "name and role", {book.json<CallerResource>()}}},
            .handle = [](ApiCall& call) -> Task<HttpResponse> {
              co_return answer_with(CallerResource{call.caller.name, call.caller.role});
            }});
  book.add({.method = "GET",
            .path = "/api/v1/status",
            .operation = "status",
            .tag = "operations",
            .summary = "How much waits and runs",
            .answers = {{200, "counts", {book.json<StatusResource>()}}},
            .handle = [&parts](ApiCall&) -> Task<HttpResponse> {
              co_return answer_with(StatusResource{parts.lab.waiting(), parts.lab.leases().size(),
                                                   parts.lab.workers().size(),
                                                   parts.events.newest()});
            }});
}

}  // namespace luolab
