// The parts that hold no state: shares, envelopes, entries, HCL, policies, log lines, Go's words for bad
// JSON.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/vault/barrier/barrier.hpp"
#include "harness/vault/config/server_config.hpp"
#include "harness/vault/go/json_decode.hpp"
#include "harness/vault/http/respond.hpp"
#include "harness/vault/log/logger.hpp"
#include "harness/vault/logical/acl.hpp"
#include "harness/vault/logical/fields.hpp"
#include "harness/vault/seal/blob_info.hpp"
#include "harness/vault/seal/shamir.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::vault::testing {
namespace {

TEST(Shamir, AnyThresholdOfSharesMakesTheSecret) {
  squall::testing::SeededEntropy entropy(3);
  const std::string secret = entropy.bytes(32);
  const std::vector<std::string> shares = shamir_split(secret, 5, 3, entropy);
  ASSERT_EQ(shares.size(), 5U);
  for (const std::string& share : shares) EXPECT_EQ(share.size(), 33U);
  for (std::size_t a = 0; a < 5; ++a)
    for (std::size_t b = a + 1; b < 5; ++b) {
      EXPECT_NE(shamir_combine({shares[a], shares[b]}).key, secret);
      for (std::size_t c = b + 1; c < 5; ++c)
        EXPECT_EQ(shamir_combine({shares[c], shares[a], shares[b]}).key, secret);
    }
}

TEST(Shamir, WhatCannotBeCombined) {
  const auto problem = [](const std::vector<std::string>& shares) { return shamir_combine(shares).problem; };
  EXPECT_EQ(problem({"abc"}), "less than two parts cannot be used to reconstruct the secret");
  EXPECT_EQ(problem({"a", "b"}), "parts must be at least two bytes");
  EXPECT_EQ(problem({"abc", "ab"}), "all parts must be the same length");
  EXPECT_EQ(problem({"abc", "xbc", "ab"}), "all parts must be the same length") << "before repeated points";
  EXPECT_EQ(problem({"abc", "xyc"}), "duplicate part detected");
  EXPECT_EQ(problem({"abc", "xyz"}), "");
}

TEST(Shamir, SharesAsTheyAreTyped) {
  EXPECT_EQ(parse_share("000102030405060708090a0b0c0d0eff"),
            std::string("\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\377", 16));
  EXPECT_EQ(parse_share("00ff")->size(), 3U) << "too short for a share in hexadecimal: base64";
  EXPECT_FALSE(parse_share("00ff00"));
  EXPECT_FALSE(parse_share("zz!"));
}

TEST(BlobInfo, RoundTrip) {
  const BlobInfo blob{"cipher", "nonce", 1, "arn:aws:kms:x", "wrapped"};
  const std::string bytes = blob.serialise();
  EXPECT_EQ(bytes.substr(0, 8),
            "\x0a\x06"
            "cipher");
  const auto back = BlobInfo::parse(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->wrapped_key, "wrapped");
  EXPECT_EQ(back->mechanism, 1U);
  EXPECT_EQ(back->key_id, "arn:aws:kms:x");
  EXPECT_FALSE(BlobInfo::parse(bytes.substr(0, bytes.size() - 1)));
}

std::string hcl_error(const std::string& text) {
  ServerConfig config;
  try {
    parse_config(text, "c.hcl", config);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

TEST(Config, ErrorsAreVaults) {
  EXPECT_EQ(hcl_error("storage \"file\" {\n  path = \"/opt/vault/data\"\n"),
            "At 3:2: object expected closing RBRACE got: EOF");
  EXPECT_EQ(hcl_error("storage \"file\" {\n  path = \n}\n"),
            "At 4:1: object expected closing RBRACE got: EOF");
  EXPECT_EQ(hcl_error("ui = \"maybe\""),
            "cannot parse '' as bool: strconv.ParseBool: parsing \"maybe\": invalid syntax");
  EXPECT_EQ(hcl_error("listener \"udp\" {}"),
            "error parsing 'listener': listeners.0: unsupported listener type \"udp\"");
  EXPECT_EQ(hcl_error("storage \"file\" {}\nstorage \"inmem\" {}"),
            "error parsing 'storage': only one \"storage\" block is permitted");
  for (const auto& [text, error] :
       {std::pair{"storage = \"file\"",
                  "error parsing 'storage': storage.storage: At 1:11: root: not an object type for map "
                  "(*ast.LiteralType)"},
        std::pair{"seal \"shamir\" { disabled = \"maybe\" }",
                  "error parsing 'seal': seal.shamir: cannot parse '' as bool: strconv.ParseBool: parsing "
                  "\"maybe\": invalid syntax"},
        std::pair{"cache_size = \"x\"", "strconv.ParseInt: parsing \"x\": invalid syntax"},
        std::pair{"default_max_request_duration = \"x\"", "time: invalid duration \"x\""},
        std::pair{"introspection_endpoint = \"x\"",
                  "cannot parse '' as bool: strconv.ParseBool: parsing \"x\": invalid syntax"},
        std::pair{"experiments = [\"a\", \"events.alpha1\", \"b\"]",
                  "error validating experiment(s) from config: valid experiment(s) are events.alpha1, but "
                  "received the following invalid experiment(s): a, b"},
        std::pair{"telemetry { prometheus_retention_time = \"x\" }",
                  "error parsing 'telemetry': time: invalid duration \"x\""},
        std::pair{"user_lockout \"x\" {}",
                  "error parsing 'user_lockout': user_lockouts.0: unsupported auth type \"x\""},
        std::pair{"user_lockout \"all\" { lockout_threshold = \"x\" }",
                  "error parsing 'user_lockout': user_lockouts.0 error parsing lockout_threshold: "
                  "strconv.ParseUint: parsing \"x\": invalid syntax"},
        std::pair{"user_lockout \"all\" { lockout_duration = \"-1s\" }",
                  "error parsing 'user_lockout': user_lockouts.0 lockout_duration cannot be negative"},
        std::pair{"a = /opt", "At 1:5: expected '/' for comment"},
        std::pair{"%% = 1", "At 1:1: illegal char"}, std::pair{"a = 'b'", "At 1:5: illegal char"},
        std::pair{"\xef\xbf\xbd", "At 1:1: illegal char"},
        std::pair{"a = 0x", "At 1:7: illegal hexadecimal number"},
        std::pair{"a = -", "At 1:5: Unknown token: 1:5 SUB -"},
        std::pair{"a = [+]", "At 1:6: unexpected token while parsing list: ADD"},
        std::pair{"path \"a\"",
                  "At 1:9: key 'path \"a\"' expected start of object ('{') or assignment ('=')"},
        std::pair{"/* open\n", "At 2:1: comment not terminated"}})
    EXPECT_EQ(hcl_error(text), error);
}

TEST(Config, FieldsOfListeners) {
  for (const auto& [field, error] :
       {std::pair{"max_request_duration = \"x\"",
                  " error parsing max_request_duration: time: invalid duration \"x\""},
        std::pair{"max_request_duration = \"-1s\"", " max_request_duration cannot be negative"},
        std::pair{"http_idle_timeout = \"x\"",
                  " error parsing http_idle_timeout: time: invalid duration \"x\""},
        std::pair{"x_forwarded_for_hop_skips = -1",
                  " x_forwarded_for_hop_skips cannot be negative but set to -1"},
        std::pair{
            "cors_enabled = \"x\"",
            " invalid value for cors_enabled: cannot parse '' as bool: strconv.ParseBool: parsing \"x\": "
            "invalid syntax"},
        std::pair{"telemetry { unauthenticated_metrics_access = \"x\" }",
                  " invalid value for telemetry.unauthenticated_metrics_access: cannot parse '' as bool: "
                  "strconv.ParseBool: parsing \"x\": invalid syntax"},
        std::pair{"tls_cipher_suites = \"TLS_AES_128_GCM_SHA256,nope\"",
                  " invalid value for tls_cipher_suites: unsupported cipher \"nope\""},
        std::pair{"custom_response_headers { \"999\" = { \"X-A\" = [\"b\"] } }",
                  " failed to parse custom_response_headers: invalid status code found in the server "
                  "configuration: 999"},
        std::pair{"role = \"x\"", ": unsupported listener role \"x\""}})
    EXPECT_EQ(hcl_error(std::string("listener \"tcp\" { ") + field + " }"),
              std::string("error parsing 'listener': listeners.0") + error);
  EXPECT_EQ(hcl_error("listener {}"),
            "error parsing 'listener': listeners.0: listener type must be specified");
  ServerConfig config;
  parse_config("listener \"TCP\" {\n  max_request_duration = \"2m\"\n  purpose = \"x\"\n}", "c.hcl", config);
  EXPECT_EQ(config.listeners[0].max_request_duration_s, 120);
  EXPECT_EQ(config.without_effect, std::vector<std::string>{"listener: purpose"});
}

TEST(Config, FieldsUnknownJsonAndEnvironment) {
  ServerConfig config;
  parse_config(
      "listener \"tcp\" {\n  address = \"1.2.3.4:9200\"\n  tls_disable = \"true\"\n  bogus = 1\n}\nother = "
      "1\n",
      "c.hcl", config);
  ASSERT_EQ(config.unknown_fields.size(), 2U);
  EXPECT_EQ(config.unknown_fields[0],
            "unknown or unsupported field other found in configuration at c.hcl:6:1");
  EXPECT_EQ(config.unknown_fields[1],
            "unknown or unsupported field bogus found in configuration at c.hcl:4:3");
  EXPECT_EQ(config.listeners[0].address, "1.2.3.4:9200");
  EXPECT_TRUE(config.listeners[0].tls_disable);
  parse_config(R"({"storage":{"file":{"path":"/x","max_parallel":128}},"api_addr":"http://a:1"})", "c.json",
               config);
  EXPECT_EQ(config.storage->type, "file");
  EXPECT_EQ(config.storage->get("max_parallel"), "128");
  apply_environment([](const std::string& name) { return name == "VAULT_API_ADDR" ? "http://b:2" : ""; },
                    config);
  EXPECT_EQ(config.api_addr, "http://b:2");
}

TEST(Policy, PathsAndPriorities) {
  const Policy policy = Policy::parse("p", R"(
path "secret/*" { capabilities = ["read", "list"] }
path "secret/app" { capabilities = ["update"] }
path "secret/+/deep" { capabilities = ["deny"] }
path "old/*" { policy = "write" }
)");
  const Acl acl({&policy}, false);
  EXPECT_TRUE(acl.on("secret/x", Operation::read).allows(Operation::read));
  EXPECT_FALSE(acl.on("secret/app", Operation::read).allows(Operation::read));
  EXPECT_EQ(acl.on("secret/a/deep", Operation::read).names(), std::vector<std::string>{"deny"});
  EXPECT_TRUE(acl.on("old/x", Operation::remove).allows(Operation::remove));
  EXPECT_FALSE(acl.on("sys/mounts", Operation::read).allows(Operation::read));
  EXPECT_TRUE(acl.any_below("secret/"));
  EXPECT_FALSE(acl.any_below("kv/"));
  EXPECT_NO_THROW(Policy::parse("default", std::string(default_policy_text())));
  try {
    Policy::parse("x", "path \"x\" { capabilities = [\"zz\"] }");
    FAIL();
  } catch (const LogicalError& error) {
    EXPECT_STREQ(error.what(), "failed to parse policy: path \"x\": invalid capability \"zz\"");
  }
}

TEST(Log, TextAndJson) {
  squall::testing::ManualScheduler scheduler;
  std::string text;
  for (const bool json : {false, true}) {
    const Logger log(
        scheduler, [&](std::string_view line) { text += line; }, LogLevel::info, json);
    log.named("core").warn("odd", {{"error", "a b", {}}, {"path", "x/", {}}, {"empty", "", {}}});
    log.debug("not shown");
  }
  EXPECT_EQ(text,
            "2024-01-01T00:00:00.000Z [WARN]  core: odd: error=\"a b\" path=x/ empty=\"\"\n"
            "{\"@level\":\"warn\",\"@message\":\"odd\",\"@module\":\"core\",\"@timestamp\":\"2024-01-01T00:"
            "00:00.000000Z\","
            "\"empty\":\"\",\"error\":\"a b\",\"path\":\"x/\"}\n");
}

// go-hclog v1.4.0, intlogger.go, writeIndent: what ends in a line feed has no line after it.
TEST(Log, ValuesOfSeveralLines) {
  squall::testing::ManualScheduler scheduler;
  const std::string head = "2024-01-01T00:00:00.000Z [INFO]  ";
  std::string lines;
  const Logger logger(
      scheduler, [&](std::string_view line) { lines = line; }, LogLevel::info, false);
  logger.info("m", {{"error", "a\tb\n\nc", ""}});
  EXPECT_EQ(lines, head + "m:\n  error=\n  | a\\tb\n  | \n  | c\n  \n");
  logger.info("m", {{"error", "one\n", ""}});
  EXPECT_EQ(lines, head + "m:\n  error=\n  | one\n  \n");
}

TEST(Fields, SecondsThatNoGoDurationHoldsAreRefused) {
  EXPECT_EQ(parse_seconds("90"), 90);
  EXPECT_EQ(parse_seconds("1h30m"), 5400);
  EXPECT_EQ(parse_seconds("2d"), 172800);
  EXPECT_EQ(parse_seconds("9223372036"), 9223372036);
  for (const char* text : {"9223372037", "-9223372037", "106752d", "9223372036854775807d", "2562048h", "x"})
    EXPECT_FALSE(parse_seconds(text)) << text;
  const Json body = {{"ttl", 9223372036854775807}, {"period", 60}};
  EXPECT_EQ(seconds_field(body, "period"), 60);
  EXPECT_THROW(seconds_field(body, "ttl"), LogicalError);
}

TEST(GoJson, ProblemsInItsWords) {
  EXPECT_EQ(go_json_problem("{bad json"), "invalid character 'b' looking for beginning of object key string");
  EXPECT_EQ(go_json_problem("{"), "unexpected EOF");
  EXPECT_EQ(go_json_problem(" "), "EOF");
  EXPECT_EQ(go_json_problem("{\"a\":[1,true,null,\"x\"]}"), "");
}

TEST(Barrier, EntriesAreBoundToTheirPath) {
  EXPECT_FALSE(parse_entry("short"));
  EXPECT_FALSE(Keyring::parse("{}"));
}

}  // namespace
}  // namespace squall::vault::testing
