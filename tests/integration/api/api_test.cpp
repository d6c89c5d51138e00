// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/api/api_test.h"

#include <fmt/format.h>

#include "controller/access/token.h"
#include "core/base/sha256.h"
#include "db/event_writer.h"
#include "db/sqlite.h"

namespace luolab {
namespace {

namespace fs = std::filesystem;

std::string rows_of(const Database& database, const std::string& table) {
  std::string text;
  Statement rows = database.prepare("SELECT * FROM \"" + table + "\"");
  Statement columns = database.prepare("SELECT count(*) FROM pragma_table_info(?)");
  columns.start(table);
  columns.step();
  const int width = static_cast<int>(columns.integer(0));
  for (rows.start(); rows.step();) {
    text += table + ":";
    for (int column = 0; column < width; ++column)
      text += "|" + (rows.is_blob(column) ? rows.blob(column) : rows.text(column));
    text += "\n";
  }
  return text;
}

}  // namespace

std::string scenario(std::size_t jobs, const std::string& more, const std::string& name) {
  return fmt::format(R"(apiVersion: luolab/v1
name: {}
summary: 4 KiB survive
kernels:
  outgoing: {{base: linux-7.3}}
  hops: 1
target: {{memory: 1GiB, cpus: 1}}
sessions:
  - {{name: vm, memfds: [{{name: ram, size: 4KiB, pattern: random}}]}}
repeat: {}
{})",
                     name, jobs, more);
}

ApiTest::ApiTest() {
  options_.rate = {.per_second = 0};
  options_.rate_without = {.per_second = 0};
}

void ApiTest::start() {
  service_ = std::make_unique<ApiService>(state_, options_, log_);
  document_ = service_->document();
}

void ApiTest::restart() {
  service_.reset();
  start();
}

void ApiTest::TearDown() {
  service_.reset();
  if (exchanges_.empty()) return;
  EXPECT_EQ(exchanges_.disagreements(document_, cover_), "");
}

SimulatedWorker ApiTest::connected(const std::string& name, const std::string& token) {
  SimulatedWorker made = worker(name, token);
  made.connect();
  return made;
}

Store ApiTest::store() { return Store::open(store_file(state_)).value(); }

std::string ApiTest::token(const std::string& name, TokenRole role,
                           std::optional<TimePoint> expires) {
  std::string secret = new_token();
  store().add_token({name, role, token_digest(secret), expires});
  return secret;
}

TokenId ApiTest::token_id(const std::string& secret) {
  return store().find_token(token_digest(secret)).value().id;
}

std::string ApiTest::state_text() const {
  const Database database(store_file(state_), {.only_read = true});
  std::vector<std::string> tables;
  Statement names =
      database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  for (names.start(); names.step();) tables.push_back(names.text(0));
  std::string text;
  for (const std::string& table : tables) text += rows_of(database, table);
  for (const char* folder : {"artifacts", "consoles"}) {
    std::error_code missing;
    for (const auto& entry : fs::recursive_directory_iterator(state_ / folder, missing)) {
      if (entry.is_regular_file())
        text += fmt::format("{} {}\n", entry.path().string(),
                            sha256_of(read_file(entry.path()).value()));
    }
  }
  return text;
}

boost::json::object ApiTest::wait_for(const std::string& kind, const std::string& filter) {
  const std::string token =
      admin_.empty() ? "" : fmt::format("Authorization: Bearer {}\r\n", admin_);
  EventReader reader =
      events(fmt::format("/api/v1/events?after=0&kind={}&{}", kind, filter), token);
  const auto event = reader.next();
  if (!event) throw std::runtime_error("no event " + kind + ": " + reader.head());
  return boost::json::parse(event->data).as_object();
}

std::string ApiTest::submit(std::size_t jobs, const std::string& query) {
  const ApiAnswer answer = client(admin_).submit(scenario(jobs), query);
  if (answer.status != 201) throw std::runtime_error("not submitted: " + answer.body);
  return answer.text("run");
}

boost::json::object ApiTest::run(const std::string& id) {
  return client(admin_).get("/api/v1/runs/" + id).json().at("run").as_object();
}

boost::json::object ApiTest::job(const std::string& id) {
  return client(admin_).get("/api/v1/jobs/" + id).json().at("job").as_object();
}

std::vector<std::string> ApiTest::jobs_of(const std::string& run) {
  std::vector<std::string> ids;
  ApiClient asking = client(admin_);
  for (const auto& item : asking.all("/api/v1/runs/" + run + "/jobs?limit=200"))
    ids.emplace(ids.begin(), item.at("id").as_string());
  return ids;
}

}  // namespace luolab
