// The instance metadata service: sessions, what is refused, the tree, role credentials and their renewal.
#include "emulator/services/imds/imds.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/manual_world.hpp"

namespace squall::services::imds {
namespace {

constexpr const char* instance_id = "i-0123456789abcdef0";
constexpr const char* other_id = "i-0fedcba9876543210";

class TwoInstances final : public ec2::Directory {
 public:
  TwoInstances() {
    ec2::InstanceRecord& record = view.record;
    record.id = instance_id;
    record.account = "123456789012";
    record.region = "eu-west-1";
    record.state = ec2::State::running;
    record.image_id = "ami-0d1200000000000a1";
    record.instance_type = "t3.micro";
    record.zone = "eu-west-1a";
    record.zone_id = "euw1-az1";
    record.private_ip = "172.31.0.10";
    record.public_ip = "54.210.1.2";
    record.mac = "02:00:00:00:00:01";
    record.user_data.data = std::string("#!/bin/bash\0\n", 13);
    record.launch_time = testing::manual_start;
    record.profile_arn = "arn:aws:iam::123456789012:instance-profile/vault";
    record.profile_id = "AIPAEXAMPLE";
    view.group_names = {"default", "vault"};
    view.tags = {{"Name", "vault-0"}};
  }
  std::optional<ec2::InstanceView> find(const std::string& id) override {
    if (id != instance_id && id != other_id) return std::nullopt;
    ec2::InstanceView found = view;
    found.record.id = id;
    return found;
  }
  std::optional<ec2::InstanceView> find_by_address(const ec2::Scope&, const std::string&) override {
    return {};
  }
  std::vector<ec2::InstanceView> find_by_tag(const ec2::Scope&, const std::string&,
                                             const std::vector<std::string>&) override {
    return {};
  }
  std::vector<ec2::InstanceView> list(const ec2::Scope&) override { return {}; }

  ec2::InstanceView view;
};

class CountingRoles final : public RoleSource {
 public:
  explicit CountingRoles(world::Scheduler& scheduler) : scheduler_(scheduler) {}
  std::optional<std::string> role_name(const std::string&) override { return role; }
  std::optional<RoleCredentials> mint(const std::string& id, const std::string&) override {
    if (!trusted) return std::nullopt;
    ++minted;
    return RoleCredentials{"ASIA" + std::to_string(minted), "secret of " + id, "token", scheduler_.now(),
                           scheduler_.now() + 6h};
  }
  std::optional<std::string> role = "vault-role";
  bool trusted = true;
  int minted = 0;

 private:
  world::Scheduler& scheduler_;
};

class ImdsTest : public ::testing::Test {
 protected:
  http::Request request(const std::string& method, const std::string& path,
                        const http::Headers& headers = {}) {
    http::Request made;
    made.method = method;
    made.target = path;
    made.headers = headers;
    return made;
  }
  std::optional<http::Response> ask(const http::Request& made, const char* id = instance_id) {
    return imds.answer(id, made);
  }
  http::Response get(const std::string& path) { return *ask(request("GET", path)); }
  std::string text(const std::string& path) { return get("/latest/meta-data/" + path).body; }

  std::string token(const std::string& ttl, const char* id = instance_id) {
    http::Headers headers;
    headers.add("X-aws-ec2-metadata-token-ttl-seconds", ttl);
    return ask(request("PUT", "/latest/api/token", headers), id)->body;
  }
  int status_of_put(const std::string& ttl) {
    http::Headers headers;
    if (!ttl.empty()) headers.add("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", ttl);
    return ask(request("PUT", "/latest/api/token", headers))->status;
  }
  http::Response get_with_token(const std::string& value, const char* id = instance_id) {
    http::Headers headers;
    headers.add("X-aws-ec2-metadata-token", value);
    return *ask(request("GET", "/latest/meta-data/instance-id", headers), id);
  }
  int status_with_token(const std::string& value, const char* id = instance_id) {
    return get_with_token(value, id).status;
  }
  ec2::InstanceRecord& record() { return instances.view.record; }

  testing::ManualScheduler scheduler;
  testing::SeededEntropy entropy;
  TwoInstances instances;
  CountingRoles roles{scheduler};
  Imds imds{scheduler, entropy, instances, roles};
};

TEST_F(ImdsTest, TokensHoldForTheirSecondsAndForTheirInstance) {
  std::string session = token("60");
  EXPECT_EQ(session.size(), 56u);
  EXPECT_EQ(status_with_token(session), 200);
  EXPECT_EQ(status_with_token(session, other_id), 401);
  EXPECT_EQ(status_with_token(session.substr(1)), 401);
  std::string forged = session;
  forged[20] = forged[20] == 'A' ? 'B' : 'A';
  EXPECT_EQ(status_with_token(forged), 401);
  scheduler.advance(59s);
  EXPECT_EQ(status_with_token(session), 200);
  scheduler.advance(1s);
  EXPECT_EQ(status_with_token(session), 401);
}

// As curl -v has shown its users since 2020: 21583 of 21600 s and the like.
TEST_F(ImdsTest, AnswersToATokenSayHowLongItHolds) {
  constexpr const char* left = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds";
  std::string session = token("60");
  EXPECT_EQ(get_with_token(session).headers.get(left), "60");
  scheduler.advance(17s);
  EXPECT_EQ(get_with_token(session).headers.get(left), "43");
  EXPECT_FALSE(get("/latest/meta-data/instance-id").headers.has(left)) << "version 1";
}

TEST_F(ImdsTest, TokenRequestsThatAreRefused) {
  EXPECT_EQ(status_of_put("21600"), 200);
  for (const char* ttl : {"", "0", "21601", "-1", "ten", "60s", "99999999999999999999"})
    EXPECT_EQ(status_of_put(ttl), 400) << ttl;
  http::Headers proxied;
  proxied.add("X-aws-ec2-metadata-token-ttl-seconds", "60");
  proxied.add("X-Forwarded-For", "203.0.113.1");
  EXPECT_EQ(ask(request("PUT", "/latest/api/token", proxied))->status, 403);
  EXPECT_EQ(ask(request("PUT", "/latest/meta-data/"))->status, 405);
  EXPECT_EQ(get("/latest/api/token").status, 405);
  EXPECT_EQ(ask(request("POST", "/latest/meta-data/"))->status, 405);
}

TEST_F(ImdsTest, RequiredTokensRefuseVersionOne) {
  EXPECT_EQ(get("/latest/meta-data/instance-id").status, 200);
  record().http_tokens = "required";
  http::Response refused = get("/latest/meta-data/instance-id");
  EXPECT_EQ(refused.status, 401);
  // A script that does not look at the status takes this page for the instance's id.
  EXPECT_TRUE(refused.body.starts_with("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<!DOCTYPE html"));
  EXPECT_NE(refused.body.find("<title>401 - Unauthorized</title>"), std::string::npos);
  EXPECT_EQ(status_with_token(token("60")), 200);
}

TEST_F(ImdsTest, TheHopLimitLosesTokensOnly) {
  http::Headers headers;
  headers.add("X-aws-ec2-metadata-token-ttl-seconds", "60");
  http::Request far = request("PUT", "/latest/api/token", headers);
  far.hops = 2;
  EXPECT_FALSE(ask(far));
  record().hop_limit = 2;
  EXPECT_TRUE(ask(far));
  http::Request data = request("GET", "/latest/meta-data/instance-id");
  data.hops = 3;
  EXPECT_EQ(ask(data)->status, 200);
}

TEST_F(ImdsTest, ADisabledEndpointAndAnUnknownInstance) {
  EXPECT_FALSE(ask(request("GET", "/latest/"), "i-0000000000000ffff"));
  record().http_endpoint = "disabled";
  EXPECT_EQ(get("/latest/meta-data/").status, 403);
  EXPECT_EQ(status_of_put("60"), 403);
}

TEST_F(ImdsTest, TheTree) {
  EXPECT_EQ(get("/latest").body, "dynamic\nmeta-data\nuser-data");
  EXPECT_EQ(get("/latest/user-data").body, std::string("#!/bin/bash\0\n", 13));
  EXPECT_EQ(get("/latest/user-data").headers.get("Content-Type"), "application/octet-stream");
  EXPECT_EQ(get("/latest/meta-data/instance-id").headers.get("Content-Type"), "text/plain");
  EXPECT_EQ(text("instance-id"), instance_id);
  EXPECT_EQ(text("local-ipv4"), "172.31.0.10");
  EXPECT_EQ(text("hostname"), "ip-172-31-0-10.eu-west-1.compute.internal");
  EXPECT_EQ(text("public-hostname"), "ec2-54-210-1-2.eu-west-1.compute.amazonaws.com");
  EXPECT_EQ(text("placement/"), "availability-zone\navailability-zone-id\nregion");
  EXPECT_EQ(text("placement/region"), "eu-west-1");
  EXPECT_EQ(text("security-groups"), "default\nvault");
  EXPECT_EQ(text("network/interfaces/macs/"), "02:00:00:00:00:01/");
  EXPECT_EQ(text("network/interfaces/macs/02:00:00:00:00:01/local-ipv4s"), "172.31.0.10");
  EXPECT_EQ(
      text(""),
      "ami-id\nami-launch-index\nami-manifest-path\nblock-device-mapping/\nevents/\nhostname\niam/\n"
      "instance-action\ninstance-id\ninstance-life-cycle\ninstance-type\nlocal-hostname\nlocal-ipv4\nmac\n"
      "network/\nplacement/\nprofile\npublic-hostname\npublic-ipv4\nreservation-id\nsecurity-groups\n"
      "services/\nsystem");
  EXPECT_EQ(get("/2021-07-15/meta-data/ami-id").body, "ami-0d1200000000000a1");
  EXPECT_EQ(get("/2021-07-16/meta-data/ami-id").status, 404);
  http::Response missing = get("/latest/meta-data/autoscaling/target-lifecycle-state");
  EXPECT_EQ(missing.status, 404);
  EXPECT_NE(missing.body.find("<h1>404 - Not Found</h1>"), std::string::npos);
  record().user_data.data.clear();
  EXPECT_EQ(get("/latest/user-data").status, 404);
  record().public_ip.clear();
  EXPECT_EQ(get("/latest/meta-data/public-ipv4").status, 404);
  EXPECT_EQ(text("").find("public-"), std::string::npos);
}

TEST_F(ImdsTest, TagsOnlyWhereTheyAreEnabled) {
  EXPECT_EQ(get("/latest/meta-data/tags/instance").status, 404);
  record().metadata_tags = "enabled";
  EXPECT_EQ(text("tags/instance/"), "Name");
  EXPECT_EQ(text("tags/instance/Name"), "vault-0");
  EXPECT_EQ(get("/latest/meta-data/tags/instance/name").status, 404);
}

TEST_F(ImdsTest, TheIdentityDocument) {
  auto document = nlohmann::json::parse(get("/latest/dynamic/instance-identity/document").body);
  EXPECT_EQ(document["region"], "eu-west-1");
  EXPECT_EQ(document["accountId"], "123456789012");
  EXPECT_EQ(document["privateIp"], "172.31.0.10");
  EXPECT_EQ(document["pendingTime"], "2024-01-01T00:00:00Z");
  EXPECT_TRUE(document["kernelId"].is_null());
}

TEST_F(ImdsTest, RoleCredentialsAreKeptAndRenewedBeforeTheyEnd) {
  EXPECT_EQ(text("iam/security-credentials/"), "vault-role");
  auto read = [&] { return nlohmann::json::parse(text("iam/security-credentials/vault-role")); };
  auto first = read();
  EXPECT_EQ(first["Code"], "Success");
  EXPECT_EQ(first["Type"], "AWS-HMAC");
  EXPECT_EQ(first["LastUpdated"], "2024-01-01T00:00:00Z");
  EXPECT_EQ(first["Expiration"], "2024-01-01T06:00:00Z");
  EXPECT_EQ(read()["AccessKeyId"], first["AccessKeyId"]);
  scheduler.advance(5h);
  auto second = read();
  EXPECT_NE(second["AccessKeyId"], first["AccessKeyId"]);
  EXPECT_EQ(roles.minted, 2);
  EXPECT_EQ(nlohmann::json::parse(text("iam/info"))["InstanceProfileId"], "AIPAEXAMPLE");
}

TEST_F(ImdsTest, ARoleThatMayNotBeAssumedSaysSo) {
  roles.trusted = false;
  auto refused = nlohmann::json::parse(text("iam/security-credentials/vault-role"));
  EXPECT_EQ(refused["Code"], "AssumeRoleUnauthorizedAccess");
  EXPECT_EQ(get("/latest/meta-data/iam/security-credentials/other").status, 404);
  roles.role.reset();
  EXPECT_EQ(nlohmann::json::parse(text("iam/info"))["Code"], "InstanceProfileNotFound");
  EXPECT_EQ(get("/latest/meta-data/iam/security-credentials/").status, 404);
  record().profile_arn.clear();
  EXPECT_EQ(get("/latest/meta-data/iam/info").status, 404);
}

}  // namespace
}  // namespace squall::services::imds
