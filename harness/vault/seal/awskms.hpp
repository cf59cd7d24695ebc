// The awskms seal (go-kms-wrapping wrappers/awskms): a fresh data key seals the secret, KMS seals the data
// key. Three calls: DescribeKey at the start, Encrypt, Decrypt.
#pragma once
#include "harness/vault/seal/aws_credentials.hpp"
#include "harness/vault/seal/aws_error.hpp"
#include "harness/vault/seal/wrapper.hpp"

namespace squall::vault {

class AwsKmsWrapper final : public Wrapper {
 public:
  // `settings.endpoint` empty: https://kms.<region>.amazonaws.com. `open` asks for the key; throws SealError.
  AwsKmsWrapper(AwsProcess process, AwsSettings settings, std::string key_id);
  world::Task<> open();

  std::string type() const override { return "awskms"; }
  bool automatic() const override { return true; }
  world::Task<BlobInfo> encrypt(std::string plaintext) override;
  world::Task<std::string> decrypt(BlobInfo blob) override;
  std::string key_id() const override { return current_key_id_; }

 private:
  struct Result {
    std::string body;  // of an answer 200
    std::optional<AwsCallError> error;
  };
  // With the SDK's retries; there is no limit to how long one try may take.
  world::Task<Result> call(std::string operation, std::string body);
  world::Task<Result> try_once(std::string operation, std::string body);

  AwsProcess process_;
  AwsSettings settings_;
  std::string key_id_, current_key_id_;
  AwsCredentials credentials_;
  std::string scheme_ = "https", host_, base_url_;
  std::uint16_t port_ = 443;
};

}  // namespace squall::vault
