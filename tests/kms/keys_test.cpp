// A key's life: making, describing, listing, disabling, deleting; what a restart keeps.
#include "tests/kms/kms_fixture.hpp"

namespace squall::services::kms {
namespace {

using namespace std::chrono_literals;
using wire::Value;

constexpr Duration day = 24h;

// Members and values as recorded from AWS (create_key, describe-key of LocalStack's recordings).
TEST_F(KmsTest, DescribesAKeyAsAwsDoes) {
  Value made = call("CreateKey", {{"Description", "test key 123"}})["KeyMetadata"];
  std::string key = made["KeyId"];
  Value expected{{"AWSAccountId", "111122223333"},
                 {"Arn", arn(key)},
                 {"CreationDate", testing::manual_start.time_since_epoch().count()},
                 {"CurrentKeyMaterialId", made["CurrentKeyMaterialId"]},
                 {"CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"},
                 {"Description", "test key 123"},
                 {"Enabled", true},
                 {"EncryptionAlgorithms", {"SYMMETRIC_DEFAULT"}},
                 {"KeyId", key},
                 {"KeyManager", "CUSTOMER"},
                 {"KeySpec", "SYMMETRIC_DEFAULT"},
                 {"KeyState", "Enabled"},
                 {"KeyUsage", "ENCRYPT_DECRYPT"},
                 {"MultiRegion", false},
                 {"Origin", "AWS_KMS"}};
  EXPECT_EQ(made, expected);
  EXPECT_EQ(call("DescribeKey", {{"KeyId", key}})["KeyMetadata"], expected);
  EXPECT_EQ(made["CurrentKeyMaterialId"].get<std::string>().size(), 64u);
}

TEST_F(KmsTest, RefusesOtherKindsOfKeysByName) {
  std::string refused = "UnsupportedOperationException: Squall does not serve ";
  EXPECT_EQ(error_of("CreateKey", {{"KeySpec", "RSA_2048"}, {"KeyUsage", "SIGN_VERIFY"}}),
            refused + "the KeySpec RSA_2048, only SYMMETRIC_DEFAULT");
  EXPECT_EQ(error_of("CreateKey", {{"Origin", "EXTERNAL"}}), refused + "the Origin EXTERNAL, only AWS_KMS");
  EXPECT_EQ(error_of("CreateKey", {{"MultiRegion", true}}), refused + "multi-Region keys (MultiRegion)");
  EXPECT_EQ(error_of("CreateKey", {{"KeySpec", "HMAC_256"}}),
            "ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric "
            "encryption keys.");
  EXPECT_EQ(error_of("CreateKey", {{"KeyUsage", "SIGN_VERIFY"}}),
            "ValidationException: KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT");
  EXPECT_EQ(call("ListKeys", Value::object())["Keys"].size(), 0u);
}

TEST_F(KmsTest, ListsKeysInPages) {
  std::set<std::string> made;
  for (int i = 0; i < 7; ++i) made.insert(create_key());
  std::vector<std::string> seen;
  Value input{{"Limit", 3}};
  std::vector<std::size_t> sizes;
  for (;;) {
    Value page = call("ListKeys", input);
    sizes.push_back(page["Keys"].size());
    for (const Value& entry : page["Keys"]) {
      EXPECT_EQ(entry["KeyArn"], arn(entry["KeyId"]));
      seen.push_back(entry["KeyId"]);
    }
    EXPECT_EQ(page["Truncated"], page.contains("NextMarker"));
    if (!page["Truncated"].get<bool>()) break;
    input["Marker"] = page["NextMarker"];
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 3, 1}));
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()), made);
  EXPECT_EQ(error_of("ListKeys", {{"Marker", "%%"}}), "InvalidMarkerException: Could not deserialize marker");
}

TEST_F(KmsTest, KeepsAccountsAndRegionsApart) {
  std::string key = create_key();
  wire::RequestContext elsewhere = context();
  elsewhere.region = "us-east-1";
  EXPECT_EQ(call_as(elsewhere, "ListKeys", Value::object())["Keys"].size(), 0u);
  EXPECT_EQ(error_as(elsewhere, "DescribeKey", {{"KeyId", key}}),
            "NotFoundException: Key 'arn:aws:kms:us-east-1:111122223333:key/" + key + "' does not exist");
}

TEST_F(KmsTest, ChangesADescription) {
  std::string key = create_key();
  call("UpdateKeyDescription", {{"KeyId", key}, {"Description", "new"}});
  EXPECT_EQ(call("DescribeKey", {{"KeyId", key}})["KeyMetadata"]["Description"], "new");
}

TEST_F(KmsTest, EnablesAndDisables) {
  std::string key = create_key();
  call("DisableKey", {{"KeyId", key}});
  call("DisableKey", {{"KeyId", arn(key)}});
  EXPECT_EQ(state(key), "Disabled");
  EXPECT_EQ(call("DescribeKey", {{"KeyId", key}})["KeyMetadata"]["Enabled"], false);
  call("EnableKey", {{"KeyId", key}});
  EXPECT_EQ(state(key), "Enabled");
}

TEST_F(KmsTest, TakesNoAliasWhereAwsTakesNone) {
  call("CreateAlias", {{"AliasName", "alias/vault"}, {"TargetKeyId", create_key()}});
  EXPECT_EQ(error_of("DisableKey", {{"KeyId", "alias/vault"}}),
            "NotFoundException: Invalid keyId 'alias/vault'");
  EXPECT_THAT(error_of("DisableKey", {{"KeyId", context().arn("kms", "alias/vault")}}),
              ::testing::StartsWith("InvalidArnException: "));
}

TEST_F(KmsTest, DeletesAKeyWhenItsWindowIsOver) {
  std::string key = create_key();
  call("CreateAlias", {{"AliasName", "alias/vault"}, {"TargetKeyId", key}});
  Value blob = call("Encrypt", {{"KeyId", key}, {"Plaintext", "x"}})["CiphertextBlob"];
  Value scheduled = call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", 7}});
  Time due = testing::manual_start + 7 * day;
  EXPECT_EQ(scheduled, (Value{{"KeyId", arn(key)},
                              {"DeletionDate", due.time_since_epoch().count()},
                              {"KeyState", "PendingDeletion"},
                              {"PendingWindowInDays", 7}}));
  scheduler_.run_until(due - 1s);
  EXPECT_EQ(call("DescribeKey", {{"KeyId", key}})["KeyMetadata"]["DeletionDate"], scheduled["DeletionDate"]);
  scheduler_.run_until(due);
  EXPECT_EQ(error_of("DescribeKey", {{"KeyId", key}}),
            "NotFoundException: Key '" + arn(key) + "' does not exist");
  EXPECT_THAT(error_of("DescribeKey", {{"KeyId", "alias/vault"}}),
              ::testing::StartsWith("NotFoundException: Alias"));
  EXPECT_THAT(error_of("Decrypt", {{"CiphertextBlob", blob}}),
              ::testing::StartsWith("AccessDeniedException"));
  EXPECT_EQ(call("ListKeys", Value::object())["Keys"].size(), 0u);
  EXPECT_EQ(scheduler_.pending(), 0u);
}

TEST_F(KmsTest, DeletesEachKeyAtItsOwnTime) {
  std::string late = create_key(), early = create_key();
  call("ScheduleKeyDeletion", {{"KeyId", late}});
  call("ScheduleKeyDeletion", {{"KeyId", early}, {"PendingWindowInDays", 8}});
  scheduler_.advance(8 * day);
  EXPECT_EQ(state(late), "PendingDeletion");
  EXPECT_EQ(error_of("DescribeKey", {{"KeyId", early}}).substr(0, 17), "NotFoundException");
  scheduler_.advance(22 * day);
  EXPECT_EQ(error_of("DescribeKey", {{"KeyId", late}}).substr(0, 17), "NotFoundException");
}

TEST_F(KmsTest, RescuesAKeyAsDisabled) {
  std::string key = create_key();
  EXPECT_EQ(error_of("CancelKeyDeletion", {{"KeyId", key}}),
            "KMSInvalidStateException: " + arn(key) + " is not pending deletion.");
  call("ScheduleKeyDeletion", {{"KeyId", key}});
  EXPECT_EQ(call("CancelKeyDeletion", {{"KeyId", key}}), (Value{{"KeyId", arn(key)}}));
  scheduler_.advance(31 * day);
  EXPECT_EQ(state(key), "Disabled");
  EXPECT_FALSE(call("DescribeKey", {{"KeyId", key}})["KeyMetadata"].contains("DeletionDate"));
}

TEST_F(KmsTest, HoldsTheWindowTo7To30Days) {
  std::string key = create_key();
  for (int days : {1, 6, 31, 365})
    EXPECT_EQ(error_of("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", days}}),
              "ValidationException: PendingWindowInDays must be between 7 and 30");
  EXPECT_EQ(state(key), "Enabled");
}

TEST_F(KmsTest, ChangesNothingOfAKeyPendingDeletion) {
  std::string key = create_key();
  call("ScheduleKeyDeletion", {{"KeyId", key}});
  std::string pending = "KMSInvalidStateException: " + arn(key) + " is pending deletion.";
  EXPECT_EQ(error_of("EnableKey", {{"KeyId", key}}), pending);
  EXPECT_EQ(error_of("DisableKey", {{"KeyId", key}}), pending);
  EXPECT_EQ(error_of("ScheduleKeyDeletion", {{"KeyId", key}}), pending);
  EXPECT_EQ(error_of("UpdateKeyDescription", {{"KeyId", key}, {"Description", "x"}}), pending);
  EXPECT_EQ(error_of("CreateAlias", {{"AliasName", "alias/x"}, {"TargetKeyId", key}}), pending);
  EXPECT_EQ(error_of("TagResource", {{"KeyId", key}, {"Tags", Value::array()}}), pending);
  EXPECT_EQ(error_of("UntagResource", {{"KeyId", key}, {"TagKeys", Value::array()}}), pending);
}

TEST_F(KmsTest, FindsEverythingAgainAfterARestart) {
  std::string key = create_key({{"Description", "kept"}}), doomed = create_key();
  call("CreateAlias", {{"AliasName", "alias/vault"}, {"TargetKeyId", key}});
  Value blob = call("Encrypt", {{"KeyId", key}, {"Plaintext", "x"}})["CiphertextBlob"];
  call("ScheduleKeyDeletion", {{"KeyId", doomed}, {"PendingWindowInDays", 7}});
  restart();
  EXPECT_EQ(call("Decrypt", {{"CiphertextBlob", blob}, {"KeyId", "alias/vault"}})["Plaintext"], "x");
  scheduler_.advance(7 * day);
  EXPECT_EQ(call("ListKeys", Value::object())["Keys"].size(), 1u);
}

TEST_F(KmsTest, DeletesAtOnceWhatFellDueWhileItWasDown) {
  std::string key = create_key();
  call("ScheduleKeyDeletion", {{"KeyId", key}});
  service_.reset();
  scheduler_.advance(40 * day);
  restart();
  scheduler_.settle();
  EXPECT_EQ(call("ListKeys", Value::object())["Keys"].size(), 0u);
}

// A write that failed has not happened, in what is stored and in what is answered from memory.
TEST_F(KmsTest, KeepsItsStateWhenTheStoreCannotWrite) {
  std::string key = create_key();
  state(key);
  database_.execute("CREATE TRIGGER broken BEFORE UPDATE ON kms_key BEGIN SELECT RAISE(FAIL, 'disk'); END");
  EXPECT_THROW(call("DisableKey", {{"KeyId", key}}), store::StoreError);
  EXPECT_EQ(state(key), "Enabled");
}

TEST_F(KmsTest, TriesADueDeletionAgainWhenTheStoreCouldNotWrite) {
  std::string key = create_key();
  call("ScheduleKeyDeletion", {{"KeyId", key}, {"PendingWindowInDays", 7}});
  database_.execute("CREATE TRIGGER broken BEFORE DELETE ON kms_key BEGIN SELECT RAISE(FAIL, 'disk'); END");
  scheduler_.advance(7 * day);
  EXPECT_EQ(state(key), "PendingDeletion");
  database_.execute("DROP TRIGGER broken");
  scheduler_.advance(1min);
  EXPECT_EQ(call("ListKeys", Value::object())["Keys"].size(), 0u);
}

}  // namespace
}  // namespace squall::services::kms
