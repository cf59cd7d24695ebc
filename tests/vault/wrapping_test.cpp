// Wrapped answers, cubbyholes, batch tokens, uses of a token, and mounts that move.
#include <gtest/gtest.h>

#include "tests/vault/vault_world.hpp"

namespace squall::vault::testing {
namespace {

struct Tokens : ::testing::Test {
  Machine machine;
  std::string root;

  void SetUp() override {
    machine.start();
    machine.init_and_unseal();
    root = machine.root;
    machine.call("POST", "/v1/sys/mounts/kv", root, R"({"type":"kv"})");
    machine.call("PUT", "/v1/kv/app", root, R"({"a":"1"})");
  }
  Machine::Exchange wrapped(const std::string& target, const std::string& ttl = "60s") {
    return machine.call("GET", target, root, "", {{"X-Vault-Wrap-TTL", ttl}});
  }
  std::string create(const std::string& body) {
    const auto made = machine.call("POST", "/v1/auth/token/create", root, body);
    return made.status == 200 ? made.json["auth"]["client_token"] : made.json["errors"][0];
  }
};

TEST_F(Tokens, AWrappedAnswerIsReadOnce) {
  const auto wrap = wrapped("/v1/kv/app");
  ASSERT_EQ(wrap.status, 200) << wrap.body;
  EXPECT_TRUE(wrap.json["data"].is_null());
  EXPECT_EQ(wrap.json["wrap_info"]["ttl"], 60);
  EXPECT_EQ(wrap.json["wrap_info"]["creation_path"], "kv/app");
  const std::string token = wrap.json["wrap_info"]["token"];
  const std::string named = nlohmann::json{{"token", token}}.dump();
  EXPECT_EQ(machine.call("POST", "/v1/sys/wrapping/lookup", "", named).json["data"]["creation_ttl"], 60);
  EXPECT_EQ(machine.call("GET", "/v1/kv/app", token).status, 403) << "it is good for nothing else";

  const auto again = wrapped("/v1/kv/app");
  const std::string second = again.json["wrap_info"]["token"];
  const auto unwrapped = machine.call("PUT", "/v1/sys/wrapping/unwrap", second, "{}");
  EXPECT_EQ(unwrapped.json["data"]["a"], "1") << unwrapped.body;
  const auto twice = machine.call("PUT", "/v1/sys/wrapping/unwrap", second, "{}");
  EXPECT_EQ(twice.status, 400);
  EXPECT_EQ(twice.json["errors"][0], "wrapping token is not valid or does not exist");
}

TEST_F(Tokens, AnotherMayUnwrapAndTheTimeRunsOut) {
  const std::string token = wrapped("/v1/kv/app").json["wrap_info"]["token"];
  const std::string named = nlohmann::json{{"token", token}}.dump();
  EXPECT_EQ(machine.call("PUT", "/v1/sys/wrapping/unwrap", root, named).json["data"]["a"], "1");
  EXPECT_EQ(machine.call("PUT", "/v1/sys/wrapping/unwrap", root, named).status, 400);
  const std::string late = wrapped("/v1/kv/app", "5s").json["wrap_info"]["token"];
  machine.scheduler.advance(std::chrono::seconds{6});
  EXPECT_EQ(machine.call("PUT", "/v1/sys/wrapping/unwrap", late, "{}").status, 400);
  EXPECT_EQ(wrapped("/v1/kv/app", "soon").status, 400);
  EXPECT_EQ(machine.call("PUT", "/v1/sys/wrapping/wrap", root, R"({"x":"y"})").json["errors"][0],
            "endpoint requires response wrapping to be used");
}

// What unwrapping answers, and a deleted version's metadata, may be wrapped as well.
TEST_F(Tokens, WhatIsWrappedAgain) {
  const std::vector<http::Headers::Field> wrap = {{"X-Vault-Wrap-TTL", "60"}};
  machine.call("POST", "/v1/sys/mounts/secret", machine.root, R"({"type":"kv-v2"})");
  machine.call("PUT", "/v1/secret/data/a", machine.root, R"({"data":{"x":"1"}})");
  const auto first = machine.call("GET", "/v1/secret/data/a", machine.root, "", wrap);
  const std::string token = first.json["wrap_info"]["token"];
  const auto again = machine.call("PUT", "/v1/sys/wrapping/unwrap", token, "{}", wrap);
  ASSERT_EQ(again.json["wrap_info"]["creation_path"], "sys/wrapping/unwrap");
  const std::string second = again.json["wrap_info"]["token"];
  EXPECT_EQ(machine.call("PUT", "/v1/sys/wrapping/unwrap", second, "{}").json["data"]["data"]["x"], "1");
  machine.call("DELETE", "/v1/secret/data/a", machine.root);
  EXPECT_TRUE(machine.call("GET", "/v1/secret/data/a", machine.root, "", wrap).json["wrap_info"].is_object());
}

TEST_F(Tokens, ACubbyholeIsItsTokensAlone) {
  const std::string one = create(R"({"policies":["default"]})"),
                    other = create(R"({"policies":["default"]})");
  EXPECT_EQ(machine.call("PUT", "/v1/cubbyhole/x", one, R"({"a":"1"})").status, 204);
  EXPECT_EQ(machine.call("GET", "/v1/cubbyhole/x", one).json["data"]["a"], "1");
  EXPECT_EQ(machine.call("GET", "/v1/cubbyhole/x", other).status, 404);
  EXPECT_EQ(machine.call("LIST", "/v1/cubbyhole", one).json["data"]["keys"][0], "x");
}

TEST_F(Tokens, ABatchTokenIsItsOwnRecord) {
  machine.call("PUT", "/v1/sys/policies/acl/ro", root,
               R"({"policy":"path \"kv/*\" { capabilities = [\"read\"] }"})");
  const std::string token = create(R"({"type":"batch","policies":["ro"],"ttl":"5m"})");
  ASSERT_EQ(token.substr(0, 4), "hvb.");
  EXPECT_EQ(machine.call("GET", "/v1/kv/app", token).json["data"]["a"], "1");
  EXPECT_EQ(machine.call("PUT", "/v1/kv/app", token, R"({"a":"2"})").status, 403);
  EXPECT_EQ(machine.call("GET", "/v1/auth/token/lookup-self", token).json["data"]["type"], "batch");
  EXPECT_EQ(machine.call("POST", "/v1/auth/token/renew-self", token, "{}").json["errors"][0],
            "batch tokens cannot be renewed");
  EXPECT_EQ(machine.call("GET", "/v1/kv/app", token + "x").status, 403) << "it is sealed";
  machine.scheduler.advance(std::chrono::minutes{6});
  EXPECT_EQ(machine.call("GET", "/v1/kv/app", token).status, 403);
  EXPECT_EQ(create(R"({"type":"batch","policies":["root"]})"), "batch tokens cannot be root tokens");
  EXPECT_EQ(create(R"({"type":"batch","policies":["root"],"explicit_max_ttl":"0s","period":"1h"})"),
            "batch tokens cannot be root tokens")
      << "the first of them that is given is the only one looked at";
  EXPECT_EQ(create(R"({"type":"batch","policies":["ro"],"num_uses":2})"),
            "batch tokens cannot have \"num_uses\" set");
}

TEST_F(Tokens, UsesAreCounted) {
  const std::string token = create(R"({"policies":["root"],"num_uses":2})");
  EXPECT_EQ(machine.call("GET", "/v1/kv/app", token).status, 200);
  EXPECT_EQ(machine.call("GET", "/v1/kv/app", token).status, 200);
  EXPECT_EQ(machine.call("GET", "/v1/kv/app", token).status, 403);
}

TEST_F(Tokens, AMountMovesWithWhatItHolds) {
  const auto moved = machine.call("POST", "/v1/sys/remount", root, R"({"from":"kv","to":"secret"})");
  const std::string id = moved.json["data"]["migration_id"];
  const std::string status = "/v1/sys/remount/status/" + id;
  EXPECT_EQ(machine.call("GET", status, root).json["data"]["migration_info"]["status"], "in-progress");
  machine.scheduler.advance(200ms);
  EXPECT_EQ(machine.call("GET", status, root).json["data"]["migration_info"]["status"], "success");
  EXPECT_EQ(machine.call("GET", "/v1/secret/app", root).json["data"]["a"], "1");
  EXPECT_EQ(machine.call("GET", "/v1/kv/app", root).status, 404);
  EXPECT_EQ(machine.call("POST", "/v1/sys/remount", root, R"({"from":"none","to":"x"})").json["errors"][0],
            "no matching mount at \"none/\"");
}

}  // namespace
}  // namespace squall::vault::testing
