// The power goes at every write of an initialisation and of a secret's; the machine comes back with what was
// synced.
#include <gtest/gtest.h>

#include "tests/vault/vault_world.hpp"

namespace squall::vault::testing {
namespace {

const std::string one_share = R"({"secret_shares":1,"secret_threshold":1})";

// True when the power went before the answer came.
template <class Work>
bool loses_power(Machine& machine, int change, Work work) {
  machine.disk.lose_power_at(change);
  bool lost = false;
  try {
    work();
  } catch (const PowerLoss&) {
    lost = true;
  }
  machine.kill();
  machine.disk.power_back();
  return lost;
}

TEST(Crash, AtEveryWriteOfAnInitialisation) {
  int uninitialised = 0, broken = 0, unusable = 0;
  for (int change = 1;; ++change) {
    Machine machine;
    machine.start();
    if (!loses_power(machine, change, [&] { machine.init_and_unseal(); })) {
      machine.start();
      machine.unseal();
      EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 200) << "acknowledged";
      break;
    }
    ASSERT_LT(change, 500);
    machine.start();
    const auto health = machine.call("GET", "/v1/sys/health");
    // What Vault leaves: nothing yet, a key ring without a seal configuration, or sealed for good.
    uninitialised += health.status == 501;
    broken += health.status == 500;
    unusable += health.status == 503;
    if (health.status == 501) {
      machine.init_and_unseal();
      EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 200) << "change " << change;
    } else if (health.status == 500) {
      EXPECT_EQ(health.json["errors"][0],
                "core: barrier reports initialized but no seal configuration found");
    } else if (!machine.key.empty()) {
      machine.unseal();
      EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 200) << "change " << change;
    }
  }
  EXPECT_GT(uninitialised, 0);
  EXPECT_GT(broken, 0);
  EXPECT_GT(unusable, 0);
}

TEST(Crash, AtEveryWriteOfASecret) {
  for (const bool versioned : {false, true}) {
    const std::string path = versioned ? "/v1/kv/data/app" : "/v1/kv/app";
    const std::string before = versioned ? R"({"data":{"a":"before"}})" : R"({"a":"before"})";
    const std::string after = versioned ? R"({"data":{"a":"after"}})" : R"({"a":"after"})";
    bool finished = false;
    for (int change = 1; !finished; ++change) {
      ASSERT_LT(change, 100);
      Machine machine;
      machine.start();
      machine.init_and_unseal();
      machine.call("POST", "/v1/sys/mounts/kv", machine.root,
                   versioned ? R"({"type":"kv-v2"})" : R"({"type":"kv"})");
      machine.scheduler.advance(1ms);
      ASSERT_LT(machine.call("PUT", path, machine.root, before).status, 300);
      finished = !loses_power(machine, change, [&] { machine.call("PUT", path, machine.root, after); });
      machine.start();
      machine.unseal();
      const auto read = machine.call("GET", path, machine.root);
      ASSERT_EQ(read.status, 200) << read.body;
      const std::string value = versioned ? read.json["data"]["data"]["a"] : read.json["data"]["a"];
      if (finished) {
        EXPECT_EQ(value, "after") << "an acknowledged write is lost";
      }
      EXPECT_TRUE(value == "before" || value == "after") << value;
    }
  }
}

}  // namespace
}  // namespace squall::vault::testing
