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

/// Flat nesting for as long as it lives.
class Flat {
 public:
  explicit Flat(Database& database) : database_(database) { database_.set_flat(true); }
  Flat(const Flat&) = delete;
  Flat& operator=(const Flat&) = delete;
  ~Flat() { database_.set_flat(false); }

 private:
  Database& database_;
};

/// Runs the steps without savepoints, which copy every page that a step changes. Empty, and nothing
/// is kept, where a step must be taken back: then all are to be run again in savepoints.
std::optional<std::vector<std::exception_ptr>> run_flat(
    Database& database, std::span<const std::function<void()>> steps) {
  std::vector<std::exception_ptr> outcomes;
  outcomes.reserve(steps.size());
  Transaction transaction(database);
  const Flat flat(database);
  for (const auto& step : steps) {
    const std::int64_t changes = database.total_changes();
    try {
      step();
      outcomes.emplace_back();
    } catch (...) {
      if (!database.in_transaction()) throw;
      if (database.total_changes() != changes) return {};
      outcomes.push_back(std::current_exception());
    }
    if (database.spoiled()) return {};
  }
  transaction.commit();
  return outcomes;
}

}  // namespace

std::vector<std::exception_ptr> Store::batch(std::span<const std::function<void()>> steps) {
  if (auto outcomes = run_flat(database_, steps)) return std::move(*outcomes);
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
