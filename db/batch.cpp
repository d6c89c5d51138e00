// SPDX-License-Identifier: Apache-2.0
#include "db/store.h"

namespace luolab {
namespace {

/// A step's own mistake; all else concerns the whole transaction.
bool concerns_one_step(const SqliteError& error) {
  return error.fault() == SqliteFault::constraint || error.fault() == SqliteFault::other;
}

/// Runs one step in a savepoint. Its exception, or null. Throws what concerns the whole batch.
std::exception_ptr run_step(Database& database, const std::function<void()>& step) {
  try {
    Transaction savepoint(database);
    step();
    savepoint.commit();
    return {};
  } catch (const SqliteError& error) {
    if (!concerns_one_step(error) || !database.in_transaction()) throw;
    return std::current_exception();
  } catch (...) {
    if (!database.in_transaction()) throw;
    return std::current_exception();
  }
}

}  // namespace

std::vector<std::exception_ptr> Store::batch(std::span<const std::function<void()>> steps) {
  std::vector<std::exception_ptr> outcomes;
  outcomes.reserve(steps.size());
  Transaction transaction(database_);
  for (const auto& step : steps) outcomes.push_back(run_step(database_, step));
  transaction.commit();
  return outcomes;
}

void Store::together(const std::function<void()>& work) {
  Transaction transaction(database_);
  work();
  transaction.commit();
}

}  // namespace luolab
