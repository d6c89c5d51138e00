// SPDX-License-Identifier: Apache-2.0
#include "worker/run/step_check.h"

#include <algorithm>
#include <array>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/protocol/json_fields.h"

namespace luolab {
namespace {

namespace json = boost::json;

/// Operations that set the scene.
constexpr std::array<std::string_view, 9> kScenery{
    "swap.", "cgroup.", "mount.", "actor.", "memory.", "file.open", "pipe", "info", "log."};

bool sets_the_scene(const StepSpec& step) {
  return std::ranges::any_of(kScenery,
                             [&](std::string_view prefix) { return step.op.starts_with(prefix); });
}

std::string call_of(const AgentFailure& failure) {
  std::string words = failure.call + ": " + failure.error;
  if (!failure.detail.empty()) words += " (" + failure.detail + ")";
  return words;
}

StepOutcome check_failure(const StepSpec& step, const AgentFailure& failure) {
  const std::string call = call_of(failure);
  if (failure.call == "request") return {Verdict::ERROR, call};
  if (std::ranges::find(step.errors, failure.error) != step.errors.end()) {
    return {Verdict::PASS, call + ", as promised"};
  }
  if (!step.errors.empty()) {
    return {Verdict::FAIL, fmt::format("{}; {} is promised", call, fmt::join(step.errors, " or "))};
  }
  const bool blameless = sets_the_scene(step) || failure.error == "ENOMEM";
  return {blameless ? Verdict::ERROR : Verdict::FAIL, call + "; it is to succeed"};
}

bool same_set(const json::array& a, const json::array& b) {
  const auto within = [](const json::array& all, const json::value& one) {
    return std::ranges::find(all, one) != all.end();
  };
  return a.size() == b.size() &&
         std::ranges::all_of(a, [&](const json::value& one) { return within(b, one); });
}

bool equal(const json::value& actual, const json::value& wanted) {
  if (actual.is_array() && wanted.is_array()) return same_set(actual.as_array(), wanted.as_array());
  if (actual.is_number() && wanted.is_number()) return number_of(actual) == number_of(wanted);
  return actual == wanted;
}

bool holds(const json::value& actual, const json::value& item) {
  return actual.is_array() && std::ranges::find(actual.as_array(), item) != actual.as_array().end();
}

/// One member of a result against its relations; empty: all hold.
class MemberCheck {
 public:
  MemberCheck(std::string_view member, const json::value& actual, const SavedResults& saved)
      : member_(member), actual_(actual), saved_(saved) {}

  std::string difference(const json::object& relations) const {
    const std::string is = json::serialize(actual_);
    for (const auto& [relation, wanted] : relations) {
      if (!fits(relation, wanted, relations)) {
        return fmt::format("{} is {}, promised is {}", member_, is, in_words(relation, wanted));
      }
    }
    return {};
  }

 private:
  bool fits(std::string_view relation, const json::value& wanted,
            const json::object& relations) const {
    if (relation == "is") return equal(actual_, wanted);
    if (relation == "has") return holds(actual_, wanted);
    if (relation == "lacks") return !holds(actual_, wanted);
    if (relation == "min") return number_of(actual_) >= number_of(wanted);
    if (relation == "max") return number_of(actual_) <= number_of(wanted);
    if (relation == "same_as") return near(saved_value(wanted), number_at(relations, "within"));
    if (relation == "differs_from") return !equal(actual_, saved_value(wanted));
    return true;  // within belongs to same_as
  }
  bool near(const json::value& wanted, std::uint64_t slack) const {
    if (slack == 0 || !actual_.is_number()) return equal(actual_, wanted);
    const std::uint64_t a = number_of(actual_), b = number_of(wanted);
    return (a > b ? a - b : b - a) <= slack;
  }
  json::value saved_value(const json::value& name) const {
    const auto found = saved_.find(name.is_string() ? std::string(name.as_string()) : "");
    if (found == saved_.end()) return {};
    const auto* value = found->second.if_contains(member_);
    return value == nullptr ? json::value() : *value;
  }
  std::string in_words(std::string_view relation, const json::value& wanted) const {
    const std::string text = json::serialize(wanted);
    if (relation == "is") return text;
    if (relation == "has") return "that it holds " + text;
    if (relation == "lacks") return "that it does not hold " + text;
    if (relation == "min") return "at least " + text;
    if (relation == "max") return "at most " + text;
    const std::string before = json::serialize(saved_value(wanted));
    if (relation == "same_as") return fmt::format("{}, as in {}", before, text);
    return fmt::format("another than in {}", text);
  }

  std::string_view member_;
  const json::value& actual_;
  const SavedResults& saved_;
};

StepOutcome check_members(const StepSpec& step, const json::object& result,
                          const SavedResults& saved) {
  std::string differences;
  const json::value members = json::parse(step.members);
  for (const auto& [member, relations] : members.as_object()) {
    const auto* actual = result.if_contains(member);
    if (actual == nullptr) {
      return {Verdict::ERROR,
              fmt::format("the result of {} has no {}", step.op, std::string_view(member))};
    }
    const std::string difference =
        MemberCheck(member, *actual, saved).difference(relations.as_object());
    if (!difference.empty()) differences += (differences.empty() ? "" : "; ") + difference;
  }
  if (differences.empty()) return {Verdict::PASS, "as promised"};
  return {Verdict::FAIL, differences};
}

}  // namespace

std::string step_title(const StepSpec& step) {
  return step.name.empty() ? step.place + " (" + step.op + ")" : step.name;
}

StepOutcome check_step(const StepSpec& step, const AgentReply& reply, const SavedResults& saved) {
  if (reply.failure) return check_failure(step, *reply.failure);
  if (!step.errors.empty()) {
    return {Verdict::FAIL,
            fmt::format("{} succeeded; {} is promised", step.op, fmt::join(step.errors, " or "))};
  }
  if (step.members.empty()) return {Verdict::PASS, "succeeded"};
  return check_members(step, reply.result, saved);
}

}  // namespace luolab
