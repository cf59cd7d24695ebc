// Signed requests let in, and each way of being refused with the code and text of the protocol.
#include "emulator/auth/verifier.hpp"

#include <gmock/gmock.h>

#include <functional>

#include "emulator/auth/sigv4.hpp"
#include "emulator/base/aws_error.hpp"

namespace squall::auth {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr Time noon{std::chrono::seconds{1'704'110'400}};  // 2024-01-01T12:00:00Z

constexpr wire::Service query_service{.name = "iam",
                                      .service_id = "IAM",
                                      .signing_name = "iam",
                                      .endpoint_prefix = "iam",
                                      .global = true,
                                      .protocol = wire::Protocol::query};
constexpr wire::Service json_service{.name = "kms",
                                     .service_id = "KMS",
                                     .signing_name = "kms",
                                     .endpoint_prefix = "kms",
                                     .protocol = wire::Protocol::json};
constexpr wire::Service ec2_service{.name = "ec2",
                                    .service_id = "EC2",
                                    .signing_name = "ec2",
                                    .endpoint_prefix = "ec2",
                                    .protocol = wire::Protocol::ec2};

struct OneUser : CredentialStore {
  KnownCredential known;
  int uses = 0;
  OneUser() {
    known.secret_access_key = "secret";
    known.principal.kind = wire::Principal::Kind::user;
    known.principal.arn = "arn:aws:iam::123456789012:user/u";
  }
  const KnownCredential* find(std::string_view id) override { return id == "AKIDEXAMPLE" ? &known : nullptr; }
  void used(const KnownCredential&, std::string_view, std::string_view, Time) override { ++uses; }
};

struct VerifierTest : testing::Test {
  OneUser store;
  Verifier strict{store, Mode::strict, "123456789012"};
  Credentials credentials{"AKIDEXAMPLE", "secret", {}};
  http::Request request;

  VerifierTest() {
    request.method = "POST";
    request.headers.add("Host", "kms.us-east-1.amazonaws.com");
    request.body = "{}";
  }

  void sign_for(const wire::Service& service, Time at = noon, const char* region = "us-east-1") {
    sign(request, credentials, region, service.signing_name, at);
  }

  Identity ask(const wire::Service& service, Time now = noon) {
    return strict.authenticate(request, {service, "us-east-1", now, false});
  }

  base::AwsError refusal(const wire::Service& service, Time now = noon) {
    try {
      ask(service, now);
    } catch (const base::AwsError& error) {
      return error;
    }
    ADD_FAILURE() << "was let in";
    return {"none", 200, ""};
  }
};

TEST_F(VerifierTest, LetsASignedRequestInAndTellsWhoItIs) {
  sign_for(json_service);
  Identity who = ask(json_service);
  EXPECT_EQ(who.principal.arn, "arn:aws:iam::123456789012:user/u");
  EXPECT_EQ(who.region, "us-east-1");
  EXPECT_EQ(store.uses, 1);
  EXPECT_NO_THROW(ask(json_service));  // with the derived key kept
}

TEST_F(VerifierTest, LetsAPresignedRequestInUntilItExpires) {
  SignOptions options;
  options.expires_s = 60;
  request.method = "GET";
  request.body.clear();
  presign(request, credentials, "us-east-1", "iam", noon, options);
  EXPECT_NO_THROW(ask(query_service, noon + 59s));
  base::AwsError error = refusal(query_service, noon + 61s);
  EXPECT_EQ(error.code, "SignatureDoesNotMatch");
  EXPECT_EQ(
      std::string(error.what()),
      "Signature expired: 20240101T120000Z is now earlier than 20240101T120001Z (20240101T120101Z - 1 min.)");
}

TEST_F(VerifierTest, AWrongSecretIsAMismatchWithTheCanonicalString) {
  credentials.secret_access_key = "wrong";
  sign_for(query_service);
  base::AwsError error = refusal(query_service);
  EXPECT_EQ(error.code, "SignatureDoesNotMatch");
  EXPECT_EQ(error.status, 403);
  EXPECT_THAT(error.what(), StartsWith("The request signature we calculated does not match the signature you "
                                       "provided. Check your AWS Secret Access Key and signing method."));
  EXPECT_THAT(error.what(),
              HasSubstr("The Canonical String for this request should have been\n'POST\n/\n\nhost:"));
  EXPECT_EQ(store.uses, 0);
}

TEST_F(VerifierTest, ATamperedBodyHeaderPathOrQueryIsAMismatch) {
  const std::function<void(http::Request&)> tampers[] = {
      [](http::Request& r) { r.body = "{\"a\":1}"; },
      [](http::Request& r) { r.headers.set("Host", "evil.example"); },
      [](http::Request& r) { r.target = "/other"; },
      [](http::Request& r) { r.target = "/?Action=DeleteUser"; },
      [](http::Request& r) { r.method = "PUT"; },
  };
  for (const auto& tamper : tampers) {
    http::Request kept = request;
    sign_for(json_service);
    tamper(request);
    base::AwsError error = refusal(json_service);
    EXPECT_EQ(error.code, "InvalidSignatureException");
    EXPECT_EQ(error.status, 400);
    request = kept;
  }
}

TEST_F(VerifierTest, AHeaderThatMattersMustBeSigned) {
  sign_for(json_service);
  request.headers.add("X-Amz-Target", "TrentService.ScheduleKeyDeletion");
  EXPECT_EQ(std::string(refusal(json_service).what()),
            "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.");
}

TEST_F(VerifierTest, AnUnknownKeyInEachProtocol) {
  credentials.access_key_id = "AKIAIOSFODNN7EXAMPLE";
  sign_for(query_service);
  EXPECT_EQ(refusal(query_service).code, "InvalidClientTokenId");
  sign_for(json_service);
  EXPECT_EQ(refusal(json_service).code, "UnrecognizedClientException");
  sign_for(ec2_service);
  base::AwsError error = refusal(ec2_service);
  EXPECT_EQ(error.code, "AuthFailure");
  EXPECT_EQ(error.status, 401);
  EXPECT_EQ(std::string(error.what()), "AWS was not able to validate the provided access credentials");
}

TEST_F(VerifierTest, AnUnsignedRequestInEachProtocol) {
  EXPECT_EQ(refusal(query_service).code, "MissingAuthenticationToken");
  EXPECT_EQ(refusal(json_service).code, "MissingAuthenticationTokenException");
  Identity nobody = strict.authenticate(request, {query_service, "us-east-1", noon, true});
  EXPECT_EQ(nobody.principal.kind, wire::Principal::Kind::anonymous);
}

TEST_F(VerifierTest, IncompleteHeadersAreNamed) {
  request.headers.set("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request");
  base::AwsError error = refusal(query_service);
  EXPECT_EQ(error.code, "IncompleteSignature");
  EXPECT_THAT(error.what(),
              StartsWith("Authorization header requires 'Signature' parameter. Authorization header "
                         "requires 'SignedHeaders' parameter. Authorization header requires existence "
                         "of either a 'X-Amz-Date' or a 'Date' header. "));
  request.headers.set("Authorization", "Basic dTpw");
  EXPECT_THAT(refusal(json_service).what(), StartsWith("Unsupported AWS 'algorithm': 'Basic'"));
  EXPECT_EQ(refusal(json_service).code, "IncompleteSignatureException");
}

TEST_F(VerifierTest, ClocksMayDifferByFiveMinutes) {
  sign_for(query_service, noon - 5min);
  EXPECT_NO_THROW(ask(query_service));
  sign_for(query_service, noon - 5min - 1s);
  EXPECT_EQ(
      std::string(refusal(query_service).what()),
      "Signature expired: 20240101T115459Z is now earlier than 20240101T115500Z (20240101T120000Z - 5 min.)");
  sign_for(query_service, noon + 5min + 1s);
  EXPECT_EQ(std::string(refusal(query_service).what()),
            "Signature not yet current: 20240101T120501Z is still later than 20240101T120500Z "
            "(20240101T120000Z + 5 "
            "min.)");
}

TEST_F(VerifierTest, TheScopeMustBeTheEndpoints) {
  sign_for(json_service, noon, "eu-west-1");
  EXPECT_THAT(refusal(json_service).what(), HasSubstr("Credential should be scoped to a valid region. "));
  sign(request, credentials, "us-east-1", "s3", noon);
  EXPECT_THAT(refusal(json_service).what(),
              HasSubstr("Credential should be scoped to correct service: 'kms'. "));
  EXPECT_NO_THROW(strict.authenticate((sign_for(json_service, noon, "eu-west-1"), request),
                                      {json_service, "", noon, false}));
}

TEST_F(VerifierTest, TemporaryCredentialsNeedTheirTokenAndExpire) {
  store.known.session_token = "token";
  store.known.expires = noon + 1min;
  sign_for(json_service);
  EXPECT_EQ(refusal(json_service).code, "UnrecognizedClientException");
  credentials.session_token = "token";
  sign_for(json_service);
  EXPECT_NO_THROW(ask(json_service));
  EXPECT_EQ(refusal(json_service, noon + 1min).code, "ExpiredTokenException");
  sign_for(query_service);
  EXPECT_EQ(refusal(query_service, noon + 1min).code, "ExpiredToken");
}

TEST_F(VerifierTest, OpenModeTakesAnythingButKnowsItsOwn) {
  Verifier open{store, Mode::open, "123456789012"};
  Expectation expected{json_service, "us-east-1", noon, false};
  EXPECT_EQ(open.authenticate(request, expected).principal.arn, "arn:aws:iam::123456789012:root");
  credentials.secret_access_key = "wrong";
  sign_for(json_service, noon - 24h, "eu-west-1");
  Identity who = open.authenticate(request, expected);
  EXPECT_EQ(who.principal.arn, "arn:aws:iam::123456789012:user/u");
  EXPECT_EQ(who.region, "eu-west-1");
}

}  // namespace
}  // namespace squall::auth
