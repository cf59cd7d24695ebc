// Requests that are not as they should be, and what a Vault 1.14, built from its sources, answered to each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/vault/go/json_decode.hpp"
#include "harness/vault/go/json_text.hpp"
#include "vault_world.hpp"

namespace squall::vault::testing {
namespace {

using Json = nlohmann::json;

struct Case {
  const char *method, *path, *body;
  int status;
  const char* error;  // the only one; null where the answer holds none
};

class RequestFields : public ::testing::Test {
 protected:
  void SetUp() override {
    machine.start();
    machine.init_and_unseal();
    send("POST", "sys/mounts/secret", R"({"type":"kv-v2"})");
    send("POST", "sys/mounts/v1", R"({"type":"kv"})");
    send("POST", "sys/auth/userpass", R"({"type":"userpass"})");
  }
  Machine::Exchange send(const std::string& method, const std::string& path, const std::string& body = "",
                         const std::vector<http::Headers::Field>& headers = {}) {
    return machine.call(method, "/v1/" + path, machine.root, body, headers);
  }
  void check(const std::vector<Case>& cases) {
    for (const Case& each : cases) {
      const Machine::Exchange answer = send(each.method, each.path, each.body);
      SCOPED_TRACE(std::string(each.method) + " " + each.path + " " + each.body + " -> " + answer.body);
      EXPECT_EQ(answer.status, each.status);
      if (each.error == nullptr) continue;
      EXPECT_EQ(answer.json.value("errors", Json()), Json::array({each.error}));
    }
  }
  Machine machine;
};

TEST_F(RequestFields, TypesAreCheckedInMapstructuresWords) {
  check({
      {"GET", "secret/data/a?version=x", "", 400,
       "Field validation failed: error converting input x for field \"version\": cannot parse '' as int: "
       "strconv.ParseInt: parsing \"x\": invalid syntax"},
      {"PUT", "secret/data/a", R"({"data":"x"})", 400,
       "error converting input x for field \"data\": '' expected a map, got 'string'"},
      {"PUT", "secret/data/a", R"({"data":{},"options":"x"})", 400,
       "error converting input x for field \"options\": '' expected a map, got 'string'"},
      {"PUT", "secret/data/a", R"({"data":{},"options":{"cas":"x"}})", 400,
       "error parsing check-and-set parameter"},
      {"PUT", "secret/data/a", R"({"data":[]})", 200, nullptr},
      {"PUT", "secret/delete/a", R"({"versions":["x"]})", 400,
       "Field validation failed: error converting input [x] for field \"versions\": 1 error(s) "
       "decoding:\n\n* cannot "
       "parse '[0]' as int: strconv.ParseInt: parsing \"x\": invalid syntax"},
      {"PUT", "secret/delete/a", "{}", 400, "No version number provided"},
      {"PUT", "secret/destroy/a", R"({"versions":[]})", 400, "no version number provided"},
      {"POST", "secret/metadata/a", R"({"cas_required":"maybe"})", 400,
       "error converting input maybe for field \"cas_required\": cannot parse '' as bool: strconv.ParseBool: "
       "parsing "
       "\"maybe\": invalid syntax"},
      {"POST", "secret/metadata/a", R"({"custom_metadata":{"a":{"b":1}}})", 400,
       "custom_metadata validation failed: '' expected type 'string', got unconvertible type "
       "'map[string]interface "
       "{}', value: 'map[b:1]'"},
      {"POST", "secret/config", R"({"max_versions":"x"})", 400,
       "Field validation failed: error converting input x for field \"max_versions\": cannot parse '' as "
       "int: "
       "strconv.ParseInt: parsing \"x\": invalid syntax"},
      {"POST", "auth/token/create", R"({"ttl":"x"})", 400, "time: invalid duration \"x\""},
      {"POST", "auth/token/create", R"({"meta":"x"})", 400,
       "Field validation failed: error converting input x for field \"meta\": invalid key pair \"x\""},
      {"POST", "sys/mounts/v1/tune", R"({"max_lease_ttl":"x"})", 400, "time: invalid duration \"x\""},
      {"POST", "auth/userpass/users/a", R"({"password":"q","ttl":"foo"})", 400,
       "error converting input foo for field \"ttl\": time: invalid duration \"foo\""},
  });
}

TEST_F(RequestFields, UnknownMembersAreWarnedOf) {
  const Json warning = Json::array({"Endpoint ignored these unrecognized parameters: [extra other]"});
  EXPECT_EQ(send("PUT", "secret/data/a", R"({"data":{},"other":1,"extra":2})").json["warnings"], warning);
  send("PUT", "v1/a", R"({"x":1})");
  EXPECT_EQ(send("GET", "v1/a?other=1&extra=2").json["warnings"], warning);
  EXPECT_EQ(send("POST", "auth/token/create", R"({"other":1,"extra":2})").json["warnings"], warning);
}

TEST_F(RequestFields, BodiesAsGoReadsThem) {
  const std::vector<http::Headers::Field> form = {{"Content-Type", "application/x-www-form-urlencoded"}};
  EXPECT_EQ(send("POST", "v1/form", "a=b&c=d&a=e", form).status, 204);
  EXPECT_EQ(send("GET", "v1/form").json["data"], (Json{{"a", "b,e"}, {"c", "d"}}));
  EXPECT_EQ(send("POST", "v1/json", R"({"a":1} trailing)", form).status, 204);
  EXPECT_EQ(send("POST", "v1/json", "{\"a\":\"\xff\xfe\\ud800x\"}").status, 204);
  EXPECT_EQ(send("GET", "v1/json").json["data"]["a"], "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx");
  check({{"POST", "v1/a", "x", 400, "error parsing JSON"},
         {"POST", "v1/a", "", 400, "missing data fields"},
         {"POST", "v1/a/", R"({"a":1})", 400, "cannot write to a path ending in '/'"},
         {"POST", "v1", R"({"a":1})", 400, "missing path"},
         {"HEAD", "v1/a", "", 405, nullptr},
         {"POST", "v1/x..y", R"({"a":1})", 500, "1 error occurred:\n\t* internal error\n\n"}});
  EXPECT_EQ(send("GET", "v1/a?list=x").body, "{\"errors\":[]}\n");
}

TEST_F(RequestFields, NumbersOfVersionTwoAreFloats) {
  send("PUT", "secret/data/n", R"({"data":{"a":12345678901234567890,"b":1.0,"c":1e3,"d":0.10}})");
  EXPECT_NE(
      send("GET", "secret/data/n").body.find(R"("data":{"a":12345678901234567000,"b":1,"c":1000,"d":0.1})"),
      std::string::npos);
  EXPECT_EQ(go_float(1e21), "1e+21");
  EXPECT_EQ(go_float(-2.5e-7), "-2.5e-7");
  EXPECT_EQ(go_float(0.000001), "0.000001");
  EXPECT_EQ(go_float(0), "0");
}

TEST_F(RequestFields, OldVersionsGoWhenThereAreTooMany) {
  for (int i = 0; i < 11; ++i) send("PUT", "secret/data/many", R"({"data":{}})");
  EXPECT_EQ(send("GET", "secret/data/many?version=1").status, 404);
  EXPECT_EQ(send("GET", "secret/metadata/many").json["data"]["oldest_version"], 2);
  send("POST", "secret/config", R"({"delete_version_after":"-1s"})");
  EXPECT_EQ(send("GET", "secret/config").json["data"]["delete_version_after"], "-1s");
}

TEST_F(RequestFields, PoliciesThatNobodyMayChange) {
  check({{"PUT", "sys/policies/acl/response-wrapping", R"({"policy":"path \"a\" {}"})", 400,
          "cannot update \"response-wrapping\" policy"},
         {"PUT", "sys/policies/acl/control-group", R"({"policy":"path \"a\" {}"})", 400,
          "cannot update \"control-group\" policy"},
         {"DELETE", "sys/policies/acl/response-wrapping", "", 400,
          "cannot delete \"response-wrapping\" policy"},
         {"PUT", "sys/policies/acl/p", R"({"policy":"path = \"a\""})", 400,
          "failed to parse policy: path \"path\": cannot check HCL keys of type *ast.LiteralType"},
         {"PUT", "sys/policies/acl/p", R"({"policy":"path \"a\" { allowed_parameters = \"x\" }"})", 400,
          "failed to parse policy: path \"a\": At 1:33: root.allowed_parameters: not an object type for map "
          "(*ast.LiteralType)"},
         {"POST", "auth/token/roles/r", "{}", 400, "the Squall stand-in does not serve token roles"},
         {"GET", "auth/token/roles/r", "", 404, nullptr},
         {"LIST", "auth/token/roles", "", 404, nullptr},
         {"POST", "auth/token/create/r", "{}", 400, "unknown role r"},
         {"GET", "sys/health?perfstandbyok=maybe", "", 400, nullptr}});
  EXPECT_NE(send("GET", "sys/policies/acl/response-wrapping").body.find("cubbyhole/response"),
            std::string::npos);
  EXPECT_EQ(send("POST", "auth/token/create", R"({"policies":[" A ",""]})").json["auth"]["policies"],
            Json({"a", "default"}));
}

TEST_F(RequestFields, AVersionThatIsAnEmptyTextIsNone) {
  send("PUT", "secret/data/e", R"({"data":{}})");
  EXPECT_EQ(send("PUT", "secret/undelete/e", R"({"versions":[""]})").body,
            "{\"errors\":[\"No version number provided\"]}\n");
  EXPECT_EQ(send("PUT", "secret/destroy/e", R"({"versions":["","1"]})").status, 204);
}

TEST_F(RequestFields, SubkeysShowTheStructureAlone) {
  send("PUT", "secret/data/s", R"({"data":{"a":{"b":{"c":1}},"d":2}})");
  EXPECT_EQ(send("GET", "secret/subkeys/s").json["data"]["subkeys"],
            Json::parse(R"({"a":{"b":{"c":null}},"d":null})"));
  EXPECT_EQ(send("GET", "secret/subkeys/s?depth=1").json["data"]["subkeys"],
            Json::parse(R"({"a":null,"d":null})"));
}

TEST_F(RequestFields, MountsThatCannotBe) {
  check({
      {"POST", "sys/mounts/sys", R"({"type":"kv"})", 400, "cannot mount \"sys/\""},
      {"POST", "sys/mounts/x", R"({"type":"system"})", 400, "mount type of \"system\" is not mountable"},
      {"POST", "sys/mounts/x", R"({"type":"kv","options":{"version":"3"}})", 400,
       "nil backend of type \"kv\" returned from factory"},
      {"POST", "sys/mounts/x", R"({"type":"kv","config":{"default_lease_ttl":"2h","max_lease_ttl":"1h"}})",
       400, "given default lease TTL greater than given max lease TTL"},
      {"POST", "sys/mounts/x", R"({"type":"kv","config":{"default_lease_ttl":"foo"}})", 400,
       "unable to parse default TTL of foo: time: invalid duration \"foo\""},
      {"POST", "sys/mounts/nope/tune", R"({"description":"x"})", 400,
       "tune of path \"nope/\" failed: no mount entry found"},
      {"POST", "sys/auth/x", R"({"type":"userpass","options":{"version":"2"}})", 400,
       "auth method \"userpass\" does not allow setting a version"},
      {"POST", "sys/auth/x", R"({"type":"userpass","config":{"token_type":"foo"}})", 400,
       "invalid value for 'token_type'"},
      {"POST", "sys/auth/x", R"({"type":"userpass","config":{"listing_visibility":"foo"}})", 400,
       "invalid listing_visibility foo"},
      {"POST", "sys/mounts/auth/userpass/tune", R"({"default_lease_ttl":"10m"})", 204, nullptr},
      {"POST", "sys/mounts/auth/nope/tune", R"({"default_lease_ttl":"10m"})", 400,
       "tune of path \"auth/nope/\" failed: no mount entry found"},
  });
}

TEST_F(RequestFields, MountsThatCannotMove) {
  check({
      {"POST", "sys/remount", R"({"from":"v1","to":"secret/sub"})", 400,
       "path already in use at \"secret/\""},
      {"POST", "sys/remount", R"({"from":"v1","to":"sys/foo"})", 400,
       "cannot remount to destination sys/foo/"},
      {"POST", "sys/remount", R"({"from":"v1","to":"auth/x"})", 400, "cannot remount to destination auth/x/"},
      {"POST", "sys/remount", R"({"from":"sys","to":"x"})", 400, "cannot remount \"sys/\""},
      {"POST", "sys/remount", R"({"from":"auth/token","to":"auth/x"})", 400,
       "cannot remount \"auth/token/\""},
      {"POST", "sys/remount", R"({"from":"auth/userpass","to":"x"})", 400,
       "cannot remount auth mount to non-auth mount \"x/\""},
      {"POST", "sys/remount", R"({"from":"nope","to":"x"})", 400, "no matching mount at \"nope/\""},
  });
}

TEST_F(RequestFields, AnAuthMethodsLeases) {
  send("POST", "sys/auth/userpass/tune", R"({"default_lease_ttl":"10m","max_lease_ttl":"15m"})");
  EXPECT_EQ(send("GET", "sys/auth/userpass/tune").json["data"]["max_lease_ttl"], 900);
  send("POST", "auth/userpass/users/ann", R"({"password":"p","token_policies":"b,a","token_num_uses":3})");
  const Json auth = send("POST", "auth/userpass/login/ann", R"({"password":"p"})").json["auth"];
  EXPECT_EQ(auth["lease_duration"], 600);
  EXPECT_EQ(auth["num_uses"], 3);
  send("POST", "auth/userpass/users/ann", R"({"ttl":"1h"})");
  const Json capped = send("POST", "auth/userpass/login/ann", R"({"password":"p"})").json;
  EXPECT_EQ(capped["auth"]["lease_duration"], 900);
  EXPECT_EQ(capped["warnings"][0],
            "TTL of \"1h\" exceeded the effective max_ttl of \"15m\"; TTL value is capped accordingly");
  EXPECT_EQ(send("GET", "auth/userpass/users/ann").json["data"]["ttl"], 3600);
  check({{"POST", "auth/userpass/users/no/password", R"({"password":"p"})", 500,
          "1 error occurred:\n\t* username does not exist\n\n"},
         {"POST", "auth/userpass/users/x", R"({"password":"p","token_ttl":"2h","token_max_ttl":"1h"})", 400,
          "'token_ttl' cannot be greater than 'token_max_ttl'"},
         {"GET", "auth/userpass/login/ann", "", 405, "unsupported operation"}});
  send("POST", "sys/auth/userpass/tune", R"({"token_type":"batch"})");
  send("POST", "auth/userpass/users/ann", R"({"token_num_uses":0})");
  EXPECT_EQ(send("POST", "auth/userpass/login/ann", R"({"password":"p"})").json["auth"]["token_type"],
            "batch");
}

TEST_F(RequestFields, TokensThatAreNotThere) {
  check({
      {"POST", "auth/token/lookup-accessor", R"({"accessor":"bad"})", 400,
       "1 error occurred:\n\t* invalid accessor\n\n"},
      {"POST", "auth/token/renew", R"({"token":"bad"})", 400, "token not found"},
      {"POST", "auth/token/renew-self", "{}", 400, "invalid lease ID"},
      {"POST", "auth/token/revoke-orphan", R"({"token":"bad"})", 400, "token to revoke not found"},
      {"POST", "sys/capabilities", R"({"path":"x","token":"bad"})", 400,
       "1 error occurred:\n\t* invalid token\n\n"},
      {"POST", "auth/token/create", R"({"entity_alias":"x"})", 400,
       "'entity_alias' is only allowed in combination with token role"},
  });
  EXPECT_EQ(send("POST", "auth/token/revoke-accessor", R"({"accessor":"bad"})").json["warnings"][0],
            "No token found with this accessor");
  EXPECT_EQ(send("POST", "auth/token/lookup", "{}").json["data"]["id"], machine.root);
}

TEST_F(RequestFields, VersionOneBecomesVersionTwo) {
  send("POST", "v1/app/db", R"({"a":"1"})");
  send("POST", "v1/top", R"({"b":2})");
  const Json answer = send("POST", "sys/mounts/v1/tune", R"({"options":{"version":"2"}})").json;
  EXPECT_EQ(answer["warnings"][0],
            "Upgrading mount from version 0 to version 2. This mount will be unavailable for a brief period "
            "and will "
            "resume service shortly.");
  EXPECT_EQ(send("GET", "v1/data/app/db").json["data"]["data"]["a"], "1");
  EXPECT_EQ(send("LIST", "v1/metadata").json["data"]["keys"], (Json{"app/", "top"}));
  check(
      {{"POST", "sys/mounts/v1/tune", R"({"options":{"version":"1"}})", 400,
        "cannot downgrade mount from version 2"},
       {"POST", "sys/mounts/v1/tune", R"({"options":{"version":"3"}})", 400, "invalid version provided: 3"}});
}

TEST_F(RequestFields, PolicyLimitsOfParametersAndWrapping) {
  send("PUT", "sys/policies/acl/p",
       Json{{"policy", R"(
path "v1/par/*" {
  capabilities = ["create", "update", "read"]
  required_parameters = ["x"]
  allowed_parameters = { "x" = [] "a" = ["b", "c*"] }
  denied_parameters = { "q" = [] }
}
path "v1/wrapped" { capabilities = ["read"] min_wrapping_ttl = "1m" max_wrapping_ttl = "5m" })"}}
           .dump());
  send("POST", "v1/wrapped", R"({"a":1})");
  const std::string token =
      send("POST", "auth/token/create", R"({"policies":["p"]})").json["auth"]["client_token"];
  const auto status = [&](const std::string& body) {
    return machine.call("PUT", "/v1/v1/par/k", token, body).status;
  };
  EXPECT_EQ(status(R"({"x":1})"), 204);
  EXPECT_EQ(status(R"({"a":"b"})"), 403);
  EXPECT_EQ(status(R"({"x":1,"a":"c9"})"), 204);
  EXPECT_EQ(status(R"({"x":1,"a":"d"})"), 403);
  EXPECT_EQ(status(R"({"x":1,"q":"d"})"), 403);
  EXPECT_EQ(status(R"({"x":1,"z":"d"})"), 403);
  EXPECT_EQ(machine.call("GET", "/v1/v1/wrapped", token).status, 403);
  EXPECT_EQ(machine.call("GET", "/v1/v1/wrapped", token, "", {{"X-Vault-Wrap-TTL", "90"}}).status, 200);
  EXPECT_EQ(machine.call("GET", "/v1/v1/wrapped", token, "", {{"X-Vault-Wrap-TTL", "400"}}).status, 403);
  check({{"PUT", "sys/policies/acl/b", R"({"policy":"path \"x\" { capabilitie = [] }"})", 400,
          "failed to parse policy: 1 error occurred:\n\t* path \"x\": invalid key \"capabilitie\" on line "
          "1\n\n"},
         {"PUT", "sys/policies/acl/b", R"({"policy":"path \"x\" { capabilities = \"read\" }"})", 400,
          "failed to parse policy: path \"x\": At 1:27: unknown slice type: *ast.LiteralType"},
         {"PUT", "sys/policies/acl/b",
          R"({"policy":"path \"a\" { min_wrapping_ttl=\"1m\" max_wrapping_ttl=\"10s\" }"})", 400,
          "failed to parse policy: max_wrapping_ttl cannot be less than min_wrapping_ttl"}});
}

TEST_F(RequestFields, HeadersOfAnswersAndRequests) {
  EXPECT_FALSE(send("GET", "sys/health").response.headers.get("Date").empty());
  const auto error = [&](const char* name, const char* value) {
    return send("GET", "v1/x", "", {{name, value}}).json["errors"][0].get<std::string>();
  };
  EXPECT_EQ(error("X-Vault-Forward", "active-node"),
            "forwarding via header X-Vault-Forward disabled in configuration");
  EXPECT_EQ(error("X-Vault-Wrap-TTL", "-5"),
            "error parsing X-Vault-Wrap-TTL header: requested wrap ttl cannot be negative");
  EXPECT_EQ(
      error("X-Vault-Policy-Override", "x"),
      "failed to parse X-Vault-Policy-Override header: cannot parse '' as bool: strconv.ParseBool: parsing "
      "\"x\": invalid syntax");
  EXPECT_EQ(send("POST", "v1/foo%zz", "{}").body, "400 Bad Request");
}

TEST_F(RequestFields, BodiesThatGoDecodesIntoStructs) {
  check({
      {"PUT", "sys/init", "null", 400, "invalid seal configuration: shares must be at least one"},
      {"PUT", "sys/init", R"({"secret_shares":1.5})", 400,
       "failed to parse JSON input: json: cannot unmarshal number 1.5 into Go struct field "
       "InitRequest.secret_shares "
       "of type int"},
      {"PUT", "sys/init", R"({"secret_shares":1,"secret_threshold":1,"recovery_shares":1})", 400,
       "parameters recovery_shares not applicable to seal type shamir"},
      {"PUT", "sys/init", R"({"secret_shares":1,"secret_threshold":1} rest)", 400,
       "Vault is already initialized"},
      {"PUT", "sys/unseal", R"({"reset":"x"})", 400,
       "failed to parse JSON input: json: cannot unmarshal string into Go struct field UnsealRequest.Reset "
       "of type "
       "bool"},
      {"PUT", "sys/unseal", R"({"KEY":5})", 400,
       "failed to parse JSON input: json: cannot unmarshal number into Go struct field UnsealRequest.Key of "
       "type "
       "string"},
  });
  EXPECT_EQ(go_json_problem("{\"a\":01}"), "invalid character '1' after object key:value pair");
  EXPECT_EQ(go_json_problem("{\"a\":1.}"), "invalid character '}' after decimal point in numeric literal");
  EXPECT_EQ(go_json_problem("{\"a\":\"\\u12g4\"}"),
            "invalid character 'g' in \\u hexadecimal character escape");
  EXPECT_EQ(go_json_problem("\x01"), "invalid character '\\x01' looking for beginning of value");
  EXPECT_EQ(go_json_problem(std::string(2000, '[')), "exceeded max depth");
}

std::string ended_with(const std::string& configuration, std::map<std::string, std::string> environment = {},
                       std::vector<std::string> args = {"-config=/vault.hcl"}) {
  Machine machine(configuration);
  machine.environment = std::move(environment);
  machine.start(std::move(args));
  EXPECT_EQ(machine.exit_status, 1);
  return machine.context->standard_output + machine.context->standard_error;
}

TEST(ServerStart, WhatStopsItInTheOriginalsWords) {
  using ::testing::HasSubstr;
  const std::string storage = "disable_mlock = true\nstorage \"file\" { path = \"/x\" }\n";
  EXPECT_THAT(
      ended_with(storage + "listener \"tcp\" { tls_disable = \"maybe\" }"),
      HasSubstr("error loading configuration from /vault.hcl: error parsing 'listener': listeners.0 invalid "
                "value for tls_disable: cannot parse '' as bool: strconv.ParseBool: parsing \"maybe\": "
                "invalid syntax\n"));
  EXPECT_THAT(
      ended_with(storage + "listener \"tcp\" { max_request_size = \"x\" }"),
      HasSubstr("listeners.0 error parsing max_request_size: strconv.ParseInt: parsing \"x\": invalid "
                "syntax\n"));
  EXPECT_THAT(
      ended_with(storage + "ha_storage \"file\" { path = \"/y\" }\nlistener \"tcp\" { tls_disable = 1 }"),
      HasSubstr("Specified HA storage does not support HA\n"));
  EXPECT_THAT(
      ended_with(storage + "api_addr = \"nope\"\nlistener \"tcp\" { tls_disable = 1 }"),
      HasSubstr("Error parsing synthesized cluster address nope: parse \"nope\": invalid URI for request\n"));
  for (const auto& [address, why] :
       {std::pair{"127.0.0.1", "listen tcp: address 127.0.0.1: missing port in address"},
        std::pair{"127.0.0.1:99999", "listen tcp: address 99999: invalid port"},
        std::pair{"127.0.0.1:abc", "listen tcp: lookup tcp/abc: unknown port"},
        std::pair{"nohost:8200", "listen tcp: lookup nohost: no such host"},
        std::pair{"[::1]:8200", "the Squall stand-in does not listen on the IPv6 address [::1]"}})
    EXPECT_THAT(ended_with(storage + "listener \"tcp\" { tls_disable = 1\naddress = \"" + address + "\" }"),
                HasSubstr(std::string("Error initializing listener of type tcp: ") + why + "\n"));
  const std::string listener = "listener \"tcp\" { tls_disable = 1 }\n";
  EXPECT_THAT(ended_with(storage + listener, {{"VAULT_DISABLE_MLOCK", "x"}}),
              HasSubstr("Error parsing the environment variable VAULT_DISABLE_MLOCK\n"));
  EXPECT_THAT(ended_with(storage + listener, {{"VAULT_SEAL_TYPE", "nope"}}),
              HasSubstr("Error parsing Seal configuration: Unknown KMS type \"nope\"\n"));
  EXPECT_THAT(ended_with(storage + listener, {{"VAULT_EXPERIMENTS", "x"}}),
              HasSubstr("but received the following invalid experiment(s): x\n"));
  EXPECT_THAT(ended_with(storage + "listener \"tcp\" { tls_disable = 1\nproxy_protocol_behavior = \"x\" }"),
              HasSubstr("unknown behavior type for proxy proto config\n"));
  const std::map<std::string, std::string> json = {{"VAULT_LOG_FORMAT", "json"}};
  EXPECT_THAT(ended_with("", json, {"-dev", "-dev-listen-address=127.0.0.1:83\"x"}),
              HasSubstr("invalid port"));
  EXPECT_THAT(ended_with("", {}, {"-dev", "-dev-root-token-id=\xff"}),
              HasSubstr("no token that is not UTF-8"));
}

std::string banner_of(const std::string& configuration) {
  Machine machine("disable_mlock = true\nstorage \"file\" { path = \"/x\" }\n" + configuration);
  machine.start();
  return machine.context->standard_output;
}

TEST(ServerStart, WhereItListens) {
  for (const auto& [address, bound] :
       {std::pair{"0.0.0.0:8200", "0.0.0.0"}, std::pair{":8200", "0.0.0.0"},
        std::pair{"[::]:8200", "0.0.0.0"}, std::pair{"10.0.0.1:8200", "10.0.0.1"}}) {
    Machine machine("storage \"inmem\" {}\nlistener \"tcp\" { tls_disable = 1\naddress = \"" +
                    std::string(address) + "\" }");
    machine.start();
    EXPECT_EQ(machine.network.last_listen.address, bound);
  }
}

// A node without HA tells others no address but what api_addr says, and where it would listen for a cluster.
TEST(ServerStart, TheAddressesInItsBanner) {
  using ::testing::HasSubstr;
  using ::testing::Not;
  const std::string bare = banner_of("listener \"tcp\" { tls_disable = 1\naddress = \"localhost:8200\" }");
  EXPECT_THAT(bare, Not(HasSubstr("Api Address")));
  EXPECT_THAT(bare, Not(HasSubstr("Cluster Address")));
  EXPECT_THAT(bare, HasSubstr(R"((addr: "localhost:8200", cluster address: "127.0.0.1:8201")"));
  const std::string listener = "listener \"tcp\" { tls_disable = 1\nmax_request_duration = \"2m\" }\n";
  EXPECT_THAT(banner_of(listener), HasSubstr("max_request_duration: \"2m0s\""));
  EXPECT_THAT(banner_of(listener + "api_addr = \"http://x:1/\""),
              HasSubstr("Cluster Address: https://x:2/\n"));
  EXPECT_THAT(banner_of(listener + "api_addr = \"http://x\""), HasSubstr("Cluster Address: https://x:444\n"));
  EXPECT_THAT(banner_of(listener + "cluster_addr = \"nope\""), HasSubstr("Vault server started!"));
  EXPECT_THAT(banner_of("listener \"tcp\" { tls_disable = 1\naddress = \":8200\" }"),
              HasSubstr(R"((addr: ":8200", cluster address: "[::]:8201")"));
}

TEST(ServerStart, TheLogWaitsForTheBanner) {
  Machine machine;
  machine.start();
  const std::string journal = machine.context->journal;
  EXPECT_LT(journal.find("Vault server started!"), journal.find("proxy environment"));
  EXPECT_LT(journal.find("proxy environment"), journal.find("core: Initializing version history cache"));
  Machine wrong("storage \"nosuch\" {}\nother = 1\n");
  wrong.start();
  EXPECT_LT(wrong.context->journal.find("Unknown storage type nosuch"),
            wrong.context->journal.find("unknown or unsupported field other"));
  EXPECT_LT(wrong.context->journal.find("unknown or unsupported field other"),
            wrong.context->journal.find("proxy environment"));
}

TEST(ServerLeases, TheConfigurationsDefaultsAreEveryMounts) {
  Machine machine("default_lease_ttl = \"10m\"\nmax_lease_ttl = 1200\n" + Machine::file_configuration());
  machine.start();
  machine.init_and_unseal();
  const auto answer = machine.call("POST", "/v1/auth/token/create", machine.root, R"({"policies":["p"]})");
  EXPECT_EQ(answer.json["auth"]["lease_duration"], 600);
  Machine wrong("default_lease_ttl = \"10m\"\nmax_lease_ttl = \"1m\"\n" + Machine::file_configuration());
  wrong.start();
  EXPECT_NE((wrong.context->standard_output + wrong.context->standard_error)
                .find("Error initializing core: cannot have DefaultLeaseTTL larger than MaxLeaseTTL"),
            std::string::npos);
}

}  // namespace
}  // namespace squall::vault::testing
