// Users who give a wrong password too often, against what a Vault 1.14 answered.
#include <gtest/gtest.h>

#include "tests/vault/vault_world.hpp"

namespace squall::vault::testing {
namespace {

struct Lockout : ::testing::Test {
  Machine machine;

  void begin() {
    machine.start();
    machine.init_and_unseal();
    send("POST", "sys/auth/userpass", R"({"type":"userpass"})");
    send("POST", "auth/userpass/users/u", R"({"password":"p"})");
  }
  Machine::Exchange send(const std::string& method, const std::string& path, const std::string& body = "") {
    return machine.call(method, "/v1/" + path, machine.root, body);
  }
  int login(const std::string& user, const std::string& password) {
    const std::string body = nlohmann::json{{"password", password}}.dump();
    return machine.call("PUT", "/v1/auth/userpass/login/" + user, "", body).status;
  }
  void fail(int times) {
    for (int i = 0; i < times; ++i) EXPECT_EQ(login("u", "bad"), 400) << i;
  }
  std::string accessor() { return send("GET", "sys/auth").json["data"]["userpass/"]["accessor"]; }
};

TEST_F(Lockout, FiveWrongPasswordsLockForAQuarterOfAnHour) {
  begin();
  fail(4);
  EXPECT_EQ(login("u", "p"), 200) << "which begins anew";
  fail(5);
  EXPECT_EQ(login("u", "p"), 403);
  machine.scheduler.advance(14min);
  EXPECT_EQ(login("U", "p"), 403);
  machine.scheduler.advance(1min);
  EXPECT_EQ(login("u", "p"), 200);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(login("nobody", "p"), 400) << "who is no user cannot be locked out";
}

TEST_F(Lockout, IsForgottenAfterAQuarterOfAnHourAndOutlivesARestartOnceItHolds) {
  begin();
  fail(4);
  machine.scheduler.advance(16min);
  fail(4);
  EXPECT_EQ(login("u", "bad"), 400);
  machine.kill();
  machine.start();
  machine.unseal();
  EXPECT_EQ(login("u", "p"), 403);
}

TEST_F(Lockout, AnOperatorSeesAndEndsIt) {
  begin();
  fail(5);
  const auto seen = send("GET", "sys/locked-users").json["data"];
  EXPECT_EQ(seen["total"], 1);
  EXPECT_EQ(seen["by_namespace"][0]["mount_accessors"][0]["alias_identifiers"][0], "u");
  EXPECT_EQ(send("POST", "sys/locked-users/" + accessor() + "/unlock/u").status, 204);
  EXPECT_EQ(login("u", "p"), 200);
  EXPECT_EQ(send("GET", "sys/locked-users").json["data"]["total"], 0);
}

TEST_F(Lockout, AMountIsTuned) {
  begin();
  const std::string path = "sys/auth/userpass/tune";
  EXPECT_EQ(send("POST", path, R"({"user_lockout_config":{"lockout_threshold":"2","lockout_duration":"1s"}})")
                .status,
            204);
  EXPECT_EQ(send("GET", path).json["data"]["user_lockout_threshold"], 2);
  EXPECT_EQ(send("GET", path).json["data"]["user_lockout_counter_reset_duration"], 0);
  fail(2);
  EXPECT_EQ(login("u", "p"), 403);
  machine.scheduler.advance(1s);
  EXPECT_EQ(login("u", "p"), 200);
  send("POST", path, R"({"user_lockout_config":{"lockout_disable":true}})");
  fail(4);
  EXPECT_EQ(login("u", "p"), 200);
  const auto refused = [&](const std::string& config) {
    return send("POST", path, R"({"user_lockout_config":)" + config + "}").json["errors"][0];
  };
  EXPECT_EQ(
      refused(R"({"lockout_threshold":"x"})"),
      "1 error occurred:\n\t* unable to parse user lockout threshold: strconv.ParseUint: parsing \"x\": "
      "invalid syntax\n\n");
  EXPECT_EQ(refused(R"({"lockout_duration":"x"})"), "time: invalid duration \"x\"");
  EXPECT_EQ(refused(R"({"lockout_disable":"x"})"), "unable to convert given user lockout config information");
  EXPECT_EQ(send("POST", "sys/auth/token/tune", R"({"user_lockout_config":{"lockout_threshold":"3"}})")
                .json["errors"][0],
            "tuning of user lockout configuration for auth type \"token\" not allowed");
}

TEST_F(Lockout, TheConfigurationAndTheEnvironmentSayWhen) {
  machine.disk.write("/vault.hcl",
                     Machine::file_configuration() +
                         "user_lockout \"all\" {\n  lockout_threshold = 2\n  lockout_duration = \"1h\"\n}\n"
                         "user_lockout \"userpass\" {\n  lockout_threshold = 3\n}\n",
                     0644);
  begin();
  fail(3);
  machine.scheduler.advance(59min);
  EXPECT_EQ(login("u", "p"), 403);
  machine.kill();
  machine.environment["VAULT_DISABLE_USER_LOCKOUT"] = "true";
  machine.start();
  machine.unseal();
  EXPECT_EQ(login("u", "p"), 200);
}

}  // namespace
}  // namespace squall::vault::testing
