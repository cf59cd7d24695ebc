// Audit devices: a line per request and per answer, no secret in them, and no service without them.
#include <gtest/gtest.h>

#include "tests/vault/vault_world.hpp"

namespace squall::vault::testing {
namespace {

struct Audit : ::testing::Test {
  Machine machine;
  std::string root;

  void SetUp() override {
    machine.start();
    machine.init_and_unseal();
    root = machine.root;
  }
  Machine::Exchange enable(const std::string& options) {
    return machine.call("PUT", "/v1/sys/audit/file", root, R"({"type":"file","options":)" + options + "}");
  }
  std::vector<nlohmann::json> lines(const std::string& path = "/var/log/audit.log") {
    std::vector<nlohmann::json> result;
    std::istringstream text(machine.disk.read(path).value_or(""));
    for (std::string line; std::getline(text, line);) result.push_back(nlohmann::json::parse(line));
    return result;
  }
};

TEST_F(Audit, ARequestAndItsAnswerWithoutTheirSecrets) {
  ASSERT_EQ(enable(R"({"file_path":"/var/log/audit.log"})").status, 204);
  machine.call("POST", "/v1/sys/mounts/kv", root, R"({"type":"kv"})");
  machine.call("PUT", "/v1/kv/app", root, R"({"password":"hunter2","tries":3})");
  const auto read = machine.call("GET", "/v1/kv/app", root);
  const std::string text = *machine.disk.read("/var/log/audit.log");
  EXPECT_EQ(text.find("hunter2"), std::string::npos);
  EXPECT_EQ(text.find(root), std::string::npos);

  const std::vector<nlohmann::json> all = lines();
  EXPECT_EQ(all[0]["request"]["path"], "sys/audit/test");
  EXPECT_EQ(all[1]["type"], "response") << "the answer to the enabling request";
  const nlohmann::json &request = all[all.size() - 2], &answer = all.back();
  EXPECT_EQ(request["type"], "request");
  EXPECT_EQ(request["request"]["operation"], "read");
  EXPECT_EQ(request["request"]["mount_point"], "kv/");
  EXPECT_EQ(request["request"]["mount_type"], "kv");
  EXPECT_EQ(request["request"]["id"], read.json["request_id"]);
  EXPECT_EQ(request["request"]["client_id"], "0DHqvq2D77kL2/JTPSZkTMJbkFVmUu0TzMi0jiXcFy8=")
      << "every root token's";
  EXPECT_EQ(request["auth"]["policies"][0], "root");
  EXPECT_EQ(request["auth"]["policy_results"]["granting_policies"][0]["name"], "root");
  EXPECT_EQ(request["auth"]["client_token"].get<std::string>().substr(0, 12), "hmac-sha256:");
  EXPECT_EQ(answer["response"]["data"]["tries"], 3);
  const auto hash = machine.call("POST", "/v1/sys/audit-hash/file", root, R"({"input":"hunter2"})");
  EXPECT_EQ(answer["response"]["data"]["password"], hash.json["data"]["hash"]);
}

TEST_F(Audit, ADenialIsLoggedWithItsReason) {
  enable(R"({"file_path":"/var/log/audit.log"})");
  EXPECT_EQ(machine.call("GET", "/v1/sys/mounts", "hvs.bogus").status, 403);
  const std::vector<nlohmann::json> all = lines();
  EXPECT_EQ(all.back()["type"], "response");
  EXPECT_EQ(all.back()["error"], "permission denied");
  EXPECT_EQ(all.back()["auth"]["token_type"], "default");
}

TEST_F(Audit, OutlivesARestartAndCanBeDisabled) {
  enable(R"({"file_path":"/var/log/audit.log"})");
  EXPECT_EQ(enable(R"({"file_path":"/x"})").json["errors"][0], "path already in use");
  machine.kill();
  machine.start();
  machine.unseal();
  const std::size_t before = lines().size();
  machine.call("GET", "/v1/sys/mounts", root);
  EXPECT_EQ(lines().size(), before + 2);
  EXPECT_EQ(machine.call("DELETE", "/v1/sys/audit/file", root).status, 204);
  const std::size_t after = lines().size();
  machine.call("GET", "/v1/sys/mounts", root);
  EXPECT_EQ(lines().size(), after);
  EXPECT_EQ(machine.call("GET", "/v1/sys/audit", root).json["data"].size(), 0U);
}

TEST_F(Audit, WhatCannotBeADevice) {
  EXPECT_EQ(enable("{}").json["errors"][0], "file_path is required");
  EXPECT_EQ(enable(R"({"file_path":""})").json["errors"][0],
            "sanity check failed; unable to open \"\" for writing: open : no such file or directory");
  for (const std::string option : {"log_raw", "hmac_accessor", "elide_list_responses"})
    EXPECT_EQ(enable(R"({"file_path":"/a",")" + option + R"(":"abc"})").json["errors"][0],
              "strconv.ParseBool: parsing \"abc\": invalid syntax");
  EXPECT_EQ(machine.call("PUT", "/v1/sys/audit/x", root, R"({"type":"no"})").json["errors"][0],
            "unknown backend type: \"no\"");
  EXPECT_EQ(machine.call("PUT", "/v1/sys/audit/x", root, R"({"type":"syslog"})").json["errors"][0],
            "the Squall stand-in does not serve the audit device \"syslog\"");
}

TEST_F(Audit, AListMayTellHowManyAlone) {
  machine.call("POST", "/v1/sys/mounts/kv", root, R"({"type":"kv"})");
  machine.call("PUT", "/v1/kv/a", root, R"({"b":1})");
  enable(R"({"file_path":"/var/log/audit.log","elide_list_responses":"true"})");
  machine.call("LIST", "/v1/kv", root);
  EXPECT_EQ(lines().back()["response"]["data"], nlohmann::json({{"keys", 1}}));
}

TEST_F(Audit, AnAccessorMayStayReadable) {
  enable(R"({"file_path":"/var/log/audit.log","hmac_accessor":"false"})");
  const auto self = machine.call("GET", "/v1/auth/token/lookup-self", root);
  EXPECT_EQ(lines().back()["auth"]["accessor"], self.json["data"]["accessor"]);
}

}  // namespace
}  // namespace squall::vault::testing
