// `vault server -dev`, and what it turns on: storage in memory, sys/raw, tokens of a chosen text.
#include <gtest/gtest.h>

#include "tests/vault/vault_world.hpp"

namespace squall::vault::testing {
namespace {

TEST(Dev, UnsealedAtOnceWithTheTokenOfOnesChoice) {
  Machine machine;
  machine.start({"-dev", "-dev-root-token-id=root"});
  const auto status = machine.call("GET", "/v1/sys/seal-status");
  EXPECT_EQ(status.json["sealed"], false) << status.body;
  EXPECT_EQ(status.json["storage_type"], "inmem");
  EXPECT_EQ(machine.call("GET", "/v1/auth/token/lookup-self", "root").json["data"]["policies"][0], "root");
  EXPECT_EQ(machine.disk.read("/root/.vault-token"), "root");
  machine.scheduler.advance(1ms);
  machine.call("POST", "/v1/secret/data/app", "root", R"({"data":{"a":"1"}})");
  EXPECT_EQ(machine.call("GET", "/v1/secret/data/app", "root").json["data"]["data"]["a"], "1");
  const auto tokens = machine.call("LIST", "/v1/auth/token/accessors", "root");
  EXPECT_EQ(tokens.json["data"]["keys"].size(), 1U) << "the first root token was not revoked";
  EXPECT_NE(
      machine.context->standard_error.find("[INFO]  expiration: revoked lease: lease_id=auth/token/root/h"),
      std::string::npos);

  const std::string warning = "WARNING! dev mode is enabled!";
  EXPECT_EQ(machine.context->standard_output.find(warning), std::string::npos);
  machine.scheduler.advance(100ms);
  const std::string& output = machine.context->standard_output;
  EXPECT_NE(output.find(warning), std::string::npos);
  EXPECT_NE(output.find("    $ export VAULT_ADDR='http://127.0.0.1:8200'\n"), std::string::npos);
  EXPECT_NE(output.find("\nRoot Token: root\n"), std::string::npos);
  for (const auto& [path, content] : machine.disk.files())
    EXPECT_TRUE(path == "/vault.hcl" || path == "/root/.vault-token") << path;
}

TEST(Dev, OptionsAndVariables) {
  Machine machine;
  machine.environment = {{"VAULT_DEV_ROOT_TOKEN_ID", "fromenv"},
                         {"VAULT_DEV_LISTEN_ADDRESS", "127.0.0.1:8300"}};
  machine.start({"-dev", "-dev-listen-address=127.0.0.1:8200", "-dev-no-store-token", "-dev-kv-v1"});
  EXPECT_EQ(machine.call("GET", "/v1/sys/mounts", "fromenv").json["data"]["secret/"]["options"]["version"],
            "1");
  EXPECT_FALSE(machine.disk.read("/root/.vault-token"));
  machine.context->signal(SIGTERM);
  machine.scheduler.advance(600ms);
  EXPECT_EQ(machine.exit_status, 0);
}

TEST(Dev, AConfigurationOnTop) {
  Machine machine("cluster_name = \"mine\"\nstorage \"file\" { path = \"/opt/data\" }\n");
  machine.start({"-dev", "-config=/vault.hcl"});
  const auto status = machine.call("GET", "/v1/sys/seal-status");
  EXPECT_EQ(status.json["cluster_name"], "mine");
  EXPECT_EQ(status.json["storage_type"], "file");
}

TEST(Dev, WhatIsNotDevModeAndWhatIsNotServed) {
  Machine machine;
  machine.start({"-dev-root-token-id=root", "-config=/vault.hcl"});
  EXPECT_TRUE(
      machine.context->standard_output.starts_with("You cannot specify a custom root token ID outside of "
                                                   "\"dev\" mode. Your\nrequest has been ignored.\n"));
  EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 501);
  machine.kill();
  machine.start({"-dev", "-dev-tls"});
  EXPECT_EQ(machine.exit_status, 1);
  EXPECT_EQ(machine.context->standard_output, "the Squall stand-in does not serve the flag -dev-tls\n");
  machine.start({"-dev", "-dev-root-token-id=s.x"});
  EXPECT_EQ(machine.exit_status, 1);
  EXPECT_EQ(
      machine.context->standard_output,
      "Error initializing Dev mode: failed to create root token with ID \"s.x\": custom token ID cannot have "
      "the 's.' prefix\n");
}

TEST(Dev, TokensOfAChosenText) {
  Machine machine;
  machine.start();
  machine.init_and_unseal();
  const auto create = [&](const std::string& id, const std::string& token) {
    return machine.call("POST", "/v1/auth/token/create", token,
                        R"({"policies":["default"],"id":")" + id + "\"}");
  };
  EXPECT_EQ(create("mine", machine.root).json["auth"]["client_token"], "mine");
  EXPECT_EQ(create("mine", machine.root).json["errors"][0], "cannot create a token with a duplicate ID");
  EXPECT_EQ(create("a.b", machine.root).json["errors"][0], "custom token ID cannot have a '.' in the value");
  EXPECT_EQ(create("hvs.x", machine.root).json["errors"][0], "custom token ID cannot have the 'hvs.' prefix");
  machine.call("PUT", "/v1/sys/policies/acl/maker", machine.root,
               R"({"policy":"path \"auth/token/create\" { capabilities = [\"update\"] }"})");
  machine.call("POST", "/v1/auth/token/create", machine.root, R"({"policies":["maker"],"id":"maker"})");
  EXPECT_EQ(create("theirs", "maker").json["errors"][0],
            "root or sudo privileges required to specify token id");
}

struct Raw : ::testing::Test {
  Raw() : machine("raw_storage_endpoint = true\n" + Machine::file_configuration()) {
    machine.start();
    machine.init_and_unseal();
  }
  Machine::Exchange call(const std::string& method, const std::string& path, const std::string& body = "") {
    return machine.call(method, "/v1/sys/raw/" + path, machine.root, body);
  }
  Machine machine;
};

TEST_F(Raw, EntriesAreReadWrittenListedAndRemoved) {
  EXPECT_EQ(call("PUT", "mine/x", R"({"value":"v"})").status, 204);
  EXPECT_EQ(call("GET", "mine/x").json["data"]["value"], "v");
  EXPECT_EQ(call("GET", "mine/x?encoding=base64").json["data"]["value"], "dg==");
  EXPECT_EQ(call("PUT", "mine/x", R"({"value":"dw==","encoding":"base64"})").status, 204);
  EXPECT_EQ(call("GET", "mine/x").json["data"]["value"], "w");
  EXPECT_EQ(call("LIST", "mine").json["data"]["keys"], nlohmann::json::parse(R"(["x"])"));
  EXPECT_EQ(call("DELETE", "mine/x").status, 204);
  EXPECT_EQ(call("GET", "mine/x").status, 404);
  EXPECT_EQ(call("LIST", "mine").status, 404);
  EXPECT_EQ(call("GET", "core/mounts").status, 200) << "what others stored";
}

TEST_F(Raw, WhatItRefuses) {
  EXPECT_EQ(call("GET", "core/keyring").json["errors"][0], "cannot read \"core/keyring\"");
  EXPECT_EQ(call("PUT", "core/keyring-not", R"({"value":"v"})").json["errors"][0],
            "cannot write \"core/keyring-not\"");
  EXPECT_EQ(call("PUT", "core/keyring", R"({"value":"v"})").json["errors"][0],
            "1 error occurred:\n\t* internal error\n\n")
      << "under the root key: whether it exists cannot be told";
  EXPECT_EQ(call("DELETE", "core/cluster/local/info").json["errors"][0],
            "cannot delete \"core/cluster/local/info\"");
  EXPECT_EQ(call("GET", "x?encoding=hex").json["errors"][0], "invalid encoding \"hex\"");
  EXPECT_EQ(call("PUT", "x", R"({"value":"*","encoding":"base64"})").json["errors"][0],
            "illegal base64 data at input byte 0");
  EXPECT_EQ(call("PUT", "x", R"({"value":"v","compression_type":"zip"})").json["errors"][0],
            "invalid compression type \"zip\"");
  machine.call("PUT", "/v1/sys/policies/acl/all", machine.root,
               R"({"policy":"path \"*\" { capabilities = [\"read\",\"list\"] }"})");
  machine.call("POST", "/v1/auth/token/create", machine.root, R"({"policies":["all"],"id":"reader"})");
  EXPECT_EQ(machine.call("GET", "/v1/sys/raw/core/mounts", "reader").status, 403) << "without sudo";
}

TEST(RawOff, IsNoPath) {
  Machine machine;
  machine.start();
  machine.init_and_unseal();
  const auto answer = machine.call("GET", "/v1/sys/raw/core/mounts", machine.root);
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.json["errors"][0], "1 error occurred:\n\t* unsupported path\n\n");
}

}  // namespace
}  // namespace squall::vault::testing
