// A gateway with a clock that the test moves, and callers and rights that the test decides.
#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "emulator/base/aws_error.hpp"
#include "emulator/gateway/gateway.hpp"
#include "squall/api/ec2.hpp"
#include "squall/api/iam.hpp"
#include "squall/api/kms.hpp"
#include "squall/api/sts.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::gateway::test {

// Knows callers by the access key in the credential scope; "bad" has a wrong signature.
class Callers final : public auth::Authenticator {
 public:
  auth::Identity authenticate(const http::Request& request, const auth::Expectation& expected) override {
    std::string_view header = request.headers.get("Authorization");
    if (header.find("Credential=bad/") != std::string_view::npos)
      throw base::AwsError("InvalidSignatureException", 400,
                           "The request signature we calculated does not match");
    auth::Identity identity;
    identity.principal.kind = wire::Principal::Kind::user;
    identity.principal.arn = "arn:aws:iam::000000000000:user/u";
    identity.principal.access_key_id = "AKIDU";
    expected_service = expected.service.name;
    if (header.find("Credential=node/") != std::string_view::npos) identity.source_instance = "i-1";
    return identity;
  }
  std::string expected_service;
};

// Allows everything but the actions in `denied`, and remembers what it was asked.
class Rights final : public auth::Authorizer {
 public:
  std::optional<std::string> denial(const wire::RequestContext& context,
                                    const auth::Authorization& wanted) override {
    asked.push_back(wanted.action + " " + wanted.resource);
    if (!denied.contains(wanted.action)) return std::nullopt;
    return "User: " + context.principal.arn + " is not authorized to perform: " + wanted.action;
  }
  std::set<std::string> denied;
  std::vector<std::string> asked;
};

struct Kms final : api::kms::Api {
  api::kms::EncryptResponse encrypt(const wire::RequestContext& context,
                                    const api::kms::EncryptRequest& input) override {
    if (input.key_id == "lost") throw base::AwsError("NotFoundException", 400, "Key 'lost' does not exist");
    if (input.key_id == "bug") throw std::runtime_error("a bug");
    last = context;
    return {.ciphertext_blob = "sealed " + input.plaintext, .key_id = input.key_id};
  }
  wire::RequestContext last;
};
struct Ec2 final : api::ec2::Api {};
struct Iam final : api::iam::Api {};
struct Sts final : api::sts::Api {};

inline http::Request json_request(const std::string& target, const std::string& body,
                                  const std::string& key = "u") {
  http::Request request{.method = "POST", .body = body, .peer_address = "10.0.0.7"};
  request.headers.add("Host", "127.0.0.1:4566");
  request.headers.add("X-Amz-Target", target);
  request.headers.add("Content-Type", "application/x-amz-json-1.1");
  request.headers.add("Authorization",
                      "AWS4-HMAC-SHA256 Credential=" + key +
                          "/20231114/eu-west-1/kms/aws4_request, SignedHeaders=host, Signature=00");
  return request;
}

inline http::Request form_request(const std::string& service, const std::string& body) {
  http::Request request{.method = "POST", .body = body, .peer_address = "10.0.0.7"};
  request.headers.add("Host", "127.0.0.1:4566");
  request.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.headers.add("Authorization", "AWS4-HMAC-SHA256 Credential=u/20231114/us-east-1/" + service +
                                           "/aws4_request, SignedHeaders=host, Signature=00");
  return request;
}

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest() : gateway(clock, entropy, &callers, &rights, {}) {
    auto serve = [this](auto& api, const wire::Service& service, Authorizations needs = {}) {
      gateway.add(
          service,
          [&api](const wire::RequestContext& c, const wire::Operation& o, const nlohmann::json& v) {
            return api.dispatch(c, o, v);
          },
          std::move(needs));
    };
    serve(kms, api::kms::service(),
          [](const auto&, const wire::Operation& operation, const nlohmann::json& input) {
            return std::vector<auth::Authorization>{{.action = "kms:" + std::string(operation.name),
                                                     .resource = "key/" + input.value("KeyId", "none")}};
          });
    serve(ec2, api::ec2::service());
    serve(iam, api::iam::service());
    serve(sts, api::sts::service());
  }

  http::Response respond(const http::Request& request) {
    Answer answer = gateway.handle(request);
    EXPECT_TRUE(answer.response.has_value());
    return answer.response.value_or(http::Response{});
  }

  testing::ManualScheduler clock;
  testing::SeededEntropy entropy;
  Callers callers;
  Rights rights;
  Kms kms;
  Ec2 ec2;
  Iam iam;
  Sts sts;
  Gateway gateway;
};

}  // namespace squall::gateway::test
