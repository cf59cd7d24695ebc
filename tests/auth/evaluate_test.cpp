// The rules that AWS's documentation spells out, one by one; the recorded decisions cover their combinations.
#include "emulator/auth/evaluate.hpp"

#include <gtest/gtest.h>

#include "emulator/auth/addresses.hpp"

namespace squall::auth {
namespace {

const std::string key_arn = "arn:aws:kms:us-east-1:123456789012:key/k";

struct EvaluateTest : testing::Test {
  AccessRequest request;
  std::vector<Policy> kept;
  PolicySet policies;

  EvaluateTest() {
    kept.reserve(8);
    request.principal_arn = "arn:aws:iam::123456789012:user/u";
    request.principal_account = "123456789012";
    request.action = "kms:Decrypt";
    request.resource = key_arn;
    request.resource_account = "123456789012";
    request.context["aws:username"] = {"u"};
  }
  const Policy* policy(const std::string& statement, PolicyKind kind = PolicyKind::identity) {
    return &kept.emplace_back(
        parse_policy(R"({"Version":"2012-10-17","Statement":[)" + statement + "]}", kind));
  }
  const Policy* allow_all() { return policy(R"({"Effect":"Allow","Action":"*","Resource":"*"})"); }
  const Policy* key_policy(const std::string& principal) {
    return policy(
        R"({"Effect":"Allow","Action":"kms:*","Resource":"*","Principal":{"AWS":")" + principal + "\"}}",
        PolicyKind::resource);
  }
  std::string decide() {
    Decision decision = evaluate(request, policies);
    return decision.outcome == Outcome::allowed ? "allowed" : reason(decision, request.action);
  }
};

TEST_F(EvaluateTest, NothingIsAllowedUnlessSaid) {
  EXPECT_EQ(decide(), "because no identity-based policy allows the kms:Decrypt action");
  policies.identity = {allow_all()};
  EXPECT_EQ(decide(), "allowed");
}

TEST_F(EvaluateTest, ADenyStandsAboveEverything) {
  policies.identity = {allow_all(), policy(R"({"Effect":"Deny","Action":"kms:De*","Resource":"*"})")};
  EXPECT_EQ(decide(), "with an explicit deny in an identity-based policy");
  request.action = "kms:Encrypt";
  EXPECT_EQ(decide(), "allowed");
}

TEST_F(EvaluateTest, BoundaryAndSessionPolicyLimitButDoNotGrant) {
  policies.boundary = allow_all();
  EXPECT_EQ(decide(), "because no identity-based policy allows the kms:Decrypt action");
  policies.identity = {allow_all()};
  policies.boundary = policy(R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})");
  EXPECT_EQ(decide(), "because no permissions boundary allows the kms:Decrypt action");
  policies.boundary = nullptr;
  policies.session = policy(R"({"Effect":"Deny","Action":"kms:*","Resource":"*"})");
  EXPECT_EQ(decide(), "with an explicit deny in a session policy");
}

TEST_F(EvaluateTest, AKeyPolicyMustAllowOrTrustTheAccount) {
  request.rule = ResourceRule::key_policy;
  policies.identity = {allow_all()};
  policies.resource = key_policy("arn:aws:iam::123456789012:user/other");
  EXPECT_EQ(decide(), "because no resource-based policy allows the kms:Decrypt action");
  policies.resource = key_policy("arn:aws:iam::123456789012:root");
  EXPECT_EQ(decide(), "allowed");
  policies.identity.clear();
  EXPECT_EQ(decide(), "because no identity-based policy allows the kms:Decrypt action");
  policies.resource = key_policy("arn:aws:iam::123456789012:user/u");
  EXPECT_EQ(decide(), "allowed");
}

TEST_F(EvaluateTest, TheRootUserNeedsNoIdentityPolicy) {
  request.root = true;
  request.principal_arn = "arn:aws:iam::123456789012:root";
  EXPECT_EQ(decide(), "allowed");
  request.rule = ResourceRule::key_policy;
  EXPECT_EQ(decide(), "because no resource-based policy allows the kms:Decrypt action");
  policies.resource = key_policy("arn:aws:iam::123456789012:root");
  EXPECT_EQ(decide(), "allowed");
}

TEST_F(EvaluateTest, AcrossAccountsBothSidesMustAllow) {
  request.resource_account = "999999999999";
  policies.identity = {allow_all()};
  EXPECT_EQ(decide(), "because no resource-based policy allows the kms:Decrypt action");
  policies.resource = key_policy("123456789012");
  EXPECT_EQ(decide(), "allowed");
  policies.identity.clear();
  EXPECT_EQ(decide(), "because no identity-based policy allows the kms:Decrypt action");
}

TEST_F(EvaluateTest, AServiceIsAllowedByTheTrustPolicyAlone) {
  request = {};
  request.service_principal = "ec2.amazonaws.com";
  request.action = "sts:AssumeRole";
  request.rule = ResourceRule::trust_policy;
  policies.resource =
      policy(R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}})",
             PolicyKind::trust);
  EXPECT_EQ(decide(), "allowed");
  request.service_principal = "ssm.amazonaws.com";
  EXPECT_EQ(decide(), "because no resource-based policy allows the sts:AssumeRole action");
}

TEST_F(EvaluateTest, VariablesStandForTheirTextOnly) {
  policies.identity = {
      policy(R"({"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}/*"})")};
  request.resource = "arn:aws:s3:::b/u/x";
  EXPECT_EQ(decide(), "allowed");
  request.context["aws:username"] = {"*"};
  EXPECT_NE(decide(), "allowed");  // a star in a name is no wildcard
  request.context.erase("aws:username");
  EXPECT_NE(decide(), "allowed");
}

TEST_F(EvaluateTest, ConditionsOnTheEncryptionContext) {
  policies.identity = {policy(R"({"Effect":"Allow","Action":"kms:*","Resource":"*",
    "Condition":{"StringEquals":{"kms:EncryptionContext:app":"vault"},"Bool":{"aws:SecureTransport":"true"}}})")};
  request.context["kms:encryptioncontext:app"] = {"vault"};
  request.context["aws:securetransport"] = {"true"};
  EXPECT_EQ(decide(), "allowed");
  request.context["kms:encryptioncontext:app"] = {"other"};
  EXPECT_NE(decide(), "allowed");
}

TEST_F(EvaluateTest, AnArnThatEndsEarlyMeansWhateverFollows) {
  for (auto [pattern, outcome] : {std::pair{"arn:aws:kms", true}, std::pair{"arn:aws:kms:*:1234*", true},
                                  std::pair{"arn:aws:s3", false}, std::pair{"arn:aws:kms:eu-*", false}}) {
    policies.identity = {
        policy(R"({"Effect":"Allow","Action":"*","Resource":")" + std::string(pattern) + "\"}")};
    EXPECT_EQ(decide() == "allowed", outcome) << pattern;
  }
}

TEST_F(EvaluateTest, WildcardsDoNotCrossThePartsOfAnArn) {
  request.resource = "arn:aws:secretsmanager:us-east-1:123456789012:secret:x";
  policies.identity = {
      policy(R"({"Effect":"Allow","Action":"*","Resource":"arn:aws:secretsmanager:*:secret:x"})")};
  EXPECT_NE(decide(), "allowed");
  policies.identity = {
      policy(R"({"Effect":"Allow","Action":"*","Resource":"arn:aws:secretsmanager:*:*:secret:*"})")};
  EXPECT_EQ(decide(), "allowed");
}

TEST(Addresses, BlocksOfBothVersions) {
  EXPECT_TRUE(address_in_block("10.1.2.3", "10.0.0.0/8"));
  EXPECT_FALSE(address_in_block("11.1.2.3", "10.0.0.0/8"));
  EXPECT_TRUE(address_in_block("203.0.113.9", "203.0.113.9"));
  EXPECT_TRUE(address_in_block("2001:db8::7", "2001:db8::/32"));
  EXPECT_FALSE(address_in_block("2001:db9::7", "2001:db8::/32"));
  EXPECT_TRUE(address_in_block("::1", "::/0"));
  for (const char* bad :
       {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4/33", "::1::", ":", "1:2:3:4:5:6:7:8:9", "g::"})
    EXPECT_FALSE(address_in_block("1.2.3.4", bad)) << bad;
}

}  // namespace
}  // namespace squall::auth
