// What key holders may do to an unsealed node: new shares for old ones, and a new root token.
#include <gtest/gtest.h>

#include "emulator/base/encoding.hpp"
#include "tests/vault/vault_world.hpp"

namespace squall::vault::testing {
namespace {

struct Quorum : ::testing::Test {
  Machine machine;
  std::vector<std::string> keys;
  std::string root;

  void SetUp() override {
    machine.start();
    const auto init = machine.call("PUT", "/v1/sys/init", "", R"({"secret_shares":3,"secret_threshold":2})");
    keys = init.json["keys_base64"].get<std::vector<std::string>>();
    root = init.json["root_token"];
    unseal(keys[0]);
    unseal(keys[1]);
  }
  Machine::Exchange unseal(const std::string& key) {
    return machine.call("PUT", "/v1/sys/unseal", "", nlohmann::json{{"key", key}}.dump());
  }
  Machine::Exchange give(const std::string& operation, const std::string& key, const std::string& nonce) {
    return machine.call("PUT", "/v1/sys/" + operation + "/update", "",
                        nlohmann::json{{"key", key}, {"nonce", nonce}}.dump());
  }
  std::string start_rekey() {
    const auto started =
        machine.call("PUT", "/v1/sys/rekey/init", "", R"({"secret_shares":2,"secret_threshold":2})");
    return started.json["nonce"];
  }
};

TEST_F(Quorum, NewSharesUnsealAndOldOnesDoNot) {
  machine.call("POST", "/v1/sys/mounts/kv", root, R"({"type":"kv"})");
  machine.call("PUT", "/v1/kv/x", root, R"({"a":"1"})");
  const std::string nonce = start_rekey();
  EXPECT_EQ(give("rekey", keys[0], nonce).json["progress"], 1);
  const auto done = give("rekey", keys[1], nonce);
  ASSERT_EQ(done.json["complete"], true) << done.body;
  const auto fresh = done.json["keys_base64"].get<std::vector<std::string>>();
  ASSERT_EQ(fresh.size(), 2U);
  EXPECT_EQ(machine.call("GET", "/v1/sys/rekey/init").json["started"], false);

  machine.kill();
  machine.start();
  EXPECT_EQ(unseal(keys[0]).json["n"], 2);
  EXPECT_EQ(unseal(keys[1]).status, 400) << "the old shares still unseal";
  unseal(fresh[0]);
  EXPECT_EQ(unseal(fresh[1]).json["sealed"], false);
  EXPECT_EQ(machine.call("GET", "/v1/kv/x", root).json["data"]["a"], "1");
}

TEST_F(Quorum, SharesThatDoNotCount) {
  const std::string nonce = start_rekey();
  EXPECT_EQ(give("rekey", keys[0], "no").json["errors"][0],
            "incorrect nonce supplied; nonce for this rekey operation is \"" + nonce + "\"");
  give("rekey", keys[0], nonce);
  EXPECT_EQ(give("rekey", keys[0], nonce).json["errors"][0],
            "given key has already been provided during this generation operation");
  EXPECT_EQ(give("rekey", "AAAA", nonce).json["errors"][0], "key is shorter than minimum 16 bytes");
  give("rekey", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB", nonce);
  EXPECT_EQ(machine.call("GET", "/v1/sys/rekey/init").json["progress"], 0);
  EXPECT_EQ(machine.call("DELETE", "/v1/sys/rekey/init").status, 204);
  EXPECT_EQ(give("rekey", keys[0], nonce).json["errors"][0], "no barrier rekey in progress");
  EXPECT_EQ(
      machine.call("PUT", "/v1/sys/rekey/init", "", R"({"secret_shares":1,"secret_threshold":2})").status,
      400);
}

// A share at the same point as `share`, and another one that is one byte shorter.
std::string twin_of(const std::string& share) {
  std::string bytes = *base::base64_decode(share);
  bytes[0] = static_cast<char>(bytes[0] ^ 1);
  return base::base64_encode(bytes);
}
std::string shorter_than(const std::string& share) {
  return base::base64_encode(base::base64_decode(share)->substr(1));
}

TEST_F(Quorum, SharesThatCannotBeCombined) {
  const std::string twice = "duplicate part detected", uneven = "all parts must be the same length";
  const auto expect = [](const Machine::Exchange& answer, int status, const std::string& text) {
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.json["errors"][0], text);
  };
  const std::string rekey = start_rekey();
  give("rekey", keys[0], rekey);
  expect(give("rekey", twin_of(keys[0]), rekey), 500, "failed to compute root key: " + twice);
  give("rekey", keys[0], rekey);
  expect(give("rekey", shorter_than(keys[1]), rekey), 500, "failed to compute root key: " + uneven);
  EXPECT_EQ(machine.call("GET", "/v1/sys/rekey/init").json["progress"], 0);

  const auto attempt = machine.call("PUT", "/v1/sys/generate-root/attempt", "", "{}");
  const std::string nonce = attempt.json["nonce"];
  give("generate-root", keys[0], nonce);
  expect(give("generate-root", twin_of(keys[0]), nonce), 400, "failed to compute root key: " + twice);
  give("generate-root", keys[0], nonce);
  expect(give("generate-root", shorter_than(keys[1]), nonce), 400, "failed to compute root key: " + uneven);

  machine.call("PUT", "/v1/sys/seal", root);
  unseal(keys[0]);
  expect(unseal(twin_of(keys[0])), 400, "invalid key: failed to compute combined key: " + twice);
  unseal(keys[0]);
  expect(unseal(shorter_than(keys[1])), 400, "invalid key: failed to compute combined key: " + uneven);
  EXPECT_EQ(machine.call("GET", "/v1/sys/seal-status").json["progress"], 0);
  unseal(keys[0]);
  EXPECT_EQ(unseal(keys[1]).json["sealed"], false);
}

// Two shares of 17 to 32 bytes make a key one byte shorter, which AES need not know.
TEST_F(Quorum, CombinedKeysThatAesCannotUse) {
  const std::string first = base::base64_encode(std::string(20, 'a')),
                    second = base::base64_encode(std::string(20, 'b')),
                    problem = "crypto/aes: invalid key size 19";
  const std::string rekey = start_rekey();
  give("rekey", first, rekey);
  const auto rekeyed = give("rekey", second, rekey);
  EXPECT_EQ(rekeyed.status, 500);
  EXPECT_EQ(rekeyed.json["errors"][0], "failed to setup unseal key: " + problem);

  const auto attempt = machine.call("PUT", "/v1/sys/generate-root/attempt", "", "{}");
  give("generate-root", first, attempt.json["nonce"]);
  const auto generated = give("generate-root", second, attempt.json["nonce"]);
  EXPECT_EQ(generated.status, 400);
  EXPECT_EQ(
      generated.json["errors"][0],
      "root generation aborted: unable to authenticate: invalid key: failed to setup unseal key: " + problem);

  machine.call("PUT", "/v1/sys/seal", root);
  unseal(first);
  const auto unsealed = unseal(second);
  EXPECT_EQ(unsealed.status, 400);
  EXPECT_EQ(unsealed.json["errors"][0], "invalid key: failed to setup unseal key: " + problem);
}

TEST_F(Quorum, WrongSharesByWhatTheyAreFor) {
  const std::string
      wrong = base::base64_encode(std::string(33, '\1')),
      what = "invalid key: failed to decrypt keys from storage: cipher: message authentication failed";
  const std::string rekey = start_rekey();
  give("rekey", keys[0], rekey);
  const auto rekeyed = give("rekey", wrong, rekey);
  EXPECT_EQ(rekeyed.status, 500);
  EXPECT_EQ(rekeyed.json["errors"][0], "failed to read root key: " + what);
  const auto attempt = machine.call("PUT", "/v1/sys/generate-root/attempt", "", "{}");
  give("generate-root", keys[0], attempt.json["nonce"]);
  const auto generated = give("generate-root", wrong, attempt.json["nonce"]);
  EXPECT_EQ(generated.status, 400);
  EXPECT_EQ(generated.json["errors"][0],
            "root generation aborted: unable to authenticate: unable to retrieve stored keys: " + what);
  const auto invalid =
      machine.call("PUT", "/v1/sys/rekey/init", "", R"({"secret_shares":300,"secret_threshold":2})");
  EXPECT_EQ(invalid.status, 500);
  EXPECT_EQ(invalid.json["errors"][0], "invalid rekey seal configuration: shares must be less than 256");
}

TEST_F(Quorum, ASealForgetsWhatIsUnderWay) {
  start_rekey();
  machine.call("PUT", "/v1/sys/generate-root/attempt", "", "{}");
  machine.call("PUT", "/v1/sys/seal", root);
  EXPECT_EQ(machine.call("GET", "/v1/sys/rekey/init").status, 503);
  unseal(keys[0]);
  unseal(keys[1]);
  EXPECT_EQ(machine.call("GET", "/v1/sys/rekey/init").json["started"], false);
  EXPECT_EQ(machine.call("GET", "/v1/sys/generate-root/attempt").json["started"], false);
}

TEST_F(Quorum, ARootTokenUnderAOneTimePassword) {
  EXPECT_EQ(machine.call("PUT", "/v1/sys/generate-root/attempt", "", R"({"otp":"short"})").json["errors"][0],
            "OTP string is wrong length");
  const auto started = machine.call("PUT", "/v1/sys/generate-root/attempt", "", "{}");
  const std::string otp = started.json["otp"], nonce = started.json["nonce"];
  ASSERT_EQ(otp.size(), 28U);
  EXPECT_EQ(machine.call("GET", "/v1/sys/generate-root/attempt").json["otp"], "");
  give("generate-root", keys[2], nonce);
  const auto done = give("generate-root", keys[0], nonce);
  ASSERT_EQ(done.json["complete"], true) << done.body;
  std::string encoded = done.json["encoded_token"];
  EXPECT_EQ(encoded.size(), 38U);
  std::string token = *base::base64_decode(encoded + "==");
  for (std::size_t i = 0; i < token.size(); ++i) token[i] = static_cast<char>(token[i] ^ otp[i]);
  EXPECT_EQ(token.substr(0, 4), "hvs.");
  EXPECT_EQ(machine.call("GET", "/v1/auth/token/lookup-self", token).json["data"]["policies"][0], "root");
}

}  // namespace
}  // namespace squall::vault::testing
