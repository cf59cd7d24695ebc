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

TEST(Node, WrongLastKeyLosesTheProgress) {
  Machine machine;
  machine.start();
  const auto init = machine.call("PUT", "/v1/sys/init", "", R"({"secret_shares":3,"secret_threshold":2})");
  const std::string first = nlohmann::json{{"key", init.json["keys"][0]}}.dump();
  machine.call("PUT", "/v1/sys/unseal", "", first);
  const auto wrong =
      machine.call("PUT", "/v1/sys/unseal", "", R"({"key":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"})");
  EXPECT_EQ(
      wrong.body,
      "{\"errors\":[\"unable to retrieve stored keys: invalid key: failed to decrypt keys from storage: "
      "cipher: message authentication failed\"]}\n");
  EXPECT_EQ(machine.call("GET", "/v1/sys/seal-status").json["progress"], 0);
  EXPECT_EQ(machine.call("PUT", "/v1/sys/unseal", "", first).json["sealed"], true);
}

TEST(Node, UserpassPoliciesAndTokenLife) {
  Machine machine;
  machine.start();
  machine.init_and_unseal();
  const std::string root = machine.root;
  machine.call("POST", "/v1/sys/mounts/kv1", root, R"({"type":"kv"})");
  machine.call("PUT", "/v1/sys/policies/acl/ro", root,
               R"({"policy":"path \"kv1/*\" { capabilities = [\"read\"] }"})");
  EXPECT_EQ(machine.call("POST", "/v1/sys/auth/userpass", root, R"({"type":"userpass"})").status, 204);
  machine.call("POST", "/v1/auth/userpass/users/u", root, R"({"password":"pw","policies":"ro"})");
  EXPECT_EQ(machine.call("POST", "/v1/auth/userpass/login/u", "", R"({"password":"no"})").status, 400);
  const auto login = machine.call("POST", "/v1/auth/userpass/login/u", "", R"({"password":"pw"})");
  ASSERT_EQ(login.status, 200) << login.body;
  const std::string token = login.json["auth"]["client_token"];
  machine.call("PUT", "/v1/kv1/x", root, R"({"a":"1"})");
  EXPECT_EQ(machine.call("GET", "/v1/kv1/x", token).json["data"]["a"], "1");
  const auto denied = machine.call("PUT", "/v1/kv1/x", token, R"({"a":"2"})");
  EXPECT_EQ(denied.status, 403);
  EXPECT_EQ(denied.json["errors"][0], "1 error occurred:\n\t* permission denied\n\n");
  EXPECT_EQ(machine.call("PUT", "/v1/sys/seal", token).status, 403);

  const auto child = machine.call("POST", "/v1/auth/token/create", root, R"({"policies":["ro"],"ttl":"1h"})");
  const std::string short_lived = child.json["auth"]["client_token"];
  machine.scheduler.advance(std::chrono::minutes{59});
  EXPECT_EQ(machine.call("GET", "/v1/auth/token/lookup-self", short_lived).json["data"]["ttl"], 60);
  EXPECT_EQ(machine.call("POST", "/v1/auth/token/renew-self", short_lived, "{}").status, 200);
  machine.scheduler.advance(std::chrono::minutes{59});
  EXPECT_EQ(machine.call("GET", "/v1/kv1/x", short_lived).status, 200);
  machine.scheduler.advance(std::chrono::minutes{2});
  EXPECT_EQ(machine.call("GET", "/v1/kv1/x", short_lived).status, 403);
  EXPECT_EQ(machine.call("POST", "/v1/auth/token/revoke-self", token).status, 204);
  EXPECT_EQ(machine.call("GET", "/v1/kv1/x", token).status, 403);
}

TEST(Node, VersionsOfASecret) {
  Machine machine;
  machine.start();
  machine.init_and_unseal();
  const std::string root = machine.root;
  machine.call("POST", "/v1/sys/mounts/secret", root, R"({"type":"kv-v2"})");
  EXPECT_EQ(machine.call("GET", "/v1/secret/data/app", root).status, 404);  // usable at once
  machine.call("POST", "/v1/secret/data/app", root, R"({"data":{"a":"1"},"options":{"cas":0}})");
  EXPECT_EQ(
      machine.call("POST", "/v1/secret/data/app", root, R"({"data":{"a":"2"},"options":{"cas":0}})").body,
      "{\"errors\":[\"check-and-set parameter did not match the current version\"]}\n");
  machine.call("POST", "/v1/secret/data/app", root, R"({"data":{"a":"2"}})");
  EXPECT_EQ(machine.call("GET", "/v1/secret/data/app?version=1", root).json["data"]["data"]["a"], "1");
  EXPECT_EQ(machine.call("DELETE", "/v1/secret/data/app", root).status, 204);
  EXPECT_EQ(machine.call("GET", "/v1/secret/data/app", root).status, 404);
  machine.call("POST", "/v1/secret/undelete/app", root, R"({"versions":[2]})");
  EXPECT_EQ(machine.call("GET", "/v1/secret/data/app", root).json["data"]["data"]["a"], "2");
  machine.call("PUT", "/v1/secret/destroy/app", root, R"({"versions":[1]})");
  EXPECT_EQ(machine.call("GET", "/v1/secret/data/app?version=1", root).json["data"]["metadata"]["destroyed"],
            true);
}

TEST(Node, SignalsEndAndReloadIt) {
  Machine machine;
  machine.start();
  machine.init_and_unseal();
  EXPECT_EQ(machine.context->notified, std::vector<std::string>{"READY=1"});
  machine.context->signal(SIGHUP);
  machine.scheduler.advance(1ms);
  EXPECT_NE(machine.context->standard_output.find("==> Vault reload triggered\n"), std::string::npos);
  machine.context->signal(SIGTERM);
  machine.scheduler.advance(600ms);
  EXPECT_EQ(machine.exit_status, 0);
  const std::string& log = machine.context->standard_error;
  EXPECT_TRUE(log.ends_with("[INFO]  core: vault is sealed\n")) << log;
  EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 0) << "still listening";
}

TEST(Node, RefusesPathsThatAreNoText) {
  Machine machine;
  machine.start();
  machine.init_and_unseal();
  for (const char* path : {"/v1/sys/auth/a%01", "/v1/sys/auth/a%7f", "/v1/sys/auth/a%C2%85", "/v1/%0a"}) {
    const auto refused = machine.call("POST", path, machine.root, R"({"type":"userpass"})");
    EXPECT_EQ(refused.status, 400) << path;
    EXPECT_EQ(refused.body, "") << path;
  }
  EXPECT_EQ(machine.call("POST", "/v1/sys/auth/use\x91rpass", machine.root, R"({"type":"userpass"})").body,
            "{\"errors\":[\"the Squall stand-in does not serve a path that is not UTF-8\"]}\n");
  EXPECT_NE(machine.call("GET", "/v1/none/\xc3\xa9", machine.root).status, 400);
}

TEST(Node, RefusesByNameWhatItDoesNotServe) {
  Machine machine(
      "storage \"raft\" { path = \"/opt/raft\" }\napi_addr = \"http://a:8200\"\n"
      "cluster_addr = \"https://a:8201\"\n");
  machine.disk.write("/opt/raft/node-id", "a", 0600);
  machine.start();
  EXPECT_EQ(machine.exit_status, 1);
  EXPECT_EQ(machine.context->standard_output,
            "Error initializing storage of type raft: the Squall stand-in does not serve it\n");
}

TEST(Node, RefusesAWrongRaftStanzaAsVaultDoes) {
  const auto refusal = [](const std::string& configuration) {
    Machine machine(configuration);
    machine.start();
    return machine.context->standard_output;
  };
  EXPECT_EQ(refusal("storage \"raft\" { path = \"/x\" }\n"),
            "Cluster address must be set when using raft storage\n");
  const std::string cluster = "cluster_addr = \"https://a:8201\"\n";
  EXPECT_EQ(refusal("storage \"raft\" {}\n" + cluster),
            "Error initializing storage of type raft: 'path' must be set\n");
  EXPECT_EQ(refusal("storage \"raft\" { path = \"/x\" }\n" + cluster),
            "Error initializing storage of type raft: failed to create fsm: failed to open bolt file: open "
            "/x/vault.db: no such file or directory\n");
}

}  // namespace
}  // namespace squall::vault::testing
