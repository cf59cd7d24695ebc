// What cannot be read, and the error that AWS has for it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "emulator/wire/codec.hpp"
#include "tests/wire/services.hpp"

namespace squall::wire::test {
namespace {

// "Code: message" of what reading throws; the tree as JSON if nothing.
std::string read(const std::string& service, const std::string& operation, const std::string& body) {
  const Service& facts = service_named(service);
  http::Request request{.method = "POST", .body = body};
  try {
    return codec(facts.protocol).decode_request(facts, operation_named(service, operation), request).dump();
  } catch (const base::AwsError& error) {
    return error.code + ": " + error.what();
  }
}

TEST(BadJson, IsASerializationException) {
  EXPECT_EQ(read("kms", "Encrypt", "{\"KeyId\":"), "SerializationException: ");
  EXPECT_EQ(read("kms", "Encrypt", "\xff"), "SerializationException: ");
  EXPECT_EQ(read("kms", "Encrypt", "[]"), "SerializationException: Start of list found where not expected");
  EXPECT_EQ(read("kms", "Encrypt", R"({"KeyId":1})"),
            "SerializationException: NUMBER_VALUE can not be converted to a String");
  EXPECT_EQ(read("kms", "Encrypt", R"({"KeyId":{}})"),
            "SerializationException: Start of structure or map found where not expected.");
  EXPECT_EQ(read("kms", "ListKeys", R"({"Limit":"5"})"),
            "SerializationException: STRING_VALUE can not be converted to an Integer");
  EXPECT_EQ(read("kms", "ListKeys", R"({"Limit":1.5})"),
            "SerializationException: DECIMAL_VALUE can not be converted to an Integer");
  EXPECT_EQ(read("kms", "ListKeys", R"({"Limit":2147483648})"),
            "SerializationException: NUMBER_VALUE is out of range for an Integer");
  EXPECT_EQ(read("kms", "ListKeys", R"({"Limit":1e300})"),
            "SerializationException: NUMBER_VALUE is out of range for an Integer");
  EXPECT_EQ(read("kms", "Encrypt", R"({"DryRun":"true"})"),
            "SerializationException: STRING_VALUE can not be converted to a Boolean");
  EXPECT_EQ(read("kms", "Encrypt", R"({"Plaintext":"!"})"),
            "SerializationException: Invalid Base64 in a blob");
  EXPECT_EQ(read("kms", "Encrypt", R"({"GrantTokens":"a"})"),
            "SerializationException: Unexpected field type");
  std::string deep(200'000, '[');
  EXPECT_EQ(read("kms", "Encrypt", deep), "SerializationException: The input nests too deeply");
}

TEST(BadJson, WhatIsUnknownOrNullIsAbsent) {
  EXPECT_EQ(read("kms", "Encrypt", R"({"Nobody":[{"knows":1}],"KeyId":null})"), "{}");
  EXPECT_EQ(read("kms", "Encrypt", ""), "{}");
  EXPECT_EQ(read("kms", "ListKeys", R"({"Limit":2147483647.0})"), R"({"Limit":2147483647})");
}

TEST(BadQuery, IsRefusedAsItsServiceDoes) {
  EXPECT_EQ(read("iam", "ListUsers", "MaxItems=x"),
            "MalformedInput: Invalid value for MaxItems: expecting an integer.");
  EXPECT_EQ(read("iam", "ListUsers", "MaxItems=99999999999"),
            "MalformedInput: Invalid value for MaxItems: expecting an integer.");
  EXPECT_EQ(read("iam", "ListUsers", "Max%20Items=1"), "MalformedQueryString: Keys may not contain  ");
  EXPECT_EQ(read("iam", "ListUsers", "Nobody=1&MaxItems.x=2"), "{}");
  EXPECT_EQ(read("ec2", "DescribeInstances", "Nobody.1=x&InstanceId.1=i-1"),
            "UnknownParameter: The parameter Nobody.1 is not recognized");
  EXPECT_EQ(read("ec2", "DescribeInstances", "InstanceId.1=i-1&InstanceId.01=i-2"),
            "UnknownParameter: The parameter InstanceId.01 is not recognized");
  EXPECT_EQ(read("iam", "UntagUser", "UserName=u&TagKeys=a"),
            "MalformedInput: Unexpected list element termination");
  EXPECT_EQ(read("iam", "UntagUser", "UserName=u&TagKeys="), R"({"TagKeys":[],"UserName":"u"})");
  EXPECT_EQ(read("ec2", "DescribeInstances", "InstanceId=i-1"),
            "UnknownParameter: The parameter InstanceId is not recognized");
  EXPECT_EQ(read("ec2", "RunInstances", "IamInstanceProfile=vault"),
            "UnknownParameter: The parameter IamInstanceProfile is not recognized");
  EXPECT_EQ(read("ec2", "DescribeInstances", "DryRun=maybe"),
            "InvalidParameterValue: Value (maybe) for parameter DryRun is invalid. Expecting a Boolean.");
  EXPECT_EQ(read("ec2", "DescribeInstances", "Action=DescribeInstances&Version=2016-11-15&X-Amz-Date=1"),
            "{}");
}

TEST(Query, ListsAreReadInTheOrderOfTheirNumbers) {
  EXPECT_EQ(read("ec2", "DescribeInstances", "InstanceId.10=c&InstanceId.2=b&InstanceId.1=a"),
            R"({"InstanceIds":["a","b","c"]})");
  EXPECT_EQ(
      read("iam", "UntagRole", "TagKeys.member.4294967295=b&TagKeys.member.1=a&TagKeys.member.4294967296=x"),
      R"({"TagKeys":["a","b"]})");
  EXPECT_EQ(read("iam", "TagRole", "Tags="), R"({"Tags":[]})");
}

}  // namespace
}  // namespace squall::wire::test
