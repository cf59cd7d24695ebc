// What the commands send, and what they print of the answers; texts as recorded of Vault 1.14.9.
#include <gmock/gmock.h>

#include "tests/vault_cli/fake_node.hpp"

namespace squall::vault::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kSealed =
    R"({"type":"shamir","initialized":true,"sealed":true,"t":3,"n":5,"progress":1,"nonce":"abc","version":"1.14.9",)"
    R"("build_date":"2024-01-31T12:34:56Z","migration":false,"recovery_seal":false,"storage_type":"file"})";
constexpr const char* kNoLeader =
    R"({"ha_enabled":false,"is_self":false,"active_time":"0001-01-01T00:00:00Z","leader_address":"",)"
    R"("leader_cluster_address":"","performance_standby":false,"performance_standby_last_remote_wal":0})";

void answer_mount(FakeNode& node, const std::string& path, const std::string& mount, const char* version) {
  node.network().answer(
      "GET /v1/sys/internal/ui/mounts/" + path, 200,
      R"({"request_id":"r","data":{"path":")" + mount + R"(","options":{"version":")" + version + R"("}}})");
}

TEST(Status, SealedIsATableAndExitStatusTwo) {
  FakeNode node;
  node.network().answer("GET /v1/sys/seal-status", 200, kSealed);
  node.network().answer("GET /v1/sys/leader", 200, kNoLeader);
  const Ran ran = node.run({"status"});
  EXPECT_EQ(ran.exit_status, 2);
  EXPECT_EQ(ran.out, R"(Key                Value
---                -----
Seal Type          shamir
Initialized        true
Sealed             true
Total Shares       5
Threshold          3
Unseal Progress    1/3
Unseal Nonce       abc
Version            1.14.9
Build Date         2024-01-31T12:34:56Z
Storage Type       file
HA Enabled         false
)");
  // What cannot be shown so is sealed all the same.
  EXPECT_EQ(node.run({"status", "-format=pretty"}).exit_status, 2);
}

TEST(Status, ALeaderQuestionThatASealedNodeRefusesMeansHa) {
  FakeNode node;
  node.network().answer("GET /v1/sys/seal-status", 200, kSealed);
  node.network().answer("GET /v1/sys/leader", 503, R"({"errors":["Vault is sealed"]})");
  const Ran ran = node.run({"status", "-format=json"});
  EXPECT_EQ(ran.exit_status, 2);
  EXPECT_THAT(ran.out, HasSubstr("  \"storage_type\": \"file\",\n  \"ha_enabled\": true,\n  \"active_time\": "
                                 "\"0001-01-01T00:00:00Z\"\n}\n"));
}

TEST(Status, YamlQuotesWhatWouldReadAsAnotherType) {
  FakeNode node;
  node.network().answer("GET /v1/sys/seal-status", 200, kSealed);
  node.network().answer("GET /v1/sys/leader", 200, kNoLeader);
  EXPECT_THAT(
      node.run({"status", "-format=yaml"}).out,
      StartsWith("active_time: \"0001-01-01T00:00:00Z\"\nbuild_date: \"2024-01-31T12:34:56Z\"\nha_enabled: "
                 "false\ninitialized: true\nmigration: false\n\"n\": 5\nnonce: abc\n"));
}

TEST(Init, DefaultsFollowTheSealsKind) {
  FakeNode node;
  node.network().answer("GET /v1/sys/seal-status", 200, R"({"type":"awskms","recovery_seal":true})");
  node.network().answer(
      "PUT /v1/sys/init", 200,
      R"({"keys":[],"keys_base64":[],"recovery_keys":["00"],"recovery_keys_base64":["AA=="],)"
      R"("root_token":"hvs.t"})");
  const Ran ran = node.run({"operator", "init"});
  EXPECT_EQ(ran.exit_status, 0);
  EXPECT_THAT(node.network().calls.back().request.body,
              HasSubstr(R"("secret_shares":0,"secret_threshold":0,"stored_shares":0,"pgp_keys":null,)"
                        R"("recovery_shares":5,"recovery_threshold":3)"));
  EXPECT_EQ(ran.out, R"(Recovery Key 1: AA==

Initial Root Token: hvs.t

Success! Vault is initialized

Recovery key initialized with 5 key shares and a key threshold of 3. Please
securely distribute the key shares printed above.
)");
}

TEST(Init, JsonListsBothKindsOfKeys) {
  FakeNode node;
  node.network().answer("GET /v1/sys/seal-status", 200, R"({"type":"shamir","recovery_seal":false})");
  node.network().answer("PUT /v1/sys/init", 200,
                        R"({"keys":["00"],"keys_base64":["AA=="],"root_token":"hvs.t"})");
  EXPECT_EQ(node.run({"operator", "init", "-key-shares=1", "-key-threshold=1", "-format=json"}).out, R"({
  "unseal_keys_b64": [
    "AA=="
  ],
  "unseal_keys_hex": [
    "00"
  ],
  "unseal_shares": 1,
  "unseal_threshold": 1,
  "recovery_keys_b64": [],
  "recovery_keys_hex": [],
  "recovery_keys_shares": 0,
  "recovery_keys_threshold": 0,
  "root_token": "hvs.t"
}
)");
}

TEST(Unseal, AsksOnATerminalOnly) {
  FakeNode node;
  node.input = "key\n";
  const Ran refused = node.run({"operator", "unseal"});
  EXPECT_EQ(refused.exit_status, 1);
  EXPECT_EQ(refused.out, "Unseal Key (will be hidden): \n");
  EXPECT_THAT(refused.err,
              HasSubstr("unseal command. The raw error was:  file descriptor 0 is not a terminal\n"));
  EXPECT_TRUE(node.network().calls.empty());

  node.on_terminal();
  node.network().answer("PUT /v1/sys/unseal", 200, kSealed);
  node.network().answer("GET /v1/sys/leader", 200, kNoLeader);
  EXPECT_EQ(node.run({"operator", "unseal"}).exit_status, 0);
  EXPECT_EQ(node.network().calls[0].request.body, "{\"key\":\"key\",\"reset\":false,\"migrate\":false}\n");
}

TEST(Login, ParagraphsAreWrappedTheLeastRaggedWay) {
  FakeNode node;
  node.network().answer("GET /v1/auth/token/lookup-self", 200, R"({"data":{"policies":["root"],"ttl":0}})");
  EXPECT_THAT(
      node.run({"login", "hvs.t"}).out,
      StartsWith(
          "Success! You are now authenticated. The token information displayed below\nis already stored "
          "in the token helper. You do NOT need to run \"vault login\"\nagain. Future Vault requests "
          "will automatically use this token.\n\n"));
}

TEST(Login, KeepsTheTokenForItsOwnerAlone) {
  FakeNode node;
  node.network().answer(
      "GET /v1/auth/token/lookup-self", 200,
      R"({"request_id":"r","data":{"accessor":"acc","id":"hvs.t","policies":["root"],"ttl":0,)"
      R"("renewable":false,"meta":null}})");
  const Ran ran = node.run({"login", "hvs.t"});
  EXPECT_EQ(ran.exit_status, 0);
  EXPECT_EQ(ran.err, "");
  EXPECT_THAT(ran.out, HasSubstr("token_duration       ∞\ntoken_renewable      false\ntoken_policies       "
                                 "[\"root\"]\nidentity_policies    []\npolicies             [\"root\"]\n"));
  EXPECT_EQ(node.disk().files.at("/root/.vault-token").content, "hvs.t");
  EXPECT_EQ(node.disk().files.at("/root/.vault-token").mode, 0600);
  EXPECT_EQ(node.run({"print", "token"}).out, "hvs.t\n");
}

TEST(Login, ALeaseOfAllTimeIsCutToWhatADurationHolds) {
  FakeNode node;
  node.network().answer(
      "PUT /v1/auth/userpass/login/admin", 200,
      R"({"auth":{"client_token":"hvs.u","policies":["default"],"lease_duration":9223372036854775807}})");
  const Ran ran = node.run({"login", "-method=userpass", "username=admin", "password=pw"});
  EXPECT_EQ(ran.exit_status, 0);
  EXPECT_THAT(ran.out, HasSubstr("2562047h47m16s\n"));
}

TEST(Login, WarnsOfAVariableThatWins) {
  FakeNode node;
  node.variables()["VAULT_TOKEN"] = "hvs.other";
  node.network().answer("GET /v1/auth/token/lookup-self", 200, R"({"data":{"policies":["root"],"ttl":0}})");
  const Ran ran = node.run({"login", "-field=token", "hvs.t"});
  EXPECT_EQ(ran.out, "hvs.t");
  EXPECT_EQ(ran.err,
            "WARNING! The VAULT_TOKEN environment variable is set! The value of this\nvariable will take "
            "precedence; "
            "if this is unwanted please unset VAULT_TOKEN or\nupdate its value accordingly.\n\n");
  EXPECT_EQ(node.network().calls[0].request.headers.get("X-Vault-Token"), "hvs.t");
}

TEST(Login, TokenOnlyIsNotStored) {
  FakeNode node;
  node.input = "hvs.t\n";
  node.network().answer("GET /v1/auth/token/lookup-self", 200, R"({"data":{"policies":["root"],"ttl":0}})");
  EXPECT_EQ(node.run({"login", "-token-only", "-"}).out, "hvs.t");
  EXPECT_TRUE(node.disk().files.empty());
}

TEST(Login, UserpassSendsNoToken) {
  FakeNode node;
  node.variables()["VAULT_TOKEN"] = "hvs.other";
  node.network().answer(
      "PUT /v1/auth/userpass/login/admin", 200,
      R"({"auth":{"client_token":"hvs.u","accessor":"a","policies":["default"],)"
      R"("token_policies":["default"],"metadata":{"username":"admin"},"lease_duration":2764800,)"
      R"("renewable":true}})");
  const Ran ran = node.run({"login", "-method=userpass", "username=admin", "password=pw"});
  EXPECT_THAT(ran.out, HasSubstr("token_duration         768h\n"));
  EXPECT_THAT(ran.out, HasSubstr("token_meta_username    admin\n"));
  EXPECT_FALSE(node.network().calls[0].request.headers.has("X-Vault-Token"));
  EXPECT_EQ(node.network().calls[0].request.body, "{\"password\":\"pw\"}\n");
}

TEST(Kv, PutOnVersionTwoWrapsTheDataAndShowsItsMetadata) {
  FakeNode node;
  answer_mount(node, "secret/app", "secret/", "2");
  node.network().answer(
      "PUT /v1/secret/data/app", 200,
      R"({"request_id":"r","data":{"created_time":"T","custom_metadata":null,"deletion_time":"",)"
      R"("destroyed":false,"version":1}})");
  const Ran ran = node.run({"kv", "put", "-cas=0", "secret/app", "b=two", "a=1", "a=2"});
  EXPECT_EQ(ran.exit_status, 0);
  EXPECT_EQ(node.network().calls.back().request.body,
            "{\"data\":{\"a\":[\"1\",\"2\"],\"b\":\"two\"},\"options\":{\"cas\":0}}\n");
  EXPECT_EQ(ran.out, R"(= Secret Path =
secret/data/app

======= Metadata =======
Key                Value
---                -----
created_time       T
custom_metadata    <nil>
deletion_time      n/a
destroyed          false
version            1
)");
}

TEST(Kv, GetPrintsNumbersAsTheyCame) {
  FakeNode node;
  answer_mount(node, "secret/app", "secret/", "2");
  node.network().answer(
      "GET /v1/secret/data/app", 200,
      R"({"request_id":"r","data":{"data":{"n":1.50,"l":[1,2],"big":12345678901234567890123},)"
      R"("metadata":{"custom_metadata":{"owner":"me","x":"y"},"version":5}}})");
  EXPECT_THAT(node.run({"kv", "get", "secret/app"}).out, HasSubstr("custom_metadata    map[owner:me x:y]\n"));
  EXPECT_THAT(node.run({"kv", "get", "secret/app"}).out, HasSubstr("l      [1 2]\nn      1.50\n"));
  EXPECT_EQ(node.run({"kv", "get", "-field=big", "secret/app"}).out, "12345678901234567890123");
  EXPECT_EQ(node.run({"kv", "get", "-field=l", "-format=json", "secret/app"}).out, "[\n  1,\n  2\n]");
  const Ran missing = node.run({"kv", "get", "-field=nope", "secret/app"});
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_EQ(missing.err, "Field \"nope\" not present in secret\n");
}

TEST(Kv, VersionOneKnowsNoVersions) {
  FakeNode node;
  answer_mount(node, "kv1/app", "kv1/", "1");
  node.network().answer("PUT /v1/kv1/app", 204);
  node.network().answer("GET /v1/kv1/app", 200,
                        R"({"request_id":"r","lease_duration":3600,"data":{"a":"1"}})");
  EXPECT_EQ(node.run({"kv", "put", "kv1/app", "a=1"}).out, "Success! Data written to: kv1/app\n");
  EXPECT_EQ(node.network().calls.back().request.body, "{\"a\":\"1\"}\n");
  EXPECT_EQ(node.run({"kv", "get", "kv1/app"}).out, "== Data ==\nKey    Value\n---    -----\na      1\n");
  EXPECT_EQ(node.run({"kv", "patch", "kv1/app", "a=2"}).exit_status, 2);
  EXPECT_EQ(node.run({"kv", "undelete", "-versions=1", "kv1/app"}).err,
            "Undelete not supported on KV Version 1\n");
}

TEST(Kv, NothingThere) {
  FakeNode node;
  answer_mount(node, "secret/nope", "secret/", "2");
  const Ran get = node.run({"kv", "get", "secret/nope"});
  EXPECT_EQ(get.exit_status, 2);
  EXPECT_EQ(get.err, "No value found at secret/data/nope\n");
  const Ran list = node.run({"kv", "list", "-format=json", "secret/nope"});
  EXPECT_EQ(list.exit_status, 2);
  EXPECT_EQ(list.out, "{}\n");
}

TEST(Kv, PatchFallsBackToReadAndWriteWithoutTheCapability) {
  FakeNode node;
  answer_mount(node, "secret/app", "secret/", "2");
  node.network().answer("PATCH /v1/secret/data/app", 403, R"({"errors":["permission denied"]})");
  node.network().answer("GET /v1/secret/data/app", 200,
                        R"({"data":{"data":{"a":"1"},"metadata":{"version":3}}})");
  node.network().answer("PUT /v1/secret/data/app", 200, R"({"data":{"version":4}})");
  EXPECT_EQ(node.run({"kv", "patch", "secret/app", "b=2"}).exit_status, 0);
  EXPECT_EQ(node.network().calls.back().request.body,
            "{\"data\":{\"a\":\"1\",\"b\":\"2\"},\"options\":{\"cas\":3}}\n");
  EXPECT_EQ(node.network().calls[1].request.headers.get("Content-Type"), "application/merge-patch+json");
}

TEST(Generic, ARefusalKeepsItsWarnings) {
  FakeNode node;
  node.network().answer("PUT /v1/secret/app", 404,
                        R"({"errors":[],"warnings":["Not that way"],"data":null})");
  const Ran ran = node.run({"write", "secret/app", "a=1"});
  EXPECT_EQ(ran.exit_status, 2);
  EXPECT_EQ(ran.err,
            "Error writing data to secret/app: Error making API request.\n\nURL: PUT "
            "http://127.0.0.1:8200/v1/secret/app\nCode: 404. Errors:\n\n\nWARNING! The following warnings "
            "were returned "
            "from Vault:\n\n  * Not that way\n\n");
}

TEST(Generic, AnswersWithoutTheEnvelopeAreData) {
  FakeNode node;
  node.network().answer("GET /v1/sys/init", 200, R"({"initialized":true})");
  EXPECT_EQ(node.run({"read", "sys/init"}).out,
            "Key            Value\n---            -----\ninitialized    true\n");
}

TEST(Generic, ErrorsThatAreNoJsonAreShownRaw) {
  FakeNode node;
  node.network().answer("GET /v1/kv/x%20y", 400, "Client sent an HTTP request to an HTTPS server.\n");
  EXPECT_EQ(node.run({"read", "kv/x y"}).err,
            "Error reading kv/x y: Error making API request.\n\nURL: GET "
            "http://127.0.0.1:8200/v1/kv/x%20y\nCode: 400. "
            "Raw Message:\n\nClient sent an HTTP request to an HTTPS server.\n\n");
}

TEST(Client, RetriesOnlyWhenAskedAndOnTheWorldsClock) {
  FakeNode node;
  node.network().answer("GET /v1/sys/mounts", 503, R"({"errors":["Vault is sealed"]})");
  node.run({"secrets", "list"});
  EXPECT_EQ(node.network().calls.size(), 1u);

  node.variables()["VAULT_MAX_RETRIES"] = "2";
  const Time before = node.scheduler().now();
  EXPECT_EQ(node.run({"secrets", "list"}).exit_status, 2);
  EXPECT_EQ(node.network().calls.size(), 4u);
  EXPECT_GE(node.scheduler().now() - before, 3s);
  EXPECT_LT(node.scheduler().now() - before, 4500ms);
}

TEST(Client, FollowsOneRedirectButNotToPlainHttp) {
  FakeNode node;
  http::Response redirect;
  redirect.status = 307;
  redirect.headers.add("Location", "http://10.0.0.2:8200/v1/sys/policies/acl?list=true");
  node.network().answers["GET /v1/sys/policies/acl?list=true"] = {
      world::Reply(redirect),
      world::Reply(http::Response::text(200, R"({"data":{"keys":["default","root"]}})", "application/json"))};
  EXPECT_EQ(node.run({"policy", "list"}).out, "default\nroot\n");
  EXPECT_EQ(node.network().calls[1].host, "10.0.0.2");

  node.network().answers["GET /v1/sys/policies/acl?list=true"] = {world::Reply(redirect)};
  node.variables()["VAULT_ADDR"] = "https://127.0.0.1:8200";
  EXPECT_EQ(node.run({"policy", "list"}).err,
            "Error listing policies: redirect would cause protocol downgrade\n");
  node.network().calls.clear();
  node.run({"policy", "list", "-disable-redirects"});
  EXPECT_EQ(node.network().calls.size(), 1);
}

// The look for the mount obeys the variable alone; an answer that is wrapped is shown as that.
TEST(Kv, WhatIsWrapped) {
  FakeNode node;
  node.network().answer("GET /v1/sys/internal/ui/mounts/secret/a", 200,
                        R"({"data":{"path":"secret/","options":{"version":"2"}}})");
  node.network().answer("PUT /v1/secret/data/a", 200,
                        R"({"wrap_info":{"token":"w","ttl":60,"creation_path":"secret/data/a"}})");
  const Ran ran = node.run({"kv", "put", "-wrap-ttl=60", "secret/a", "b=1"});
  EXPECT_THAT(ran.out, StartsWith("Key                              Value\n"));
  EXPECT_EQ(node.network().calls[0].request.headers.get("X-Vault-Wrap-TTL"), "");
  EXPECT_EQ(node.network().calls[1].request.headers.get("X-Vault-Wrap-TTL"), "1m0s");
  node.variables()["VAULT_WRAP_TTL"] = "5m";
  node.run({"kv", "put", "secret/a", "b=1"});
  EXPECT_EQ(node.network().calls[2].request.headers.get("X-Vault-Wrap-TTL"), "5m");
}

TEST(Login, AWrappedAnswerIsTakenOutWhereTheTokenIsKept) {
  FakeNode node;
  node.network().answer("PUT /v1/auth/userpass/login/u", 200,
                        R"({"wrap_info":{"token":"w","ttl":60,"wrapped_accessor":"a"}})");
  node.network().answer("PUT /v1/sys/wrapping/unwrap", 200, R"({"auth":{"client_token":"t"}})");
  const std::vector<std::string> login = {"-method=userpass", "-wrap-ttl=60", "username=u", "password=p"};
  std::vector<std::string> line = {"login", "-token-only"};
  line.insert(line.end(), login.begin(), login.end());
  EXPECT_EQ(node.run(line).out, "w");
  line[1] = "-field=token";
  EXPECT_EQ(node.run(line).out, "t");
  EXPECT_EQ(node.network().calls.back().request.headers.get("X-Vault-Token"), "w");
  EXPECT_EQ(node.disk().files["/root/.vault-token"].content, "t");
}

TEST(Mounts, MoveWaitsTenSecondsBetweenLooks) {
  FakeNode node;
  node.network().answer("POST /v1/sys/remount", 200, R"({"data":{"migration_id":"m1"}})");
  node.network().answer("GET /v1/sys/remount/status/m1", 200,
                        R"({"data":{"migration_info":{"status":"in-progress"}}})");
  node.network().answer("GET /v1/sys/remount/status/m1", 200,
                        R"({"data":{"migration_info":{"status":"success"}}})");
  const Time before = node.scheduler().now();
  EXPECT_EQ(node.run({"secrets", "move", "kv/", "kvm/"}).out,
            "Started moving secrets engine kv/ to kvm/, with migration ID m1\nWaiting for terminal status in "
            "migration "
            "of secrets engine kv/ to kvm/, with migration ID m1\nSuccess! Finished moving secrets engine "
            "kv/ to kvm/, "
            "with migration ID m1\n");
  EXPECT_EQ(node.scheduler().now() - before, 10s);
}

TEST(Mounts, EnableSendsWhatVaultSends) {
  FakeNode node;
  node.network().answer("POST /v1/sys/mounts/kv2", 204);
  EXPECT_EQ(node.run({"secrets", "enable", "-path=kv2", "-version=2", "kv"}).out,
            "Success! Enabled the kv secrets engine at: kv2/\n");
  EXPECT_THAT(node.network().calls[0].request.body, HasSubstr(R"("options":{"version":"2"}})"));
  EXPECT_THAT(node.network().calls[0].request.body,
              HasSubstr(R"("default_lease_ttl":"0s","max_lease_ttl":"0s")"));
  node.network().answer("POST /v1/sys/mounts/lead", 204);
  EXPECT_EQ(node.run({"secrets", "enable", "-path=/lead/", "-plugin-name=kv", "plugin"}).out,
            "Success! Enabled the kv secrets engine at: /lead/\n");
  EXPECT_EQ(node.run({"secrets", "enable", "-token-type=batch", "kv"}).err,
            "flag provided but not defined: -token-type\n");
}

TEST(Mounts, AWrappedListHasNoData) {
  FakeNode node;
  node.network().answer("GET /v1/sys/mounts", 200, R"({"data":null,"wrap_info":{"token":"w","ttl":300}})");
  const Ran ran = node.run({"secrets", "list"});
  EXPECT_EQ(ran.exit_status, 2);
  EXPECT_EQ(ran.err, "Error listing secrets engines: data from server response is empty\n");
}

TEST(Mounts, TuningLockout) {
  FakeNode node;
  node.network().answer("POST /v1/sys/mounts/auth/userpass/tune", 204);
  node.run({"auth", "tune", "-user-lockout-threshold=3", "-user-lockout-duration=5m", "userpass"});
  EXPECT_THAT(node.network().calls[0].request.body,
              HasSubstr(R"("user_lockout_config":{"lockout_threshold":"3","lockout_duration":"5m0s"})"));
}

TEST(Generic, AWrappedList) {
  FakeNode node;
  node.network().answer("GET /v1/v1?list=true", 200, R"({"wrap_info":{"token":"w","ttl":60}})");
  EXPECT_THAT(node.run({"list", "v1/"}).out, HasSubstr("wrapping_token:                  w\n"));
}

TEST(GenerateRoot, DecodingNeedsTheOtp) {
  FakeNode node;
  EXPECT_EQ(node.run({"operator", "generate-root", "-decode=x"}).err, "Missing otp: use -otp to supply it\n");
  EXPECT_TRUE(node.network().calls.empty());
}

TEST(Unwrap, AListAndNothing) {
  FakeNode node;
  node.network().answer("PUT /v1/sys/wrapping/unwrap", 200,
                        R"({"request_id":"r","data":{"keys":["b","a"]}})");
  EXPECT_EQ(node.run({"unwrap", "w"}).out, "Keys\n----\na\nb\n");
  node.network().answers.clear();
  node.network().answer("PUT /v1/sys/wrapping/unwrap", 204);
  EXPECT_EQ(node.run({"unwrap", "w"}).out,
            "Successfully unwrapped. There was no data in the wrapped secret.\n");
}

TEST(Policy, NamesAreLowered) {
  FakeNode node;
  node.disk().files["/work/p.hcl"] = {"path \"x\" {}\n", 0644};
  node.network().answer("PUT /v1/sys/policies/acl/upper", 204);
  const Ran ran = node.run({"policy", "write", "Upper", "p.hcl"});
  EXPECT_EQ(ran.out, "Success! Uploaded policy: upper\n");
  EXPECT_EQ(ran.err, "Policy name was converted from \"Upper\" to \"upper\"\n");
  EXPECT_EQ(node.network().calls[0].request.body, "{\"policy\":\"path \\\"x\\\" {}\\n\"}\n");
}

// What a node says of shares that cannot be combined, as an operator sees it.
TEST(Shares, RefusalsAreShownWithTheirCode) {
  FakeNode node;
  const std::string share = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB",
                    refusal = "duplicate part detected";
  const auto refuse = [&](const std::string& path, int status, const std::string& text) {
    node.network().answer("PUT /v1/sys/" + path, status, R"({"errors":[")" + text + refusal + "\"]}\n");
    return "Error making API request.\n\nURL: PUT http://127.0.0.1:8200/v1/sys/" + path +
           "\nCode: " + std::to_string(status) + ". Errors:\n\n* " + text + refusal + "\n";
  };
  const std::string unsealed = refuse("unseal", 400, "invalid key: failed to compute combined key: ");
  const Ran unseal = node.run({"operator", "unseal", share});
  EXPECT_EQ(unseal.exit_status, 2);
  EXPECT_EQ(unseal.err, "Error unsealing: " + unsealed);

  node.network().answer("GET /v1/sys/rekey/init", 200,
                        R"({"nonce":"n","started":true,"t":2,"n":2,"progress":1})");
  const std::string rekeyed = refuse("rekey/update", 500, "failed to compute root key: ");
  const Ran rekey = node.run({"operator", "rekey", "-nonce=n", share});
  EXPECT_EQ(rekey.exit_status, 2);
  EXPECT_EQ(rekey.err, "Error posting unseal key: " + rekeyed);

  node.network().answer("GET /v1/sys/generate-root/attempt", 200,
                        R"({"nonce":"n","started":true,"progress":1})");
  const std::string generated = refuse("generate-root/update", 400, "failed to compute root key: ");
  const Ran generate = node.run({"operator", "generate-root", "-nonce=n", share});
  EXPECT_EQ(generate.exit_status, 2);
  EXPECT_EQ(generate.err, "Error posting unseal key: " + generated);
}

}  // namespace
}  // namespace squall::vault::testing
