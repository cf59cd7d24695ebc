// A KMS of one key for tests of the awskms seal: it wraps by prefixing, counts calls, and fails as it is
// told.
#pragma once
#include "emulator/base/encoding.hpp"
#include "tests/vault/vault_world.hpp"

namespace squall::vault::testing {

struct FakeKms {
  std::vector<std::string> calls;  // "DescribeKey", ...
  std::string failing_operation;   // answers `failure` instead; "*": all
  http::Response failure;
  bool hang = false;

  static http::Response error(int status, const std::string& type, const std::string& message) {
    http::Response response = http::Response::text(
        status, nlohmann::json{{"__type", type}, {"message", message}}.dump(), "application/x-amz-json-1.1");
    response.headers.add("X-Amzn-Requestid", "11111111-2222-4333-8444-555555555555");
    return response;
  }

  http::Response answer(const http::Request& request) {
    const std::string target(request.headers.get("X-Amz-Target"));
    const std::string operation = target.substr(target.find('.') + 1);
    calls.push_back(operation);
    if (failing_operation == operation || failing_operation == "*") return failure;
    const nlohmann::json body = nlohmann::json::parse(request.body);
    const std::string arn = "arn:aws:kms:eu-west-1:123456789012:key/k";
    nlohmann::json result;
    if (operation == "DescribeKey") result = {{"KeyMetadata", {{"KeyId", "k"}, {"Arn", arn}}}};
    if (operation == "Encrypt")
      result = {{"KeyId", arn},
                {"CiphertextBlob",
                 base::base64_encode("wrapped:" +
                                     base::base64_decode(body["Plaintext"].get<std::string>()).value())}};
    if (operation == "Decrypt")
      result = {{"KeyId", arn},
                {"Plaintext",
                 base::base64_encode(
                     base::base64_decode(body["CiphertextBlob"].get<std::string>()).value().substr(8))}};
    return http::Response::text(200, result.dump(), "application/x-amz-json-1.1");
  }

  world::Handler handler(world::Scheduler& scheduler) {
    return [this, &scheduler](http::Request request) { return serve(*this, scheduler, std::move(request)); };
  }

 private:
  static world::Task<http::Response> serve(FakeKms& kms, world::Scheduler& scheduler, http::Request request) {
    while (kms.hang) co_await world::sleep(scheduler, 1s);
    co_return kms.answer(request);
  }
};

inline std::string awskms_configuration() {
  return Machine::file_configuration() +
         "seal \"awskms\" {\n  region = \"eu-west-1\"\n  kms_key_id = \"k\"\n  endpoint = "
         "\"http://127.0.0.1:5000\"\n}\n";
}

}  // namespace squall::vault::testing
