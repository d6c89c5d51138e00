// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace luolab {

// Members of JSON that another program sent. A member that is missing or of another type reads as
// empty or 0: whoever asks decides whether that is enough. None of these throws.

std::string text_at(const boost::json::object& object, std::string_view key);
/// 0 also for a number that is negative, fractional or too large.
std::uint64_t number_at(const boost::json::object& object, std::string_view key);
std::uint64_t number_of(const boost::json::value& value);
bool flag_at(const boost::json::object& object, std::string_view key);
boost::json::object object_at(const boost::json::object& object, std::string_view key);
/// Those members of the array that are objects.
std::vector<boost::json::object> objects_at(const boost::json::object& object,
                                            std::string_view key);

}  // namespace luolab
