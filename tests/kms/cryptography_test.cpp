// Encrypt, Decrypt, ReEncrypt, data keys: the round trips, and every way in which AWS says no.
#include "tests/kms/kms_fixture.hpp"

namespace squall::services::kms {
namespace {

using wire::Value;

TEST_F(KmsTest, DecryptsWithTheBlobAlone) {
  std::string key = create_key();
  Value sealed = call("Encrypt", {{"KeyId", key}, {"Plaintext", "hello"}});
  EXPECT_EQ(sealed["KeyId"], arn(key));
  EXPECT_EQ(sealed["EncryptionAlgorithm"], "SYMMETRIC_DEFAULT");
  Value opened = call("Decrypt", {{"CiphertextBlob", sealed["CiphertextBlob"]}});
  EXPECT_EQ(opened["Plaintext"], "hello");
  EXPECT_EQ(opened["KeyId"], arn(key));
  EXPECT_EQ(opened["KeyMaterialId"],
            call("DescribeKey", {{"KeyId", key}})["KeyMetadata"]["CurrentKeyMaterialId"]);
}

TEST_F(KmsTest, NeverSealsTwiceTheSame) {
  std::string key = create_key();
  Value input{{"KeyId", key}, {"Plaintext", "hello"}};
  EXPECT_NE(call("Encrypt", input)["CiphertextBlob"], call("Encrypt", input)["CiphertextBlob"]);
}

TEST_F(KmsTest, WantsTheSameEncryptionContext) {
  std::string key = create_key();
  Value blob =
      call("Encrypt",
           {{"KeyId", key}, {"Plaintext", "hello"}, {"EncryptionContext", {{"a", "b"}}}})["CiphertextBlob"];
  EXPECT_EQ(call("Decrypt", {{"CiphertextBlob", blob}, {"EncryptionContext", {{"a", "b"}}}})["Plaintext"],
            "hello");
  EXPECT_EQ(error_of("Decrypt", {{"CiphertextBlob", blob}}), "InvalidCiphertextException: ");
  EXPECT_EQ(error_of("Decrypt", {{"CiphertextBlob", blob}, {"EncryptionContext", {{"a", "c"}}}}),
            "InvalidCiphertextException: ");
}

TEST_F(KmsTest, TakesEveryNameOfAKeyForCryptography) {
  std::string key = create_key();
  call("CreateAlias", {{"AliasName", "alias/vault"}, {"TargetKeyId", key}});
  Value blob;
  for (const std::string& name :
       {key, arn(key), std::string("alias/vault"), context().arn("kms", "alias/vault")}) {
    Value sealed = call("Encrypt", {{"KeyId", name}, {"Plaintext", "x"}});
    EXPECT_EQ(sealed["KeyId"], arn(key)) << name;
    EXPECT_EQ(call("Decrypt", {{"KeyId", name}, {"CiphertextBlob", sealed["CiphertextBlob"]}})["Plaintext"],
              "x");
    EXPECT_EQ(call("DescribeKey", {{"KeyId", name}})["KeyMetadata"]["KeyId"], key);
  }
}

TEST_F(KmsTest, NamesTheKeyThatIsNotThere) {
  std::string absent = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(error_of("Encrypt", {{"KeyId", absent}, {"Plaintext", "x"}}),
            "NotFoundException: Key '" + arn(absent) + "' does not exist");
  EXPECT_EQ(error_of("DescribeKey", {{"KeyId", "alias/none"}}),
            "NotFoundException: Alias " + context().arn("kms", "alias/none") + " is not found.");
  EXPECT_EQ(error_of("DescribeKey", {{"KeyId", "vault"}}), "NotFoundException: Invalid keyId 'vault'");
  EXPECT_EQ(error_of("DescribeKey", {{"KeyId", "arn:aws:kms:us-west-2:111122223333:key/" + absent}}),
            "NotFoundException: Invalid arn us-west-2");
  EXPECT_EQ(error_of("DescribeKey", {{"KeyId", "arn:aws:s3:::bucket"}}),
            "InvalidArnException: arn:aws:s3:::bucket is not a valid ARN");
}

TEST_F(KmsTest, ChecksTheKeyThatDecryptNames) {
  std::string key = create_key(), other = create_key();
  Value blob = call("Encrypt", {{"KeyId", key}, {"Plaintext", "x"}})["CiphertextBlob"];
  std::string incorrect =
      "IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this "
      "operation.";
  EXPECT_EQ(error_of("Decrypt", {{"KeyId", other}, {"CiphertextBlob", blob}}), incorrect);
  EXPECT_EQ(
      error_of("ReEncrypt", {{"SourceKeyId", other}, {"DestinationKeyId", key}, {"CiphertextBlob", blob}}),
      incorrect);
}

TEST_F(KmsTest, RefusesWhatIsNoCiphertext) {
  EXPECT_EQ(error_of("Decrypt", {{"CiphertextBlob", "garbage"}}), "InvalidCiphertextException: ");
  EXPECT_EQ(
      error_of("Decrypt", Value::object()),
      "ValidationException: 1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy "
      "constraint: Member must not be null");
}

TEST_F(KmsTest, UsesNoKeyThatIsDisabledOrPendingDeletion) {
  std::string key = create_key();
  Value blob = call("Encrypt", {{"KeyId", key}, {"Plaintext", "x"}})["CiphertextBlob"];
  auto errors = [&] {
    return std::vector<std::string>{
        error_of("Encrypt", {{"KeyId", key}, {"Plaintext", "x"}}),
        error_of("Decrypt", {{"CiphertextBlob", blob}}),
        // The state counts before the context does.
        error_of("Decrypt", {{"CiphertextBlob", blob}, {"EncryptionContext", {{"wrong", "x"}}}}),
        error_of("GenerateDataKey", {{"KeyId", key}, {"KeySpec", "AES_256"}}),
        error_of("GenerateDataKeyWithoutPlaintext", {{"KeyId", key}, {"KeySpec", "AES_256"}}),
        error_of("ReEncrypt", {{"CiphertextBlob", blob}, {"DestinationKeyId", create_key()}}),
    };
  };
  call("DisableKey", {{"KeyId", key}});
  EXPECT_THAT(errors(), ::testing::Each("DisabledException: " + arn(key) + " is disabled."));
  call("ScheduleKeyDeletion", {{"KeyId", key}});
  EXPECT_THAT(errors(), ::testing::Each("KMSInvalidStateException: " + arn(key) + " is pending deletion."));
  call("CancelKeyDeletion", {{"KeyId", key}});
  call("EnableKey", {{"KeyId", key}});
  EXPECT_EQ(call("Decrypt", {{"CiphertextBlob", blob}})["Plaintext"], "x");
}

TEST_F(KmsTest, ReEncryptsUnderAnotherKeyAndContext) {
  std::string from = create_key(), to = create_key();
  Value blob = call("Encrypt", {{"KeyId", from}, {"Plaintext", "x"}, {"EncryptionContext", {{"a", "1"}}}});
  Value moved = call("ReEncrypt", {{"CiphertextBlob", blob["CiphertextBlob"]},
                                   {"SourceEncryptionContext", {{"a", "1"}}},
                                   {"DestinationKeyId", to},
                                   {"DestinationEncryptionContext", {{"b", "2"}}}});
  EXPECT_EQ(moved["SourceKeyId"], arn(from));
  EXPECT_EQ(moved["KeyId"], arn(to));
  call("DisableKey", {{"KeyId", from}});
  EXPECT_EQ(call("Decrypt", {{"CiphertextBlob", moved["CiphertextBlob"]},
                             {"EncryptionContext", {{"b", "2"}}}})["Plaintext"],
            "x");
}

TEST_F(KmsTest, GeneratesDataKeysOfTheSizeAskedFor) {
  std::string key = create_key();
  for (auto [input, size] : std::vector<std::pair<Value, std::size_t>>{
           {{{"KeySpec", "AES_256"}}, 32}, {{{"KeySpec", "AES_128"}}, 16}, {{{"NumberOfBytes", 61}}, 61}}) {
    input["KeyId"] = key;
    Value made = call("GenerateDataKey", input);
    EXPECT_EQ(made["Plaintext"].get<std::string>().size(), size);
    EXPECT_EQ(made["KeyId"], arn(key));
    EXPECT_EQ(call("Decrypt", {{"CiphertextBlob", made["CiphertextBlob"]}})["Plaintext"], made["Plaintext"]);
    Value hidden = call("GenerateDataKeyWithoutPlaintext", input);
    EXPECT_FALSE(hidden.contains("Plaintext"));
    Value opened = call("Decrypt", {{"CiphertextBlob", hidden["CiphertextBlob"]}});
    EXPECT_EQ(opened["Plaintext"].get<std::string>().size(), size);
  }
  std::string either = "ValidationException: Please specify either number of bytes or key spec.";
  EXPECT_EQ(error_of("GenerateDataKey", {{"KeyId", key}}), either);
  EXPECT_EQ(error_of("GenerateDataKey", {{"KeyId", key}, {"KeySpec", "AES_256"}, {"NumberOfBytes", 8}}),
            either);
}

TEST_F(KmsTest, GeneratesRandomBytes) {
  EXPECT_EQ(call("GenerateRandom", {{"NumberOfBytes", 44}})["Plaintext"].get<std::string>().size(), 44u);
  EXPECT_EQ(error_of("GenerateRandom", Value::object()), "ValidationException: NumberOfBytes is required.");
}

TEST_F(KmsTest, DoesNothingOnADryRunButSaysSo) {
  std::string key = create_key();
  std::string would =
      "DryRunOperationException: The request would have succeeded, but the DryRun option is set.";
  EXPECT_EQ(error_of("Encrypt", {{"KeyId", key}, {"Plaintext", "x"}, {"DryRun", true}}), would);
  Value blob = call("Encrypt", {{"KeyId", key}, {"Plaintext", "x"}, {"DryRun", false}})["CiphertextBlob"];
  EXPECT_EQ(error_of("Decrypt", {{"CiphertextBlob", blob}, {"DryRun", true}}), would);
  EXPECT_EQ(error_of("GenerateDataKey", {{"KeyId", key}, {"KeySpec", "AES_256"}, {"DryRun", true}}), would);
  EXPECT_EQ(error_of("ReEncrypt", {{"CiphertextBlob", blob}, {"DestinationKeyId", key}, {"DryRun", true}}),
            would);
  call("DisableKey", {{"KeyId", key}});
  EXPECT_EQ(error_of("Encrypt", {{"KeyId", key}, {"Plaintext", "x"}, {"DryRun", true}}),
            "DisabledException: " + arn(key) + " is disabled.");
}

TEST_F(KmsTest, RefusesAnotherAlgorithm) {
  std::string key = create_key();
  EXPECT_EQ(
      error_of("Encrypt",
               {{"KeyId", key}, {"Plaintext", "x"}, {"EncryptionAlgorithm", "RSAES_OAEP_SHA_256"}}),
      "InvalidKeyUsageException: Algorithm RSAES_OAEP_SHA_256 and key spec SYMMETRIC_DEFAULT do not match.");
}

TEST_F(KmsTest, ServesAnotherAccountByArnOnly) {
  std::string key = create_key();
  wire::RequestContext other = context();
  other.principal.account = "444455556666";
  other.principal.arn = "arn:aws:iam::444455556666:root";
  Value sealed = call_as(other, "Encrypt", {{"KeyId", arn(key)}, {"Plaintext", "x"}});
  EXPECT_EQ(call_as(other, "Decrypt", {{"CiphertextBlob", sealed["CiphertextBlob"]}})["Plaintext"], "x");
  EXPECT_EQ(error_as(other, "Encrypt", {{"KeyId", key}, {"Plaintext", "x"}}),
            "NotFoundException: Key 'arn:aws:kms:eu-west-1:444455556666:key/" + key + "' does not exist");
  EXPECT_THAT(
      error_as(other, "DisableKey", {{"KeyId", arn(key)}}),
      ::testing::StartsWith("AccessDeniedException: User: arn:aws:iam::444455556666:root is not authorized "
                            "to perform: kms:DisableKey on this resource because"));
}

TEST_F(KmsTest, KnowsNoBlobOfAnotherRegion) {
  Value blob = call("Encrypt", {{"KeyId", create_key()}, {"Plaintext", "x"}})["CiphertextBlob"];
  wire::RequestContext elsewhere = context();
  elsewhere.region = "us-east-1";
  EXPECT_THAT(
      error_as(elsewhere, "Decrypt", {{"CiphertextBlob", blob}}),
      ::testing::StartsWith("AccessDeniedException: The ciphertext refers to a customer master key that does "
                            "not exist"));
}

}  // namespace
}  // namespace squall::services::kms
