#include "harness/vault/seal/awskms.hpp"

#include <nlohmann/json.hpp>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "harness/vault/seal/aws_retry.hpp"

namespace squall::vault {
namespace {

constexpr int maximum_retries = 3;
constexpr std::uint64_t envelope = 1;  // BlobInfo's mechanism
constexpr std::size_t data_key_size = 32, nonce_size = 12;

std::string member(const std::string& body, const char* name) {
  const nlohmann::json json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains(name) || !json.at(name).is_string()) return {};
  return json.at(name).get<std::string>();
}

}  // namespace

AwsKmsWrapper::AwsKmsWrapper(AwsProcess process, AwsSettings settings, std::string key_id)
    : process_(process),
      settings_(settings),
      key_id_(std::move(key_id)),
      credentials_(std::move(process), std::move(settings)) {}

world::Task<> AwsKmsWrapper::open() {
  settings_.region = co_await credentials_.region();
  base_url_ =
      settings_.endpoint.empty() ? "https://kms." + settings_.region + ".amazonaws.com" : settings_.endpoint;
  if (base_url_.find("://") == std::string::npos) base_url_ = "https://" + base_url_;
  while (base_url_.ends_with('/')) base_url_.pop_back();
  const std::size_t scheme_end = base_url_.find("://");
  scheme_ = base_url_.substr(0, scheme_end);
  host_ = base_url_.substr(scheme_end + 3);
  port_ = scheme_ == "https" ? 443 : 80;
  if (const std::size_t colon = host_.rfind(':'); colon != std::string::npos) {
    const std::string port = host_.substr(colon + 1);
    if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos)
      throw SealError("error parsing the endpoint: " + base_url_);
    port_ = static_cast<std::uint16_t>(std::stoi(port));
    host_.resize(colon);
  }
  const nlohmann::json request = {{"KeyId", key_id_}};
  const Result result = co_await call("DescribeKey", request.dump());
  const std::string prefix = "error fetching AWS KMS wrapping key information: ";
  if (result.error) throw SealError(prefix + result.error->text);
  const nlohmann::json answer = nlohmann::json::parse(result.body, nullptr, false);
  if (!answer.is_object() || !answer.contains("KeyMetadata")) throw SealError("no key information returned");
  current_key_id_ = answer.at("KeyMetadata").value("KeyId", key_id_);
}

world::Task<BlobInfo> AwsKmsWrapper::encrypt(std::string plaintext) {
  const std::string data_key = process_.entropy.bytes(data_key_size);
  BlobInfo blob;
  blob.iv = process_.entropy.bytes(nonce_size);
  blob.ciphertext = base::aes_gcm_seal(data_key, blob.iv, plaintext, "");
  const nlohmann::json request = {{"KeyId", key_id_}, {"Plaintext", base::base64_encode(data_key)}};
  const Result result = co_await call("Encrypt", request.dump());
  if (result.error) throw SealError("error encrypting data: " + result.error->text);
  const std::optional<std::string> wrapped = base::base64_decode(member(result.body, "CiphertextBlob"));
  if (!wrapped) throw SealError("error encrypting data: no ciphertext in the answer of KMS");
  current_key_id_ = member(result.body, "KeyId");
  blob.mechanism = envelope;
  blob.key_id = current_key_id_;
  blob.wrapped_key = *wrapped;
  co_return blob;
}

world::Task<std::string> AwsKmsWrapper::decrypt(BlobInfo blob) {
  const nlohmann::json request = {{"CiphertextBlob", base::base64_encode(blob.wrapped_key)}};
  const Result result = co_await call("Decrypt", request.dump());
  if (result.error) throw SealError("error decrypting data encryption key: " + result.error->text);
  const std::optional<std::string> data_key = base::base64_decode(member(result.body, "Plaintext"));
  if (!data_key || data_key->size() != data_key_size || blob.iv.size() != nonce_size)
    throw SealError("error decrypting data: the data key is not one");
  std::optional<std::string> text = base::aes_gcm_open(*data_key, blob.iv, blob.ciphertext, "");
  if (!text) throw SealError("error decrypting data: cipher: message authentication failed");
  co_return std::move(*text);
}

world::Task<AwsKmsWrapper::Result> AwsKmsWrapper::call(std::string operation, std::string body) {
  for (int retries = 0;; ++retries) {
    Result result = co_await try_once(operation, body);
    if (!result.error || !result.error->retryable || retries == maximum_retries) co_return result;
    if (result.error->code.starts_with("Expired")) credentials_.forget();
    co_await world::sleep(process_.scheduler,
                          aws_retry_delay(retries, result.error->throttled, process_.entropy));
  }
}

world::Task<AwsKmsWrapper::Result> AwsKmsWrapper::try_once(std::string operation, std::string body) {
  const std::optional<auth::Credentials> credentials = co_await credentials_.get();
  Result result;
  if (!credentials) {
    AwsCallError none;
    none.code = "NoCredentialProviders";
    none.text =
        "NoCredentialProviders: no valid providers in chain. Deprecated.\n"
        "\tFor verbose messaging see aws.Config.CredentialsChainVerboseErrors";
    result.error = none;
    co_return result;
  }
  world::Call call;
  call.scheme = scheme_;
  call.host = host_;
  call.port = port_;
  call.request.method = "POST";
  const bool usual_port = (scheme_ == "https" && port_ == 443) || (scheme_ == "http" && port_ == 80);
  call.request.headers.add("Host", usual_port ? host_ : host_ + ":" + std::to_string(port_));
  call.request.headers.add("User-Agent", "aws-sdk-go/1.44.269 (squall; linux; amd64)");
  call.request.headers.add("Content-Length", std::to_string(body.size()));
  call.request.headers.add("Content-Type", "application/x-amz-json-1.1");
  call.request.headers.add("X-Amz-Target", "TrentService." + operation);
  call.request.body = body;
  auth::sign(call.request, *credentials, settings_.region, "kms", process_.scheduler.now());
  call.request.headers.add("Accept-Encoding", "gzip");
  call.request.headers.add("Connection", "close");
  const world::Reply reply = co_await process_.network.send(std::move(call));
  if (const auto* failure = std::get_if<world::NetError>(&reply)) {
    result.error = error_of_network(*failure, base_url_ + "/", host_, process_.scheduler.now());
    co_return result;
  }
  const auto& response = std::get<http::Response>(reply);
  if (response.status == 200) {
    result.body = response.body;
  } else {
    result.error = error_of_response(response);
  }
  co_return result;
}

}  // namespace squall::vault
