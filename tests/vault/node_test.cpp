// A Shamir node on file storage, over its HTTP API, against what a real Vault 1.14.9 answered.
#include <gtest/gtest.h>

#include "tests/vault/vault_world.hpp"

namespace squall::vault::testing {
namespace {

const std::string uninitialised =
    R"({"initialized":false,"sealed":true,"standby":true,"performance_standby":false,"replication_performance_mode":"unknown","replication_dr_mode":"unknown","server_time_utc":1704067200,"version":"1.14.9"})";

TEST(Node, UninitialisedHealth) {
  Machine machine;
  machine.start();
  ASSERT_EQ(machine.context->standard_error.substr(25),
            R"([INFO]  proxy environment: http_proxy="" https_proxy="" no_proxy=""
2024-01-01T00:00:00.080Z [INFO]  core: Initializing version history cache for core
)");
  const auto health = machine.call("GET", "/v1/sys/health");
  EXPECT_EQ(health.status, 501);
  EXPECT_EQ(health.body, uninitialised + "\n");
  EXPECT_EQ(machine.call("GET", "/v1/sys/health?uninitcode=299").response.reason, "status code 299");
  EXPECT_EQ(machine.call("GET", "/v1/sys/health?uninitcode=abc").status, 400);
  EXPECT_EQ(machine.call("HEAD", "/v1/sys/health").body, "");
  EXPECT_EQ(machine.call("POST", "/v1/sys/health").status, 405);
}

TEST(Node, InitUnsealAndSecrets) {
  Machine machine;
  machine.start();
  const auto init = machine.call("PUT", "/v1/sys/init", "", R"({"secret_shares":3,"secret_threshold":2})");
  ASSERT_EQ(init.status, 200) << init.body;
  EXPECT_EQ(init.body.size(), 419U);  // as recorded
  const std::string root = init.json["root_token"];
  auto unseal = [&](int key) {
    return machine.call(
        "PUT", "/v1/sys/unseal", "",
        nlohmann::json{{"key", init.json["keys_base64"][static_cast<std::size_t>(key)]}}.dump());
  };
  auto first = unseal(0);
  EXPECT_EQ(first.json["progress"], 1);
  EXPECT_EQ(first.json["nonce"].get<std::string>().size(), 36U);
  auto second = unseal(1);
  EXPECT_EQ(second.json["sealed"], false) << second.body;
  EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 200);
  const auto mounted = machine.call("POST", "/v1/sys/mounts/secret", root, R"({"type":"kv-v2"})");
  EXPECT_EQ(mounted.status, 204) << mounted.body << machine.context->standard_error;
  machine.scheduler.advance(1ms);
  EXPECT_EQ(machine.call("POST", "/v1/secret/data/app", root, R"({"data":{"a":"1"}})").status, 200);
  EXPECT_EQ(machine.call("GET", "/v1/secret/data/app", root).json["data"]["data"]["a"], "1");
  EXPECT_EQ(machine.call("GET", "/v1/secret/data/app", "bogus").status, 403);
}

}  // namespace
}  // namespace squall::vault::testing
