// SPDX-License-Identifier: Apache-2.0
#include "core/protocol/page_map.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace luolab {
namespace {

TEST(PageStates, JoinsNeighboursAndCountsThem) {
  PageStates states;
  states.add(PageState::whole, 500);
  states.add(PageState::whole, 11);
  states.add(PageState::lost, 3);
  states.add(PageState::foreign);
  states.add(PageState::torn, 0);
  states.add(PageState::torn);
  EXPECT_EQ(states.text(), "W511L3FT");
  EXPECT_EQ(states.count(PageState::whole), 511U);
  EXPECT_EQ(states.bad_pages(), 4U);
  EXPECT_EQ(states.first_bad_page(), 511U);
}

TEST(PageStates, TakesAtMostAByteAPage) {
  PageStates states;
  for (int i = 0; i < 1000; ++i) states.add(i % 2 == 0 ? PageState::whole : PageState::stale);
  EXPECT_EQ(states.text().size(), 1000U);
  PageStates pairs;
  for (int i = 0; i < 1000; ++i) pairs.add(i % 4 < 2 ? PageState::corrupt : PageState::whole);
  EXPECT_LE(pairs.text().size(), 1000U);
}

TEST(PageStates, HaveALetterEach) {
  std::string letters;
  for (int i = 0; i < static_cast<int>(kPageStates); ++i) {
    letters += page_state_letter(static_cast<PageState>(i));
  }
  EXPECT_EQ(letters, "WTLFSCXU");
}

TEST(PageStates, AreTornByRightAndUncheckedWithoutBlame) {
  PageStates states;
  states.add(PageState::torn, 2);
  states.add(PageState::unchecked, 5);
  EXPECT_EQ(states.bad_pages(), 0U);
  EXPECT_EQ(states.first_bad_page(), std::nullopt);
  EXPECT_EQ(bad_pages_in_words(states), "");
}

TEST(PageStates, AreToldInALine) {
  PageStates states;
  states.add(PageState::whole, 511);
  states.add(PageState::lost, 3);
  states.add(PageState::foreign);
  EXPECT_EQ(bad_pages_in_words(states), "3 pages lost, 1 foreign; first at page 511");
  PageStates one;
  one.add(PageState::corrupt);
  EXPECT_EQ(bad_pages_in_words(one), "1 page corrupt; first at page 0");
}

TEST(PageMap, IsJsonOfItsSchema) {
  PageMap map;
  MemfdPages memfd{.hop = 1,
                   .memfd = "vm-0/ram",
                   .look = 2,
                   .pattern = "records",
                   .size_bytes = 8192,
                   .hole_pages = 1,
                   .hole_period = 7,
                   .actual_bytes = 4096,
                   .states = {}};
  memfd.states.add(PageState::whole);
  memfd.states.add(PageState::stale);
  map.memfds.push_back(std::move(memfd));
  map.bad.push_back({.entry = 0,
                     .page = 1,
                     .state = PageState::stale,
                     .seems = "holds step 3, expected step 4",
                     .expected = {"aa", "bb"},
                     .actual = PageEnds{"cc", "dd"},
                     .wanted = PageOrigin{"vm-0/ram", 1, 4, 2, true},
                     .found = PageOrigin{"vm-0/ram", 1, 3, 2, true},
                     .first_difference_byte = 24,
                     .different_words = 510});
  map.bad_left_out = 7;
  const std::string text = to_text(map);
  EXPECT_EQ(text.back(), '\n');
  EXPECT_EQ(boost::json::parse(text), boost::json::parse(R"({
    "schema": "luolab.page-map/v1", "page_bytes": 4096,
    "memfds": [{"hop": 1, "memfd": "vm-0/ram", "look": 2, "pattern": "records", "size_bytes": 8192,
                "hole_pages": 1, "hole_period": 7, "actual_bytes": 4096, "states": "WS"}],
    "bad": [{"entry": 0, "page": 1, "state": "S", "seems": "holds step 3, expected step 4",
             "expected": {"head": "aa", "tail": "bb"}, "actual": {"head": "cc", "tail": "dd"},
             "wanted": {"memfd": "vm-0/ram", "page": 1, "generation": 4, "writer": 2, "identical": true},
             "found": {"memfd": "vm-0/ram", "page": 1, "generation": 3, "writer": 2, "identical": true},
             "first_difference_byte": 24, "different_words": 510}],
    "bad_left_out": 7})"));
}

}  // namespace
}  // namespace luolab
