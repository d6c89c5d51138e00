// SPDX-License-Identifier: Apache-2.0
#include "controller/gate/gate_desk.h"

#include <fmt/format.h>

#include "controller/gate/gate.h"
#include "controller/gate/gate_storage.h"
#include "core/protocol/json.h"

namespace luolab {

GateDesk::GateDesk(asio::any_io_executor executor, GateGround ground, const Catalog& catalog,
                   std::function<void(const std::string&)> on_trouble)
    : executor_(executor),
      ground_(std::move(ground)),
      catalog_(catalog),
      on_trouble_(std::move(on_trouble)),
      tasks_(executor) {}

GateDesk::~GateDesk() = default;

Task<GateId> GateDesk::start(GateOrder order, std::string submitter) {
  NewGate gate;
  gate.title = order.title.empty() ? order.series.front().name : order.title;
  gate.submitter = submitter;
  gate.order_json = boost::json::serialize(to_json(order));
  gate.report_json = begun_report(order);
  gate.service = true;
  auto change = [gate](Store& store) { return store.add_gate(gate); };
  const GateId id = co_await ground_.writer.write(change);
  begin(id, std::move(order), std::move(submitter));
  co_return id;
}

void GateDesk::begin(GateId gate, GateOrder order, std::string submitter) {
  auto running = std::make_shared<Running>(executor_);
  running_[gate] = running;
  tasks_.spawn(carry_out(gate, std::move(order), std::move(submitter), std::move(running)));
}

Task<bool> GateDesk::answer(GateId gate, GateOrder order, std::string submitter) {
  const int priority = order.priority;
  GateSuite suite = expand_suite(order, catalog_);
  if (suite.cases.empty()) {
    // The catalog is another than when the gate was taken.
    co_await give_up(gate, "its suite can't be read any more: " + to_string(suite.errors));
    co_return false;
  }
  FleetGateRunner runner(ground_, gate, std::move(submitter), priority);
  Gate work(std::move(order), std::move(suite), id_text(gate), runner);
  co_await work.run();
  co_return true;
}

Task<std::string> GateDesk::trouble_of(Task<bool> work) {
  std::string broke;
  try {
    co_await std::move(work);
  } catch (const boost::system::system_error&) {
    throw;
  } catch (const std::exception& error) {
    broke = error.what();
  }
  co_return broke;
}

Task<bool> GateDesk::wait_for(std::shared_ptr<Running> running) {
  co_await running->canceled.wait();
  co_return true;
}

Task<void> GateDesk::carry_out(GateId gate, GateOrder order, std::string submitter,
                               std::shared_ptr<Running> running) {
  using namespace asio::experimental::awaitable_operators;
  std::string broke;
  try {
    // What it throws is taken out of it: || would go on waiting for the other side.
    Task<std::string> answered = trouble_of(answer(gate, std::move(order), std::move(submitter)));
    Task<bool> canceled = wait_for(std::move(running));
    auto first = co_await (std::move(answered) || std::move(canceled));
    if (first.index() == 0) broke = std::get<0>(first);
  } catch (const std::exception& error) {
    broke = error.what();
  }
  // The controller ends: the next one takes the gate up.
  const auto asked = co_await asio::this_coro::cancellation_state;
  if (asked.cancelled() != asio::cancellation_type::none)
    throw boost::system::system_error(asio::error::operation_aborted);
  if (!broke.empty()) {
    on_trouble_(fmt::format("gate {}: {}", id_text(gate), broke));
    co_await give_up(gate, "the controller broke: " + broke);
  }
  running_.erase(gate);
}

Task<void> GateDesk::give_up(GateId gate, std::string reason) {
  auto change = [gate, reason](Store& store) { return store.cancel_gate(gate, reason); };
  co_await ground_.writer.write(change);
}

Task<bool> GateDesk::cancel(GateId gate, std::string reason) {
  const auto found = running_.find(gate);
  if (found == running_.end()) co_return false;
  const auto running = found->second;
  running->canceled.wake();
  co_await give_up(gate, reason);
  auto question = [gate](Store& store) { return store.gate_runs(gate); };
  for (const RunId run : co_await ground_.reader.read(question))
    co_await ground_.lab.cancel_run(run, reason);
  co_return true;
}

Task<void> GateDesk::run() {
  auto question = [](Store& store) {
    std::vector<GateRecord> records;
    for (const GateRow& row : store.gates({.state = GateState::running, .limit = kLongestPage})) {
      if (auto record = store.gate(row.id); record && record->row.service)
        records.push_back(std::move(*record));
    }
    return records;
  };
  for (GateRecord& record : co_await ground_.reader.read(question)) {
    auto order = from_json<GateOrder>(record.order_json);
    if (order) begin(record.row.id, std::move(*order), record.row.submitter);
  }
  asio::steady_timer never(executor_, asio::steady_timer::time_point::max());
  std::exception_ptr ended;
  try {
    co_await never.async_wait(asio::use_awaitable);
  } catch (const boost::system::system_error&) {
    ended = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  tasks_.cancel();
  try {
    co_await tasks_.join();
  } catch (const boost::system::system_error&) {  // cancelled, as it was asked to
  }
  if (ended) std::rethrow_exception(ended);
}

}  // namespace luolab
