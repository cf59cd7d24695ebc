// Aliases, key policies, tags, and what is asked of IAM.
#include "emulator/auth/policy.hpp"
#include "tests/kms/kms_fixture.hpp"

namespace squall::services::kms {
namespace {

using wire::Value;

TEST_F(KmsTest, MakesMovesAndDeletesAliases) {
  std::string first = create_key(), second = create_key();
  call("CreateAlias", {{"AliasName", "alias/vault"}, {"TargetKeyId", first}});
  scheduler_.advance(1h);
  call("UpdateAlias", {{"AliasName", "alias/vault"}, {"TargetKeyId", arn(second)}});
  Value listed = call("ListAliases", Value::object());
  EXPECT_EQ(listed["Aliases"],
            (Value{{{"AliasName", "alias/vault"},
                    {"AliasArn", context().arn("kms", "alias/vault")},
                    {"TargetKeyId", second},
                    {"CreationDate", testing::manual_start.time_since_epoch().count()},
                    {"LastUpdatedDate", (testing::manual_start + 1h).time_since_epoch().count()}}}));
  EXPECT_EQ(listed["Truncated"], false);
  EXPECT_EQ(call("DescribeKey", {{"KeyId", "alias/vault"}})["KeyMetadata"]["KeyId"], second);
  EXPECT_EQ(call("ListAliases", {{"KeyId", first}})["Aliases"].size(), 0u);
  EXPECT_EQ(call("ListAliases", {{"KeyId", second}})["Aliases"].size(), 1u);
  call("DeleteAlias", {{"AliasName", "alias/vault"}});
  EXPECT_EQ(error_of("Encrypt", {{"KeyId", "alias/vault"}, {"Plaintext", "x"}}),
            "NotFoundException: Alias " + context().arn("kms", "alias/vault") + " is not found.");
}

TEST_F(KmsTest, RefusesBadAliases) {
  std::string key = create_key();
  auto create = [&](const std::string& name, const std::string& target) {
    return error_of("CreateAlias", {{"AliasName", name}, {"TargetKeyId", target}});
  };
  EXPECT_EQ(create("vault", key),
            "ValidationException: Alias must start with the prefix \"alias/\". Please see "
            "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html");
  EXPECT_EQ(create("alias/aws/ebs", key), "NotAuthorizedException: ");
  EXPECT_EQ(create("alias/a:b", key),
            "ValidationException: alias/a:b contains invalid characters for an alias");
  EXPECT_EQ(create("alias/a", "alias/b"), "ValidationException: Aliases must refer to keys. Not aliases");
  EXPECT_EQ(create("alias/a", key), "no error");
  EXPECT_EQ(create("alias/a", key), "AlreadyExistsException: An alias with the name " +
                                        context().arn("kms", "alias/a") + " already exists");
  std::string missing = "NotFoundException: Alias " + context().arn("kms", "alias/b") + " is not found.";
  EXPECT_EQ(error_of("UpdateAlias", {{"AliasName", "alias/b"}, {"TargetKeyId", key}}), missing);
  EXPECT_EQ(error_of("DeleteAlias", {{"AliasName", "alias/b"}}), missing);
}

TEST_F(KmsTest, LimitsAliasesOfAKeyAndPagesThem) {
  std::string key = create_key();
  for (int i = 0; i < 50; ++i)
    call("CreateAlias", {{"AliasName", "alias/a" + std::to_string(i)}, {"TargetKeyId", key}});
  EXPECT_THAT(error_of("CreateAlias", {{"AliasName", "alias/more"}, {"TargetKeyId", key}}),
              ::testing::StartsWith("LimitExceededException: "));
  Value first = call("ListAliases", {{"Limit", 30}});
  EXPECT_EQ(first["Aliases"].size(), 30u);
  Value rest = call("ListAliases", {{"Limit", 30}, {"Marker", first["NextMarker"]}});
  EXPECT_EQ(rest["Aliases"].size(), 20u);
  EXPECT_FALSE(rest.contains("NextMarker"));
  EXPECT_THAT(error_of("ListAliases", {{"Limit", 101}}), ::testing::HasSubstr("less than or equal to 100"));
}

TEST_F(KmsTest, GivesTheDefaultPolicyAsAwsWritesIt) {
  Value answer = call("GetKeyPolicy", {{"KeyId", create_key()}, {"PolicyName", "default"}});
  EXPECT_EQ(answer["PolicyName"], "default");
  EXPECT_EQ(answer["Policy"], R"({
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::111122223333:root"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
})");
  EXPECT_NO_THROW(auth::parse_policy(answer["Policy"].get<std::string>(), auth::PolicyKind::resource));
}

TEST_F(KmsTest, KeepsAPolicyAndHandsItToIam) {
  std::string key = create_key();
  std::string policy =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]})";
  call("PutKeyPolicy", {{"KeyId", key}, {"Policy", policy}});
  EXPECT_EQ(call("GetKeyPolicy", {{"KeyId", key}})["Policy"], policy);
  EXPECT_EQ(call("ListKeyPolicies", {{"KeyId", key}}),
            (Value{{"PolicyNames", {"default"}}, {"Truncated", false}}));
  auto wanted = service_->authorizations(context(), *api::kms::service().find("Encrypt"), {{"KeyId", key}});
  ASSERT_EQ(wanted.size(), 1u);
  EXPECT_EQ(wanted[0].resource_policy, policy);
}

TEST_F(KmsTest, RefusesBadPolicies) {
  std::string key = create_key();
  EXPECT_THAT(error_of("PutKeyPolicy", {{"KeyId", key}, {"Policy", "{"}}),
              ::testing::StartsWith("MalformedPolicyDocumentException: "));
  EXPECT_THAT(error_of("CreateKey", {{"Policy", "[]"}}),
              ::testing::StartsWith("MalformedPolicyDocumentException: "));
  EXPECT_THAT(error_of("PutKeyPolicy", {{"KeyId", key}, {"Policy", std::string(32769, ' ')}}),
              ::testing::StartsWith("LimitExceededException: "));
  EXPECT_EQ(error_of("GetKeyPolicy", {{"KeyId", key}, {"PolicyName", "mine"}}),
            "NotFoundException: No such policy exists");
}

TEST_F(KmsTest, RefusesAPolicyThatLocksItsAuthorOut) {
  std::string policy =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"}]})";
  std::string key = create_key();
  authorizer_.denied_action = "kms:PutKeyPolicy";
  std::string locked_out =
      "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in "
      "the "
      "future.";
  EXPECT_EQ(error_of("PutKeyPolicy", {{"KeyId", key}, {"Policy", policy}}), locked_out);
  EXPECT_EQ(error_of("CreateKey", {{"Policy", policy}}), locked_out);
  ASSERT_EQ(authorizer_.asked.size(), 2u);
  EXPECT_EQ(authorizer_.asked[0].resource_policy, policy);
  EXPECT_EQ(error_of("PutKeyPolicy",
                     {{"KeyId", key}, {"Policy", policy}, {"BypassPolicyLockoutSafetyCheck", true}}),
            "no error");
}

TEST_F(KmsTest, KeepsTags) {
  auto tag = [](const std::string& key, const std::string& value) {
    return Value{{"TagKey", key}, {"TagValue", value}};
  };
  std::string key = create_key({{"Tags", {tag("tag1", "value1"), tag("tag2", "value2")}}});
  call("TagResource", {{"KeyId", key}, {"Tags", {tag("tag3", "value3"), tag("tag2", "changed")}}});
  call("UntagResource", {{"KeyId", key}, {"TagKeys", {"tag1", "absent"}}});
  EXPECT_EQ(call("ListResourceTags", {{"KeyId", key}}),
            (Value{{"Tags", {tag("tag2", "changed"), tag("tag3", "value3")}}, {"Truncated", false}}));
  Value page = call("ListResourceTags", {{"KeyId", key}, {"Limit", 1}});
  EXPECT_EQ(page["Truncated"], true);
  EXPECT_EQ(call("ListResourceTags", {{"KeyId", key}, {"Limit", 1}, {"Marker", page["NextMarker"]}})["Tags"],
            Value::array({tag("tag3", "value3")}));
  EXPECT_EQ(error_of("TagResource", {{"KeyId", key}, {"Tags", {tag("a", "1"), tag("a", "2")}}}),
            "TagException: Duplicate tag keys");
  EXPECT_THAT(error_of("TagResource", {{"KeyId", key}, {"Tags", {tag("aws:x", "1"), tag("b", "2")}}}),
              ::testing::StartsWith("TagException: "));
  Value many = Value::array();
  for (int i = 0; i < 49; ++i) many.push_back(tag("many" + std::to_string(i), ""));
  EXPECT_THAT(error_of("TagResource", {{"KeyId", key}, {"Tags", many}}),
              ::testing::StartsWith("LimitExceededException: "));
}

TEST_F(KmsTest, AsksIamWithTheFactsOfKeyAndRequest) {
  std::string key = create_key({{"Tags", {{{"TagKey", "team"}, {"TagValue", "vault"}}}}});
  call("CreateAlias", {{"AliasName", "alias/vault"}, {"TargetKeyId", key}});
  Value blob = call("Encrypt", {{"KeyId", key}, {"Plaintext", "x"}})["CiphertextBlob"];
  auto wanted = service_->authorizations(context(), *api::kms::service().find("Decrypt"),
                                         {{"CiphertextBlob", blob}, {"EncryptionContext", {{"app", "a"}}}});
  ASSERT_EQ(wanted.size(), 1u);
  EXPECT_EQ(wanted[0].action, "kms:Decrypt");
  EXPECT_EQ(wanted[0].resource, arn(key));
  EXPECT_TRUE(wanted[0].resource_policy_required);
  using Values = std::vector<std::string>;
  EXPECT_EQ(wanted[0].conditions.at("kms:EncryptionContext:app"), Values{"a"});
  EXPECT_EQ(wanted[0].conditions.at("aws:ResourceTag/team"), Values{"vault"});
  EXPECT_EQ(wanted[0].conditions.at("kms:ResourceAliases"), Values{"alias/vault"});
  EXPECT_EQ(wanted[0].conditions.at("kms:CallerAccount"), Values{"111122223333"});
}

TEST_F(KmsTest, AsksIamForEveryResourceOfAnOperation) {
  std::string key = create_key(), other = create_key();
  call("CreateAlias", {{"AliasName", "alias/vault"}, {"TargetKeyId", key}});
  auto asked = [&](const std::string& operation, const Value& input) {
    std::vector<std::string> pairs;
    for (const auto& one : service_->authorizations(context(), *api::kms::service().find(operation), input))
      pairs.push_back(one.action + " " + one.resource);
    return pairs;
  };
  using Pairs = std::vector<std::string>;
  std::string alias = context().arn("kms", "alias/vault");
  EXPECT_EQ(asked("CreateKey", Value::object()), Pairs{"kms:CreateKey *"});
  EXPECT_EQ(asked("ListKeys", Value::object()), Pairs{"kms:ListKeys *"});
  EXPECT_EQ(asked("Encrypt", {{"KeyId", "alias/vault"}}), Pairs{"kms:Encrypt " + arn(key)});
  EXPECT_EQ(asked("Encrypt", {{"KeyId", "nonsense"}}), Pairs{"kms:Encrypt *"});
  EXPECT_EQ(asked("Encrypt", Value::object()), Pairs{"kms:Encrypt *"});
  EXPECT_EQ(
      asked("UpdateAlias", {{"AliasName", "alias/vault"}, {"TargetKeyId", other}}),
      (Pairs{"kms:UpdateAlias " + alias, "kms:UpdateAlias " + arn(key), "kms:UpdateAlias " + arn(other)}));
  Value blob = call("Encrypt", {{"KeyId", key}, {"Plaintext", "x"}})["CiphertextBlob"];
  EXPECT_EQ(asked("ReEncrypt", {{"CiphertextBlob", blob}, {"DestinationKeyId", other}}),
            (Pairs{"kms:ReEncryptFrom " + arn(key), "kms:ReEncryptTo " + arn(other)}));
}

}  // namespace
}  // namespace squall::services::kms
