// Documents that AWS refuses, with its words, and documents that it takes.
#include "emulator/auth/policy.hpp"

#include <gmock/gmock.h>

#include <string>

namespace squall::auth {
namespace {

std::string refusal(const std::string& json, PolicyKind kind = PolicyKind::identity) {
  try {
    parse_policy(json, kind);
  } catch (const PolicyError& error) {
    return error.what();
  }
  return "taken";
}

std::string with(const std::string& statement) {
  return R"({"Version":"2012-10-17","Statement":[)" + statement + "]}";
}

TEST(Policy, TakesOneStatementWithoutAList) {
  Policy policy = parse_policy(R"({"Statement":{"Effect":"Allow","Action":"KMS:Decrypt","Resource":"*"}})",
                               PolicyKind::identity);
  ASSERT_EQ(policy.statements.size(), 1u);
  EXPECT_EQ(policy.statements[0].actions, std::vector<std::string>{"kms:decrypt"});
  EXPECT_FALSE(policy.variables);  // without a version it is of 2008
}

TEST(Policy, RefusesWhatIsNotAPolicy) {
  EXPECT_EQ(refusal("{"), "Syntax errors in policy.");
  EXPECT_EQ(refusal("{", PolicyKind::trust), "This policy contains invalid Json");
  EXPECT_EQ(refusal("[]"), "Syntax errors in policy.");
  EXPECT_EQ(refusal(R"({"Version":"2013-01-01","Statement":[]})"), "Syntax errors in policy.");
  EXPECT_EQ(refusal(with(R"({"Effect":"allow","Action":"*","Resource":"*"})")), "Syntax errors in policy.");
  EXPECT_EQ(refusal(with(R"({"Effect":"Allow","Action":"*","Resource":"*","Extra":1})")),
            "Syntax errors in policy.");
  EXPECT_EQ(refusal(with(R"({"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"})")),
            "Syntax errors in policy.");
}

TEST(Policy, RefusesIncompleteStatements) {
  EXPECT_EQ(refusal(with(R"({"Effect":"Allow","Resource":"*"})")), "Policy statement must contain actions.");
  EXPECT_EQ(refusal(with(R"({"Effect":"Allow","Action":"s3:*"})")),
            "Policy statement must contain resources.");
  EXPECT_EQ(refusal(with(R"({"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"})")),
            "Policy document should not specify a principal.");
  EXPECT_EQ(refusal(with(R"({"Effect":"Allow","Action":"GetObject","Resource":"*"})")),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  EXPECT_EQ(refusal(with(R"({"Effect":"Allow","Action":"s3:a:b","Resource":"*"})")),
            "Actions/Condition can contain only one colon.");
}

TEST(Policy, RefusesResourcesThatAreNoArns) {
  EXPECT_EQ(refusal(with(R"({"Effect":"Allow","Action":"s3:*","Resource":"bucket"})")),
            "Resource bucket must be in ARN format or \"*\".");
  EXPECT_EQ(refusal(with(R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:azure:s3:::b"})")),
            "Partition \"azure\" is not valid for resource \"arn:azure:s3:::b\".");
  EXPECT_EQ(
      refusal(with(R"({"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam:us-east-1:1:user/u"})")),
      "IAM resource arn:aws:iam:us-east-1:1:user/u cannot contain region information.");
}

TEST(Policy, RefusesSidsThatRepeatOrAreNotPlain) {
  const std::string rest = R"(,"Effect":"Allow","Action":"*","Resource":"*"})";
  EXPECT_EQ(refusal(with(R"({"Sid":"a")" + rest + R"(,{"Sid":"a")" + rest)),
            "Statement IDs (SID) in a single policy must be unique.");
  EXPECT_THAT(refusal(with(R"({"Sid":"a b")" + rest)),
              testing::StartsWith("Statement IDs (SID) must be alpha-numeric."));
}

TEST(Policy, RefusesUnknownOperatorsAndKeysWithoutVendor) {
  const std::string head = R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":)";
  EXPECT_EQ(refusal(with(head + R"({"StringSounds":{"aws:username":"u"}}})")),
            "Invalid Condition type : StringSounds.");
  EXPECT_EQ(refusal(with(head + R"({"NullIfExists":{"aws:username":"true"}}})")),
            "Invalid Condition type : NullIfExists.");
  EXPECT_EQ(refusal(with(head + R"({"StringEquals":{"username":"u"}}})")),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  EXPECT_EQ(refusal(with(head + R"({"forAnyValue:stringLikeIfExists":{"aws:TagKeys":["a"]}}})")), "taken");
}

TEST(Policy, TrustPoliciesHavePrincipalsAndNoResource) {
  const PolicyKind trust = PolicyKind::trust;
  EXPECT_EQ(refusal(with(R"({"Effect":"Allow","Action":"sts:AssumeRole"})"), trust),
            "Missing required field Principal");
  EXPECT_EQ(
      refusal(with(R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","Resource":"*"})"), trust),
      "Has prohibited field Resource");
  EXPECT_EQ(
      refusal(with(R"({"Effect":"Allow","Action":"s3:Get","Principal":{"Service":"ec2.amazonaws.com"}})"),
              trust),
      "AssumeRole policy may only specify STS AssumeRole actions.");
  EXPECT_EQ(
      refusal(
          with(R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}})"),
          trust),
      "taken");
}

TEST(Policy, DeepNestingAndControlCharactersAreRefused) {
  EXPECT_EQ(refusal(std::string(100'000, '[')), "Syntax errors in policy.");
  EXPECT_EQ(refusal(with("{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"arn:aws:s3:::\\u0001\"}")),
            "Syntax errors in policy.");
}

}  // namespace
}  // namespace squall::auth
