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
  EXPECT_EQ(refusal(R"({"Version":"2012-10-17","Statement":[]})"), "Syntax errors in policy.");
  EXPECT_EQ(refusal(R"({"Id":[],"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})"),
            "Syntax errors in policy.");
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

std::string on(const std::string& resource) {
  return refusal(with(R"({"Effect":"Allow","Action":"s3:*","Resource":)" + resource + "}"));
}

// What AWS said to moto's authors (policy_resources.hpp); the wildcard for a path is of duo-labs/parliament
// 177.
TEST(Policy, RefusesResourcesThatAreNoArns) {
  EXPECT_EQ(on(R"("bucket")"), "Resource bucket must be in ARN format or \"*\".");
  EXPECT_EQ(on(R"("arn:azure:s3:::b")"),
            "Partition \"azure\" is not valid for resource \"arn:azure:s3:::b\".");
  EXPECT_EQ(on(R"("a:b:c")"), "Partition \"b\" is not valid for resource \"arn:b:c:*:*:*\".");
  EXPECT_EQ(on(R"("aws:s3:::b")"), "Partition \"s3\" is not valid for resource \"arn:s3:::b:*\".");
  EXPECT_EQ(on(R"("arn:aws")"), "Resource vendor must be fully qualified and cannot contain regexes.");
  EXPECT_EQ(on(R"("arn:aws:s?:::b")"), "Resource vendor must be fully qualified and cannot contain regexes.");
  EXPECT_EQ(on(R"("arn:aws:s3:us-east-1::b")"),
            "Resource arn:aws:s3:us-east-1::b can not contain region information.");
  EXPECT_EQ(on(R"("arn:aws:s3:us-east-1:1:accesspoint/a")"), "taken");
  EXPECT_EQ(on(R"("arn:aws:iam:us-east-1:1:user/u")"),
            "IAM resource arn:aws:iam:us-east-1:1:user/u cannot contain region information.");
  EXPECT_THAT(
      on(R"("arn:aws:iam::1:*/*")"),
      testing::StartsWith("IAM resource path must either be \"*\" or start with user/, federated-user/, "));
  EXPECT_EQ(on(R"("arn:aws:iam::1:*")"), "taken");
  EXPECT_EQ(on(R"("arn:aws:s3::b")"), "The policy failed legacy parsing");
  EXPECT_EQ(on(R"("arn:aws::::b")"), "The policy failed legacy parsing");
  EXPECT_EQ(on(R"("arn:aws:sqs")"), "taken");
  EXPECT_EQ(on(R"(["arn:aws:codebuild:*", null])"), "taken");
  EXPECT_EQ(on(R"(["x", "b", "*"])"), "Resource b must be in ARN format or \"*\".");
}

TEST(Policy, ReadsIdentityPoliciesTwice) {
  const std::string legacy = "The policy failed legacy parsing";
  EXPECT_EQ(refusal(with(R"({"Effect":"denY","Action":"*","Resource":"*"})")), legacy);
  EXPECT_EQ(refusal(with(R"({"Effect":"no","Action":"*","Resource":"*"})")), "Syntax errors in policy.");
  auto when = [](const std::string& date) {
    return refusal(
        with(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateLessThan":{"a":")" + date +
             "\"}}}"));
  };
  for (const char* good : {"01T", "0", "2019-07-01T13:20:15Z", "2016-12-13t2:00:00.593194+23", "-292275054"})
    EXPECT_EQ(when(good), "taken") << good;
  for (const char* bad : {"", "soon", "234-13", "2016-12-13t2:00:00.593194+1", "9223372036854775808",
                          "2016-12-13t2:00:00.1999999999+10:59"})
    EXPECT_EQ(when(bad), legacy) << bad;
}

TEST(Policy, AManagedPolicyIsOfTheNewerVersion) {
  const std::string statement = R"("Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
  const std::string older = "Policy document must be version 2012-10-17 or greater.";
  EXPECT_EQ(refusal("{" + statement, PolicyKind::managed), older);
  EXPECT_EQ(refusal(R"({"Version":"2008-10-17",)" + statement, PolicyKind::managed), older);
  EXPECT_EQ(refusal(R"({"Version":"2012-10-17",)" + statement, PolicyKind::managed), "taken");
  EXPECT_EQ(refusal("{" + statement), "taken");
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
  EXPECT_EQ(refusal(with(head + R"({"StringSounds":{"aws:username":"u"}}})")), "Syntax errors in policy.");
  EXPECT_EQ(refusal(with(head + R"({"NullIfExists":{"aws:username":"true"}}})")), "Syntax errors in policy.");
  EXPECT_EQ(refusal(with(head + R"({"StringSounds":{}}})")), "taken");
  EXPECT_EQ(refusal(with(head + R"({"forAnyValue:stringLikeIfExists":{"aws:TagKeys":["a"]}}})")), "taken");
  const std::string open = R"({"Effect":"Allow","Action":"*","Principal":"*","Resource":"*","Condition":)";
  EXPECT_EQ(refusal(with(open + R"({"StringSounds":{"aws:username":"u"}}})"), PolicyKind::resource),
            "Invalid Condition type : StringSounds.");
  EXPECT_EQ(refusal(with(open + R"({"StringEquals":{"username":"u"}}})"), PolicyKind::resource),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
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
