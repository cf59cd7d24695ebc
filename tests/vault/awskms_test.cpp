// The awskms seal against what a real Vault asked of KMS, printed and logged (calls and texts as recorded).
#include <gtest/gtest.h>

#include "tests/vault/fake_kms.hpp"

namespace squall::vault::testing {
namespace {

class AwsKms : public ::testing::Test {
 protected:
  AwsKms() : machine(awskms_configuration()) {
    machine.network.handlers["127.0.0.1:5000"] = kms.handler(machine.scheduler);
    machine.environment = {{"AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"},
                           {"AWS_SECRET_ACCESS_KEY", "secret"}};
  }
  void initialise() {
    const auto init =
        machine.call("PUT", "/v1/sys/init", "", R"({"recovery_shares":1,"recovery_threshold":1})");
    ASSERT_EQ(init.status, 200) << init.body;
    machine.root = init.json["root_token"];
    machine.key = init.json["recovery_keys_base64"][0];
    EXPECT_EQ(init.json["keys"].size(), 0U);
    EXPECT_EQ(init.json["recovery_keys"].size(), 1U);
  }
  void fail(const std::string& operation, int status, const std::string& type, const std::string& message) {
    kms.failing_operation = operation;
    kms.failure = FakeKms::error(status, type, message);
  }
  bool logged(const std::string& text) const {
    return machine.context->standard_error.find(text) != std::string::npos;
  }
  FakeKms kms;
  Machine machine;
};

TEST_F(AwsKms, InitialisesAndUnsealsItself) {
  machine.start();
  const auto before = machine.call("GET", "/v1/sys/seal-status");
  EXPECT_EQ(before.json["type"], "awskms");
  initialise();
  EXPECT_EQ(kms.calls,
            (std::vector<std::string>{"DescribeKey", "Encrypt", "Encrypt", "Encrypt", "Decrypt", "Encrypt"}));
  EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 200);
  EXPECT_EQ(machine.call("GET", "/v1/sys/seal-status").json["type"], "shamir");
  EXPECT_TRUE(
      logged("[WARN]  core: post-unseal upgrade seal keys failed: error=\"no recovery key found\"\n"));
  machine.scheduler.advance(5s);
  EXPECT_TRUE(logged("[WARN]  core: attempted unseal with stored keys, but vault is already unsealed\n"));
}

TEST_F(AwsKms, KeyDisabledAcrossARestartHealsWithinFiveSeconds) {
  machine.start();
  initialise();
  machine.kill();
  kms.calls.clear();
  fail("Decrypt", 400, "DisabledException", "arn:aws:kms:eu-west-1:123456789012:key/k is disabled.");
  machine.start();
  EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 503);
  machine.scheduler.advance(10s);
  EXPECT_EQ(kms.calls, (std::vector<std::string>{"DescribeKey", "Decrypt", "Decrypt", "Decrypt"}));
  EXPECT_TRUE(logged(
      "[WARN]  failed to unseal core: error=\"fetching stored unseal keys failed: failed to decrypt keys "
      "from storage: error decrypting data encryption key: DisabledException: "
      "arn:aws:kms:eu-west-1:123456789012:key/k is disabled.\"\n"));
  kms.failing_operation.clear();
  machine.scheduler.advance(5s);
  EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 200);
}

TEST_F(AwsKms, DeniedDecryptIsLoggedAsABlock) {
  machine.start();
  initialise();
  machine.kill();
  fail("Decrypt", 400, "AccessDeniedException", "User: u is not authorized to perform: kms:Decrypt");
  machine.start();
  EXPECT_TRUE(logged(
      "[WARN]  failed to unseal core:\n  error=\n  | fetching stored unseal keys failed: failed to decrypt "
      "keys from storage: error decrypting data encryption key: AccessDeniedException: User: u is not "
      "authorized to perform: kms:Decrypt\n  | \\tstatus code: 400, request id: "
      "11111111-2222-4333-8444-555555555555\n  \n"))
      << machine.context->standard_error;
}

std::string stopped_by(const std::string& stanza) {
  std::string configuration = awskms_configuration();
  configuration.insert(configuration.find("seal \"awskms\" {") + 15, "\n  " + stanza + "\n");
  Machine machine(configuration);
  machine.start();
  EXPECT_EQ(machine.exit_status, 1);
  return machine.context->standard_output;
}

TEST(AwsKmsStanza, WhatStopsTheStart) {
  EXPECT_EQ(
      stopped_by("access_key = \"x\""),
      "Error parsing Seal configuration: error initializing AWS KMS wrapping client: static AWS client "
      "credentials haven't been properly configured (the access key or secret key were provided but not "
      "both)\n");
  EXPECT_EQ(stopped_by("disallow_env_vars = \"x\""),
            "Error parsing Seal configuration: strconv.ParseBool: parsing \"x\": invalid syntax\n");
}

TEST_F(AwsKms, DescribeKeyDeniedEndsTheStart) {
  fail("DescribeKey", 400, "AccessDeniedException", "no");
  machine.start();
  EXPECT_EQ(machine.exit_status, 1);
  EXPECT_EQ(machine.context->standard_output,
            "Error parsing Seal configuration: error fetching AWS KMS wrapping key information: "
            "AccessDeniedException: "
            "no\n\tstatus code: 400, request id: 11111111-2222-4333-8444-555555555555\n");
  EXPECT_EQ(kms.calls.size(), 1U);
  EXPECT_TRUE(machine.context->notified.empty());
}

TEST_F(AwsKms, RefusedConnectionsAndThrottlesAreTriedFourTimes) {
  machine.network.handlers.erase("127.0.0.1:5000");
  machine.start();
  machine.scheduler.advance(1s);
  EXPECT_EQ(machine.exit_status, 1);
  EXPECT_EQ(machine.network.calls.size(), 4U);
  EXPECT_EQ(machine.context->standard_output,
            "Error parsing Seal configuration: error fetching AWS KMS wrapping key information: "
            "RequestError: send request "
            "failed\ncaused by: Post \"http://127.0.0.1:5000/\": dial tcp 127.0.0.1:5000: connect: "
            "connection refused\n");

  machine.network.handlers["127.0.0.1:5000"] = kms.handler(machine.scheduler);
  fail("*", 400, "ThrottlingException", "Rate exceeded");
  machine.start();
  machine.scheduler.advance(3s);
  EXPECT_FALSE(machine.exit_status);
  machine.scheduler.advance(4s);
  EXPECT_EQ(machine.exit_status, 1);
  EXPECT_EQ(kms.calls.size(), 4U);
}

TEST_F(AwsKms, RefusalDuringInitLeavesItInitialisedSealedAndUnusable) {
  machine.start();
  fail("Encrypt", 400, "DisabledException", "disabled.");
  const std::string body = R"({"recovery_shares":1,"recovery_threshold":1})";
  const auto init = machine.call("PUT", "/v1/sys/init", "", body);
  EXPECT_EQ(init.status, 400);
  EXPECT_EQ(init.body,
            "{\"errors\":[\"failed to store keys: failed to encrypt keys for storage: error encrypting data: "
            "DisabledException: disabled.\"]}\n");
  kms.failing_operation.clear();
  machine.scheduler.advance(30s);
  EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 503);
  const auto status = machine.call("GET", "/v1/sys/seal-status");
  EXPECT_EQ(status.json["type"], "awskms");
  EXPECT_EQ(status.json["n"], 0);
  EXPECT_EQ(machine.call("PUT", "/v1/sys/init", "", body).body,
            "{\"errors\":[\"Vault is already initialized\"]}\n");
}

TEST_F(AwsKms, NewRecoveryKeyForTheOldOne) {
  machine.start();
  initialise();
  const std::string shares = R"({"secret_shares":2,"secret_threshold":2})";
  const auto update = [&](const std::string& what, const std::string& key, const std::string& nonce) {
    return machine.call("PUT", "/v1/sys/" + what + "/update", "",
                        nlohmann::json{{"key", key}, {"nonce", nonce}}.dump());
  };
  const std::string what = "rekey-recovery-key";
  const std::string nonce = machine.call("PUT", "/v1/sys/rekey-recovery-key/init", "", shares).json["nonce"];
  const std::string wrong = base::base64_encode(std::string(32, 'x'));
  const auto refused = update(what, wrong, nonce);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.json["errors"][0],
            "recovery key verification failed: recovery key does not match submitted values");
  const auto done = update(what, machine.key, nonce);
  ASSERT_EQ(done.json["complete"], true) << done.body;
  const auto fresh = done.json["keys_base64"].get<std::vector<std::string>>();
  ASSERT_EQ(fresh.size(), 2U);

  // The barrier's key: the recovery key's holders ask for it, and there is nothing to hand out.
  const auto started = machine.call("PUT", "/v1/sys/rekey/init", "", shares);
  EXPECT_EQ(started.json["n"], 1);
  EXPECT_EQ(started.json["required"], 2);
  update("rekey", fresh[0], started.json["nonce"]);
  update("rekey", base::base64_encode(std::string(33, 'x')), started.json["nonce"]);
  EXPECT_TRUE(
      logged("[ERROR] core: rekey recovery key verification failed: error=\"recovery key does not "
             "match submitted values\"\n"));
  fail("Encrypt", 400, "DisabledException", "disabled.");
  update("rekey", fresh[0], started.json["nonce"]);
  const auto failed = update("rekey", fresh[1], started.json["nonce"]);
  EXPECT_EQ(failed.status, 500);
  EXPECT_EQ(
      failed.json["errors"][0],
      "failed to perform barrier rekey: failed to store keys: failed to encrypt keys for storage: error "
      "encrypting data: DisabledException: disabled.");
  kms.failing_operation.clear();
  update("rekey", fresh[0], started.json["nonce"]);
  const auto rekeyed = update("rekey", fresh[1], started.json["nonce"]);
  EXPECT_EQ(rekeyed.json["complete"], true) << rekeyed.body;
  EXPECT_EQ(rekeyed.json["keys"].size(), 0U);
  machine.kill();
  machine.start();
  EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 200)
      << "the new stored key does not open the barrier";
}

TEST_F(AwsKms, RootGenerationAsksForTheRecoveryKey) {
  machine.start();
  initialise();
  const auto attempt = machine.call("PUT", "/v1/sys/generate-root/attempt", "", "{}");
  const auto refused = machine.call(
      "PUT", "/v1/sys/generate-root/update", "",
      nlohmann::json{{"key", base::base64_encode(std::string(32, 'x'))}, {"nonce", attempt.json["nonce"]}}
          .dump());
  EXPECT_EQ(
      refused.json["errors"][0],
      "root generation aborted: unable to authenticate: recovery key verification failed: recovery key does "
      "not match submitted values");
}

// `vault operator unseal` with recovery shares: they prove who asks, and the seal's key opens the barrier.
TEST_F(AwsKms, RecoverySharesUnsealToo) {
  machine.start();
  initialise();
  machine.call("PUT", "/v1/sys/seal", machine.root);
  const auto refused = machine.call(
      "PUT", "/v1/sys/unseal", "", nlohmann::json{{"key", base::base64_encode(std::string(32, 'x'))}}.dump());
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.json["errors"][0],
            "invalid key: failed to verify recovery key: recovery key does not match submitted values");
  machine.unseal();
  EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 200);
}

TEST_F(AwsKms, SigtermIsIgnoredWhileKmsHangsAtStart) {
  kms.hang = true;
  machine.start();
  machine.context->signal(SIGTERM);
  machine.scheduler.advance(90s);
  EXPECT_FALSE(machine.exit_status);
  EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 0);
  kms.hang = false;
  machine.scheduler.advance(2s);
  EXPECT_EQ(machine.exit_status, 0);
  EXPECT_NE(machine.context->standard_output.find("==> Vault shutdown triggered\n"), std::string::npos);
}

TEST_F(AwsKms, HeartbeatEveryTenMinutesEveryMinuteWhileFailing) {
  machine.start();
  initialise();
  kms.calls.clear();
  machine.scheduler.advance(600s);
  EXPECT_EQ(kms.calls, (std::vector<std::string>{"Encrypt", "Decrypt"}));
  fail("Encrypt", 400, "DisabledException", "disabled.");
  machine.scheduler.advance(600s + 120s);
  EXPECT_EQ(kms.calls.size(), 5U);
  EXPECT_TRUE(logged(
      "[WARN]  core.autoseal: failed to encrypt seal health test value, seal backend may be unreachable: "
      "error=\"error encrypting data: DisabledException: disabled.\"\n"));
  EXPECT_EQ(machine.call("GET", "/v1/sys/health").status, 200);
  kms.failing_operation.clear();
  machine.scheduler.advance(60s);
  EXPECT_TRUE(logged("[INFO]  core.autoseal: seal backend is now healthy again: downtime=13m0s\n"));
}

TEST_F(AwsKms, NoCredentialsAnywhere) {
  machine.environment.clear();
  machine.network.black_holes.insert("169.254.169.254:80");
  machine.start();
  machine.scheduler.advance(11s);
  EXPECT_FALSE(machine.exit_status);
  machine.scheduler.advance(3s);
  EXPECT_EQ(machine.exit_status, 1);
  EXPECT_EQ(machine.network.calls.size(), 12U) << "3 look-ups of 3 token requests and one of version 1";
  EXPECT_EQ(machine.context->standard_output,
            "Error parsing Seal configuration: error fetching AWS KMS wrapping key information: "
            "NoCredentialProviders: no "
            "valid providers in chain. Deprecated.\n\tFor verbose messaging see "
            "aws.Config.CredentialsChainVerboseErrors\n");
}

}  // namespace
}  // namespace squall::vault::testing
