// SPDX-License-Identifier: Apache-2.0
#include "worker/kernel/kernel_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luolab {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Requests = std::vector<ConfigRequest>;

TEST(KernelConfig, ReadsSettingsOfEveryForm) {
  const auto requests = requests_of({{"f",
                                      "# a comment\n\nCONFIG_A=y\n# CONFIG_B is not "
                                      "set\nCONFIG_N=64\n  CONFIG_S=\"text\"  \r\n"}});
  ASSERT_TRUE(requests.has_value()) << requests.error().what;
  EXPECT_THAT(*requests,
              ElementsAre(ConfigRequest{"CONFIG_A", "y", "f"}, ConfigRequest{"CONFIG_B", "n", "f"},
                          ConfigRequest{"CONFIG_N", "64", "f"},
                          ConfigRequest{"CONFIG_S", "\"text\"", "f"}));
}

TEST(KernelConfig, NamesTheLineThatIsNoSetting) {
  const auto requests = requests_of({{"f", "CONFIG_A=y\nKASAN=y\n"}});
  ASSERT_FALSE(requests.has_value());
  EXPECT_THAT(requests.error().what, AllOf(HasSubstr("fragment f:2"), HasSubstr("KASAN=y")));
  EXPECT_FALSE(requests_of({{"f", "CONFIG_A=\n"}}).has_value());
  EXPECT_FALSE(requests_of({{"f", "CONFIG_A B=y\n"}}).has_value());
}

TEST(KernelConfig, TheLaterFragmentWins) {
  const auto requests =
      requests_of({{"one", "CONFIG_A=y\nCONFIG_B=y\n"}, {"two", "# CONFIG_A is not set\n"}});
  ASSERT_TRUE(requests.has_value());
  EXPECT_THAT(*requests, ElementsAre(ConfigRequest{"CONFIG_B", "y", "one"},
                                     ConfigRequest{"CONFIG_A", "n", "two"}));
}

TEST(KernelConfig, WritesRequestsAsKconfigReadsThem) {
  EXPECT_EQ(config_text({{"CONFIG_A", "y", "f"}, {"CONFIG_B", "n", "f"}}),
            "CONFIG_A=y\n# CONFIG_B is not set\n");
}

TEST(KernelConfig, FindsWhatKconfigDropped) {
  const Requests requests = {{"CONFIG_A", "y", "f"},
                             {"CONFIG_B", "y", "f"},
                             {"CONFIG_C", "n", "g"},
                             {"CONFIG_D", "n", "g"},
                             {"CONFIG_N", "64", "g"}};
  const std::string config = "CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=y\nCONFIG_N=8\n";
  const Requests missing = unfulfilled(requests, config);
  EXPECT_THAT(missing, ElementsAre(requests[1], requests[2], requests[4]));
  EXPECT_EQ(describe(missing, config),
            "CONFIG_B=y (fragment f; is not set)\nCONFIG_C=n (fragment g; is y)\nCONFIG_N=64 "
            "(fragment g; is 8)");
}

TEST(KernelConfig, AnOptionIsNotTakenForALongerOne) {
  EXPECT_THAT(unfulfilled({{"CONFIG_VIRTIO", "y", "f"}}, "CONFIG_VIRTIO_NET=y\n"),
              ElementsAre(ConfigRequest{"CONFIG_VIRTIO", "y", "f"}));
}

TEST(KernelConfig, AskingForNothingIsFulfilled) { EXPECT_THAT(unfulfilled({}, ""), IsEmpty()); }

}  // namespace
}  // namespace luolab
