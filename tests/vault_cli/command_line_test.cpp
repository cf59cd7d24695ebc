// The frame of the command line: which command, which format, which flags, which exit status.
#include <gmock/gmock.h>

#include <sstream>

#include "tests/vault_cli/fake_node.hpp"

namespace squall::vault::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kRefused = "dial tcp 127.0.0.1:8200: connect: connection refused";

void refuse(FakeNode& node, const std::string& line) {
  node.network().fail(line, world::NetFault::refused, "127.0.0.1:8200");
}

TEST(CommandLine, VersionNamesTheStandIn) {
  FakeNode node;
  for (const char* spelling : {"version", "-v", "-version", "--version"}) {
    const Ran ran = node.run({spelling});
    EXPECT_EQ(ran.exit_status, 0) << spelling;
    EXPECT_THAT(ran.out, HasSubstr("stand-in")) << spelling;
    EXPECT_THAT(ran.out, HasSubstr("not HashiCorp Vault")) << spelling;
  }
}

TEST(CommandLine, UnknownCommandsEndWith127) {
  FakeNode node;
  for (const std::vector<std::string>& line : {std::vector<std::string>{}, {"bogus"}, {"unseal", "abc"}}) {
    const Ran ran = node.run(line);
    EXPECT_EQ(ran.exit_status, 127);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, StartsWith("Usage: vault <command> [args]\n\nCommon commands:\n"
                                    "    read        Read data and retrieves secrets\n"));
  }
}

TEST(CommandLine, GroupsExplainThemselves) {
  FakeNode node;
  EXPECT_EQ(node.run({"operator"}).exit_status, 1);
  EXPECT_EQ(node.run({"operator", "bogus"}).exit_status, 1);
  EXPECT_THAT(node.run({"kv", "metadata"}).err, StartsWith("Usage: vault kv metadata <subcommand>"));
  const Ran helped = node.run({"kv", "-h"});
  EXPECT_EQ(helped.exit_status, 0);
  EXPECT_THAT(helped.out, HasSubstr("    put "));
  EXPECT_THAT(
      node.run({"operator", "-h"}).out,
      HasSubstr("    members          Lists the nodes of the cluster\n    raft             Commands of "
                "integrated storage\n"));
}

TEST(CommandLine, HelpOfACommandNamesItsFlags) {
  FakeNode node;
  const Ran ran = node.run({"kv", "get", "--help"});
  EXPECT_EQ(ran.exit_status, 0);
  EXPECT_THAT(ran.out, StartsWith("Usage: vault kv get [options] KEY\n"));
  EXPECT_THAT(ran.out, HasSubstr("  -version=<int>\n"));
  EXPECT_THAT(ran.out, HasSubstr("  -field=<string>\n"));
}

TEST(CommandLine, WhatIsNotServedIsRefusedByName) {
  FakeNode node;
  const Ran ran = node.run({"operator", "migrate"});
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_EQ(ran.err, "vault operator migrate is not served by the Squall stand-in\n");
  EXPECT_EQ(node.run({"path-help", "kv"}).err, "vault path-help is not served by the Squall stand-in\n");
  node.variables()["VAULT_PROXY_ADDR"] = "x";
  EXPECT_EQ(node.run({"status"}).err, "VAULT_PROXY_ADDR is not served by the Squall stand-in\n");
}

TEST(CommandLine, HeadersThatTheUserAdds) {
  FakeNode node;
  node.variables()["VAULT_NAMESPACE"] = "/team";
  node.run({"read", "-header=A=b=c", "-mfa=m", "-policy-override", "sys/mounts"});
  const http::Headers& headers = node.network().calls.back().request.headers;
  EXPECT_EQ(headers.get("X-Vault-Namespace"), "team/");
  EXPECT_EQ(headers.get("A"), "b=c");
  EXPECT_EQ(headers.get("X-Vault-MFA"), "m");
  EXPECT_EQ(headers.get("X-Vault-Policy-Override"), "true");
  const Ran refused = node.run({"read", "-header=X-Vault-Foo=bar", "x"});
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_EQ(
      refused.err,
      "failed to setup Headers[X-Vault-Foo]: Header starting by 'X-Vault-' are for internal usage only\n");
  EXPECT_EQ(node.run({"read", "-header=foo", "x"}).err,
            "invalid value \"foo\" for flag -header: missing = in KV pair: \"foo\"\n");
}

TEST(CommandLine, RequestsThatAreShownInsteadOfSent) {
  FakeNode node;
  node.variables()["VAULT_TOKEN"] = "t";
  const Ran curl = node.run({"write", "-output-curl-string", "v1/a", "x=it's"});
  EXPECT_EQ(curl.exit_status, 0);
  EXPECT_EQ(curl.out,
            "curl -X PUT -H \"X-Vault-Request: true\" -H \"X-Vault-Token: $(vault print token)\" -d "
            "'{\"x\":\"it'\"'\"'s\"}' http://127.0.0.1:8200/v1/v1/a\n");
  EXPECT_EQ(node.run({"list", "-output-policy", "v1"}).out,
            "path \"v1\" {\n  capabilities = [\"list\"]\n}\n");
  EXPECT_EQ(node.run({"auth", "enable", "-output-policy", "userpass"}).out,
            "path \"sys/auth/userpass\" {\n  capabilities = [\"create\", \"update\", \"sudo\"]\n}\n");
  EXPECT_TRUE(node.network().calls.empty());
  const Ran wrong = node.run({"read", "-output-curl-string"});
  EXPECT_EQ(wrong.exit_status, 1);
  EXPECT_EQ(wrong.err,
            "Not enough arguments (expected 1, got 0)\nUnable to generate cURL string from command\n");
}

TEST(CommandLine, AWrongFlagDoesNotHideTheLateOnes) {
  FakeNode node;
  EXPECT_EQ(node.run({"token", "create", "-metadata=a", "-policy=p"}).err,
            "Command flags must be provided before positional arguments. The following arguments will not be "
            "parsed "
            "as flags: [-policy=p]\ninvalid value \"a\" for flag -metadata: missing = in KV pair: \"a\"\n");
}

TEST(CommandLine, FlagsBeforeTheCommand) {
  FakeNode node;
  const Ran ran = node.run({"-format=json", "status"});
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_THAT(ran.err,
              StartsWith("Invalid flags before the subcommand. If these flags are for\nthe subcommand, "
                         "please put them after the subcommand.\n\nUsage: vault status"));
}

TEST(CommandLine, RawIsTheAnswerAsItCame) {
  FakeNode node;
  node.network().answer("GET /v1/v1/a", 200, "{\"data\":{\"b\":1.50}}\n");
  EXPECT_EQ(node.run({"read", "-format=raw", "v1/a"}).out, "{\"data\":{\"b\":1.50}}\n\n");
  node.network().answer("GET /v1/auth/token/lookup-self", 200, "{\"data\":{\"id\":\"x\"}}\n");
  EXPECT_EQ(node.run({"token", "lookup", "-format=raw"}).err,
            "This command does not support the -format=raw option.\n");
  node.variables()["VAULT_TOKEN"] = "a\nb";
  EXPECT_EQ(
      node.run({"read", "v1/a"}).err,
      "Error reading v1/a: configured Vault token contains non-printable characters and cannot be used\n");
}

TEST(CommandLine, PatchSendsAMergePatch) {
  FakeNode node;
  node.network().answer("PATCH /v1/secret/data/a", 200, "");
  EXPECT_EQ(node.run({"patch", "secret/data/a", "x=1"}).out, "Success! Data written to: secret/data/a\n");
  EXPECT_EQ(node.network().calls.back().request.headers.get("Content-Type"), "application/merge-patch+json");
  EXPECT_EQ(node.run({"patch", "secret/data/a"}).err, "Must supply data or use -force\n");
}

struct UsageCase {
  std::vector<std::string> line;
  const char* text;
};

class Usage : public ::testing::TestWithParam<UsageCase> {};

TEST_P(Usage, EndsWithOneAndSaysWhy) {
  FakeNode node;
  const Ran ran = node.run(GetParam().line);
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, GetParam().text + std::string("\n"));
}

INSTANTIATE_TEST_SUITE_P(
    Recorded, Usage,
    ::testing::Values(
        UsageCase{{"status", "-bogus"}, "flag provided but not defined: -bogus"},
        UsageCase{{"status", "extra"}, "Too many arguments (expected 0, got 1)"},
        UsageCase{{"kv", "get"}, "Not enough arguments (expected 1, got 0)"},
        UsageCase{{"kv", "put"}, "Not enough arguments (expected >1, got 0)"},
        UsageCase{{"kv", "put", "secret/x"}, "Must supply data"},
        UsageCase{{"write"}, "Not enough arguments (expected 1, got 0)"},
        UsageCase{{"write", "secret/x"}, "Must supply data or use -force"},
        UsageCase{{"login", "a", "b", "c"},
                  "Error parsing configuration: invalid key/value pair \"b\": format must be key=value"},
        UsageCase{{"status", "-format=bogus"}, "Invalid output format: bogus"},
        UsageCase{
            {"operator", "init", "-key-shares=abc"},
            "invalid value \"abc\" for flag -key-shares: strconv.ParseInt: parsing \"abc\": invalid syntax"},
        UsageCase{{"operator", "init", "-status=maybe"},
                  "invalid boolean value \"maybe\" for -status: strconv.ParseBool: parsing \"maybe\": "
                  "invalid syntax"},
        UsageCase{{"operator", "init", "-pgp-keys=a,b"},
                  "invalid value \"a,b\" for flag -pgp-keys: open a: no such file or directory"},
        UsageCase{{"read", "-field"}, "flag needs an argument: -field"},
        UsageCase{{"secrets", "enable", "-format=json", "kv"}, "flag provided but not defined: -format"},
        UsageCase{{"kv", "put", "secret/app", "@nofile.json"},
                  "Failed to parse K=V data: invalid key/value pair \"@nofile.json\": open nofile.json: no "
                  "such file "
                  "or directory"},
        UsageCase{{"write", "secret/data/w", "data=@none"},
                  "Failed to parse K=V data: invalid key/value pair \"data=@none\": error reading file: open "
                  "none: no "
                  "such file or directory"},
        UsageCase{
            {"write", "secret/w", "a=@"},
            "Failed to parse K=V data: invalid key/value pair \"a=@\": error reading file: open : no such "
            "file or directory"},
        UsageCase{{"kv", "get", "-format=raw", "secret/a"},
                  "This command does not support the -format=raw option."},
        UsageCase{{"token", "revoke"}, "Not enough arguments (expected 1 or -self, got 0)"},
        UsageCase{{"kv", "undelete", "secret/app"},
                  "No versions provided, use the \"-versions\" flag to specify the version to undelete."},
        UsageCase{
            {"login", "-method=bogus"},
            "Unknown auth method: bogus. Use \"vault auth list\" to see the complete list of\nauth methods. "
            "Additionally, some auth methods are only available via the HTTP\nAPI."}));

TEST(CommandLine, FlagsAfterTheFirstArgumentAreSaidToBeLost) {
  FakeNode node;
  const Ran ran = node.run({"kv", "get", "secret/x", "-field=a"});
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_EQ(ran.err,
            "Command flags must be provided before positional arguments. The following arguments will not be "
            "parsed "
            "as flags: [-field=a]\nToo many arguments (expected 1, got 2)\n");
}

// Every name of Vault 1.14.8's table of commands (command/commands.go) that is not a command here.
TEST(CommandLine, VaultsOtherCommandsAreRefusedByName) {
  FakeNode node;
  for (const std::string name : {"agent",
                                 "agent generate-config",
                                 "auth help",
                                 "debug",
                                 "events subscribe",
                                 "lease",
                                 "lease lookup",
                                 "lease renew",
                                 "lease revoke",
                                 "monitor",
                                 "namespace",
                                 "namespace create",
                                 "namespace delete",
                                 "namespace list",
                                 "namespace lock",
                                 "namespace lookup",
                                 "namespace patch",
                                 "namespace unlock",
                                 "operator diagnose",
                                 "operator migrate",
                                 "operator usage",
                                 "path-help",
                                 "pki",
                                 "pki health-check",
                                 "pki issue",
                                 "pki list-intermediates",
                                 "pki reissue",
                                 "pki verify-sign",
                                 "plugin",
                                 "plugin deregister",
                                 "plugin info",
                                 "plugin list",
                                 "plugin register",
                                 "plugin reload",
                                 "plugin reload-status",
                                 "policy fmt",
                                 "proxy",
                                 "ssh",
                                 "transform",
                                 "transform import",
                                 "transform import-version",
                                 "transit",
                                 "transit import",
                                 "transit import-version",
                                 "version-history"}) {
    std::vector<std::string> words;
    std::istringstream text(name);
    for (std::string word; text >> word;) words.push_back(word);
    const Ran ran = node.run(words);
    EXPECT_EQ(ran.exit_status, 1) << name;
    EXPECT_THAT(ran.err, ::testing::ContainsRegex("^vault [a-z -]+ is not served by the Squall stand-in\n$"))
        << name;
  }
}

TEST(CommandLine, CompletionIsAskedForInAStartUpFile) {
  FakeNode node;
  node.variables()["PATH"] = "/bin:/usr/bin";
  node.disk().files["/usr/bin/vault"] = {"", 0755};
  EXPECT_EQ(node.run({"-autocomplete-install"}).err,
            "Error executing CLI: Did not find any shells to install\n");
  node.disk().files["/root/.bashrc"] = {"alias ll=ls\n", 0644};
  node.disk().files["/root/.profile"] = {"", 0644};
  node.disk().files["/root/.zshrc"] = {"", 0644};
  const Ran ran = node.run({"-autocomplete-install"});
  EXPECT_EQ(ran.exit_status, 0);
  EXPECT_EQ(ran.out + ran.err, "");
  EXPECT_EQ(node.disk().files["/root/.bashrc"].content, "alias ll=ls\n\ncomplete -C /usr/bin/vault vault\n");
  EXPECT_EQ(node.disk().files["/root/.profile"].content, "");
  EXPECT_EQ(node.disk().files["/root/.zshrc"].content,
            "\nautoload -U +X bashcompinit && bashcompinit\ncomplete -o nospace -C /usr/bin/vault vault\n");
  node.disk().files.erase("/root/.zshrc");
  const Ran again = node.run({"-autocomplete-install"});
  EXPECT_EQ(again.exit_status, 1);
  EXPECT_EQ(again.err,
            "Error executing CLI: 1 error occurred:\n\t* already installed in /root/.bashrc\n\n\n");
  EXPECT_EQ(node.run({"-autocomplete-uninstall"}).exit_status, 0);
  EXPECT_EQ(node.disk().files["/root/.bashrc"].content, "alias ll=ls\n\n");
  EXPECT_EQ(node.run({"-autocomplete-install", "-autocomplete-uninstall"}).exit_status, 1);
}

TEST(CommandLine, ConnectionRefusedInGosWords) {
  FakeNode node;
  refuse(node, "GET /v1/sys/seal-status");
  refuse(node, "PUT /v1/sys/unseal");
  const Ran status = node.run({"status", "-format=json"});
  EXPECT_EQ(status.exit_status, 1);
  EXPECT_EQ(status.err,
            std::string("Error checking seal status: Get \"http://127.0.0.1:8200/v1/sys/seal-status\": ") +
                kRefused + "\n");
  const Ran init = node.run({"operator", "init"});
  EXPECT_EQ(init.exit_status, 2);
  EXPECT_EQ(init.err, std::string("Get \"http://127.0.0.1:8200/v1/sys/seal-status\": ") + kRefused + "\n");
  const Ran unseal = node.run({"operator", "unseal", "abcd"});
  EXPECT_EQ(unseal.exit_status, 2);
  EXPECT_EQ(unseal.err,
            std::string("Error unsealing: Put \"http://127.0.0.1:8200/v1/sys/unseal\": ") + kRefused + "\n");
}

TEST(CommandLine, AddressesThatAreNone) {
  FakeNode node;
  node.variables()["VAULT_ADDR"] = "://x";
  const Ran ran = node.run({"status"});
  EXPECT_EQ(ran.exit_status, 1);
  EXPECT_EQ(ran.err, "failed to create client: parse \"://x\": missing protocol scheme\n");
  node.variables()["VAULT_ADDR"] = "127.0.0.1:8200";
  EXPECT_EQ(node.run({"kv", "get", "a"}).exit_status, 2);
  EXPECT_THAT(node.run({"kv", "get", "a"}).err, HasSubstr("first path segment in URL cannot contain colon"));
}

// An address that parses and leads nowhere is known by the request, as with Go.
TEST(CommandLine, AddressesThatLeadNowhere) {
  FakeNode node;
  for (const auto& [address, url, why] :
       {std::tuple{"localhost:8200", "localhost://", "unsupported protocol scheme \"localhost\""},
        std::tuple{"ftp://127.0.0.1:8200", "ftp://127.0.0.1:8200", "unsupported protocol scheme \"ftp\""},
        std::tuple{"http:127.0.0.1:8200", "http://", "http: no Host in request URL"},
        std::tuple{"http://127.0.0.1:99999", "http://127.0.0.1:99999",
                   "dial tcp: address 99999: invalid port"}}) {
    const Ran ran = node.run({"status", std::string("-address=") + address});
    EXPECT_EQ(ran.exit_status, 1);
    EXPECT_EQ(ran.err, std::string("Error checking seal status: Get \"") + url +
                           "/v1/sys/seal-status\": " + why + "\n");
  }
  node.run({"status", "-address=http://127.0.0.1:8200/?a=b#c"});
  EXPECT_EQ(node.network().calls.at(0).request.target, "/v1/sys/seal-status");
}

TEST(CommandLine, VariablesThatCannotBeRead) {
  FakeNode node;
  for (const auto& [name, value, why] :
       {std::tuple{"VAULT_SKIP_VERIFY", "x", "could not parse VAULT_SKIP_VERIFY"},
        std::tuple{"VAULT_SRV_LOOKUP", "x", "could not parse VAULT_SRV_LOOKUP"},
        std::tuple{"VAULT_DISABLE_REDIRECTS", "x", "could not parse VAULT_DISABLE_REDIRECTS"},
        std::tuple{"VAULT_RATE_LIMIT", "x", "VAULT_RATE_LIMIT was provided but incorrectly formatted"},
        std::tuple{"VAULT_CACERT_BYTES", "x", "Error appending CA: Couldn't parse PEM"},
        std::tuple{"VAULT_CAPATH", "nodir", "lstat nodir: no such file or directory"},
        std::tuple{"VAULT_CLIENT_CERT", "a", "both client cert and client key must be provided"}}) {
    node.variables()[name] = value;
    const Ran ran = node.run({"status"});
    EXPECT_EQ(ran.exit_status, 1) << name;
    EXPECT_EQ(ran.err, std::string("failed to read environment: ") + why + "\n");
    node.variables().erase(name);
  }
  node.variables()["VAULT_RATE_LIMIT"] = "2:5";
  EXPECT_EQ(node.run({"status"}).err, "VAULT_RATE_LIMIT below 10 is not served by the Squall stand-in\n");
  EXPECT_TRUE(node.network().calls.empty());
}

TEST(CommandLine, CertificatesInTextAndInADirectory) {
  FakeNode node;
  const std::string pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
  node.variables()["VAULT_CACERT_BYTES"] = pem;
  node.run({"status"});
  EXPECT_EQ(node.network().calls.back().tls.ca_pem, pem);
  EXPECT_EQ(node.run({"status", "-client-key=k"}).err,
            "failed to setup TLS config: both client cert and client key must be provided\n");
  EXPECT_EQ(node.run({"status", "-ca-path=x"}).err,
            "failed to setup TLS config: lstat x: no such file or directory\n");
  node.disk().files["/ca/a.pem"] = {pem, 0644};
  node.disk().files["/ca/below/b.pem"] = {pem, 0644};
  node.run({"status", "-ca-path=/ca"});
  EXPECT_EQ(node.network().calls.back().tls.ca_pem, pem + "\n" + pem + "\n");
  node.disk().files["/ca/note.txt"] = {"x", 0644};
  EXPECT_EQ(node.run({"status", "-ca-path=/ca"}).err,
            "failed to setup TLS config: Error loading CA Path: Couldn't parse PEM in: /ca/note.txt\n");
}

TEST(CommandLine, TokensMayHaveLettersOfAnyScriptButNoControlCharacters) {
  FakeNode node;
  node.variables()["VAULT_TOKEN"] = "é";
  node.run({"read", "v1/a"});
  EXPECT_EQ(node.network().calls.back().request.headers.get("X-Vault-Token"), "é");
  node.variables()["VAULT_TOKEN"] = "a\u0085";
  EXPECT_THAT(node.run({"read", "v1/a"}).err, HasSubstr("contains non-printable characters"));
}

TEST(CommandLine, TheDefaultAddressIsHttps) {
  FakeNode node;
  node.variables().erase("VAULT_ADDR");
  node.network().fail("GET /v1/sys/seal-status", world::NetFault::tls_not_tls, "");
  EXPECT_EQ(
      node.run({"status"}).err,
      "Error checking seal status: Get \"https://127.0.0.1:8200/v1/sys/seal-status\": http: server gave HTTP "
      "response to HTTPS client\n");
  EXPECT_EQ(node.network().calls[0].port, 8200);
  EXPECT_EQ(node.network().calls[0].scheme, "https");
}

TEST(CommandLine, TlsFailuresInGosWords) {
  FakeNode node;
  node.variables()["VAULT_ADDR"] = "https://127.0.0.1:8200";
  node.network().fail("GET /v1/sys/seal-status", world::NetFault::tls_untrusted, "self-signed certificate");
  EXPECT_THAT(
      node.run({"status"}).err,
      HasSubstr(": tls: failed to verify certificate: x509: certificate signed by unknown authority\n"));
  node.variables()["VAULT_CACERT"] = "/opt/none.pem";
  EXPECT_EQ(
      node.run({"status"}).err,
      "failed to read environment: Error loading CA File: open /opt/none.pem: no such file or directory\n");
  node.disk().files["/opt/none.pem"] = {"<html>", 0644};
  EXPECT_EQ(node.run({"status"}).err,
            "failed to read environment: Error loading CA File: Couldn't parse PEM in: /opt/none.pem\n");
}

}  // namespace
}  // namespace squall::vault::testing
