// Constraints in AWS's words; the messages marked "recorded" are answers of AWS itself.
#include "emulator/wire/validate.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "emulator/base/aws_error.hpp"
#include "emulator/wire/constraints.hpp"
#include "emulator/wire/mask.hpp"
#include "tests/wire/services.hpp"

namespace squall::wire::test {
namespace {

using Value = nlohmann::json;

std::string check(const std::string& service, const std::string& operation, const Value& input) {
  try {
    Validator().check(service_named(service), operation_named(service, operation), input);
    return "";
  } catch (const base::AwsError& error) {
    return error.code + ": " + error.what();
  }
}

const std::string one = "ValidationException: 1 validation error detected: ";

TEST(Validate, RequiredMembers) {
  EXPECT_EQ(check("kms", "Encrypt", {{"Plaintext", "p"}}),
            one + "Value null at 'keyId' failed to satisfy constraint: Member must not be null");
  EXPECT_EQ(check("kms", "TagResource", {{"KeyId", "k"}, {"Tags", {{{"TagKey", "a"}}, nullptr}}}),
            "ValidationException: 2 validation errors detected: Value null at 'tags.1.member.tagValue' "
            "failed to satisfy "
            "constraint: Member must not be null; Value null at 'tags.2.member' failed to satisfy "
            "constraint: Member "
            "must not be null");
  EXPECT_EQ(check("sts", "AssumeRole", {{"RoleArn", "arn:aws:iam::123456789012:role/r"}}),
            "ValidationError: 1 validation error detected: Value null at 'roleSessionName' failed to satisfy "
            "constraint: "
            "Member must not be null");
}

TEST(Validate, NumbersAndLengths) {
  // recorded
  EXPECT_EQ(
      check("kms", "GenerateRandom", {{"NumberOfBytes", 0}}),
      one +
          "Value '0' at 'numberOfBytes' failed to satisfy constraint: Member must have value greater than or "
          "equal to 1");
  EXPECT_EQ(
      check("kms", "GenerateRandom", {{"NumberOfBytes", 1025}}),
      one +
          "Value '1025' at 'numberOfBytes' failed to satisfy constraint: Member must have value less than or "
          "equal to 1024");
  std::string value(257, 'v');
  EXPECT_EQ(check("kms", "TagResource", {{"KeyId", "k"}, {"Tags", {{{"TagKey", "a"}, {"TagValue", value}}}}}),
            one + "Value '" + value +
                "' at 'tags.1.member.tagValue' failed to satisfy constraint: Member must have length less "
                "than or equal "
                "to 256");
  EXPECT_EQ(check("kms", "Encrypt", {{"KeyId", "k"}, {"Plaintext", std::string(4097, 'p')}}),
            one +
                "Value at 'plaintext' failed to satisfy constraint: Member must have length less than or "
                "equal to 4096");
  // Characters are counted, not bytes.
  std::string letters;
  for (int i = 0; i < 256; ++i) letters += "é";
  EXPECT_EQ(
      check("kms", "TagResource", {{"KeyId", "k"}, {"Tags", {{{"TagKey", "a"}, {"TagValue", letters}}}}}),
      "");
  EXPECT_EQ(check("kms", "Decrypt", {{"CiphertextBlob", ""}}),
            one +
                "Value 'java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]' at 'ciphertextBlob' failed to satisfy "
                "constraint: "
                "Member must have length greater than or equal to 1");
}

TEST(Validate, PatternsAndSets) {
  // recorded
  EXPECT_EQ(check("sts", "AssumeRole",
                  {{"RoleArn", "arn:aws:iam::123456789012:role/r"}, {"RoleSessionName", "Session1:2"}}),
            "ValidationError: 1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to "
            "satisfy "
            "constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*");
  std::string text = check("kms", "CreateKey", {{"KeyUsage", "RANDOM"}});
  EXPECT_EQ(
      text.rfind(
          one + "Value 'RANDOM' at 'keyUsage' failed to satisfy constraint: Member must satisfy enum value "
                "set: [SIGN_VERIFY, ENCRYPT_DECRYPT",
          0),
      0U)
      << text;
  EXPECT_EQ(check("iam", "UpdateAccessKey", {{"AccessKeyId", "AKIAAAAAAAAAAAAAAAAA"}, {"Status", "x"}}),
            "ValidationError: 1 validation error detected: Value at 'status' failed to satisfy constraint: "
            "Member must "
            "satisfy enum value set");
  EXPECT_EQ(check("iam", "GetRole", {{"RoleName", "a b"}}),
            "ValidationError: The specified value for roleName is invalid. It must contain only alphanumeric "
            "characters "
            "and/or the following: +=,.@_-");
}

TEST(Validate, ElementsAreReportedAtTheirList) {
  EXPECT_EQ(check("ssm", "SendCommand", {{"DocumentName", "AWS-RunShellScript"}, {"InstanceIds", {"i-1"}}}),
            one +
                "Value '[i-1]' at 'instanceIds' failed to satisfy constraint: Member must satisfy "
                "constraint: [Member "
                "must satisfy regular expression pattern: (^i-(\\w{8}|\\w{17})$)|(^mi-\\w{17}$)]");
}

TEST(Validate, Ec2HasItsOwnWords) {
  EXPECT_EQ(check("ec2", "CreateKeyPair", Value::object()),
            "MissingParameter: The request must contain the parameter KeyName");
  EXPECT_EQ(check("ec2", "TerminateInstances", {{"InstanceIds", Value::array()}}),
            "MissingParameter: The request must contain the parameter InstanceId");
  EXPECT_EQ(check("ec2", "RunInstances", {{"MinCount", 1}, {"MaxCount", 1}, {"InstanceType", "t99.none"}}),
            "InvalidParameterValue: Invalid value 't99.none' for InstanceType.");
}

TEST(Validate, EveryPatternOfTheModelsIsKnown) {
  PatternCache patterns;
  std::string text(1000, 'a');
  for (const char* name : {"kms", "ssm", "sts", "iam", "ec2"}) {
    for (const Operation& operation : service_named(name).operations) {
      if (operation.input == nullptr) continue;
      for (const Member& member : operation.input->members) {
        if (member.shape->kind != Kind::string || member.shape->pattern.empty()) continue;
        EXPECT_NO_THROW(patterns.get(*member.shape).matches(text)) << member.shape->pattern;
      }
    }
  }
}

TEST(Mask, TakesOutSecretsAndBlobs) {
  Value input = {{"KeyId", "k"}, {"Plaintext", "p"}, {"CiphertextBlob", "c"}};
  mask_sensitive(*operation_named("kms", "Encrypt").input, input);
  EXPECT_EQ(input, (Value{{"KeyId", "k"}, {"Plaintext", "***"}, {"CiphertextBlob", "c"}}))
      << "not Encrypt's member";
  Value nested = {{"Commands", nullptr}};
  mask_sensitive(*operation_named("ssm", "SendCommand").input, nested);
  EXPECT_EQ(nested, (Value{{"Commands", nullptr}}));
}

}  // namespace
}  // namespace squall::wire::test
