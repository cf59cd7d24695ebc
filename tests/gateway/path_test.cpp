// The path of a request: what each step answers, and that the steps come in their order.
#include <utility>

#include "tests/gateway/fixture.hpp"

namespace squall::gateway::test {
namespace {

constexpr const char* encrypt = "TrentService.Encrypt";
constexpr const char* good = R"({"KeyId":"k","Plaintext":"aGk="})";

TEST_F(GatewayTest, RunsAnOperationAndAnswersAsAwsDoes) {
  http::Response response = respond(json_request(encrypt, good));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"CiphertextBlob":"c2VhbGVkIGhp","KeyId":"k"})");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_EQ(response.headers.get("Date"), "Mon, 01 Jan 2024 00:00:00 GMT");
  EXPECT_EQ(response.headers.get("x-amzn-RequestId").size(), 36U);
  EXPECT_EQ(kms.last.region, "eu-west-1");
  EXPECT_EQ(kms.last.source_ip, "10.0.0.7");
  EXPECT_EQ(kms.last.operation, "Encrypt");
  EXPECT_EQ(kms.last.principal.access_key_id, "AKIDU");
  EXPECT_EQ(rights.asked, std::vector<std::string>{"kms:Encrypt key/k"});
}

TEST_F(GatewayTest, RendersWhatAnOperationThrows) {
  http::Response response = respond(json_request(encrypt, R"({"KeyId":"lost","Plaintext":"aGk="})"));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"__type":"NotFoundException","message":"Key 'lost' does not exist"})");
  EXPECT_EQ(gateway.internal_failures(), 0U);
}

TEST_F(GatewayTest, CountsWhatEscapesAnOperation) {
  http::Response response = respond(json_request(encrypt, R"({"KeyId":"bug","Plaintext":"aGk="})"));
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(nlohmann::json::parse(response.body)["__type"], "InternalFailure");
  EXPECT_EQ(response.body.find("a bug"), std::string::npos) << "internals stay inside";
  EXPECT_EQ(gateway.internal_failures(), 1U);
  EXPECT_EQ(gateway.journal().calls().back().error_message, "a bug");
}

TEST_F(GatewayTest, TheSignatureComesBeforeTheRight) {
  rights.denied = {"kms:Encrypt"};
  http::Response response = respond(json_request(encrypt, good, "bad"));
  EXPECT_EQ(nlohmann::json::parse(response.body)["__type"], "InvalidSignatureException");
  EXPECT_TRUE(rights.asked.empty());
}

TEST_F(GatewayTest, TheRightComesBeforeValidation) {
  rights.denied = {"kms:Encrypt"};
  http::Response response = respond(json_request(encrypt, R"({"KeyId":""})"));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body,
            R"({"__type":"AccessDeniedException","Message":"User: arn:aws:iam::000000000000:user/u is not )"
            R"(authorized to perform: kms:Encrypt"})");
  rights.denied.clear();
  response = respond(json_request(encrypt, R"({"KeyId":""})"));
  EXPECT_EQ(nlohmann::json::parse(response.body)["__type"], "ValidationException");
}

TEST_F(GatewayTest, DeniesInEachProtocolsWords) {
  rights.denied = {"iam:ListUsers", "ec2:DescribeInstances"};
  http::Response iam_response = respond(form_request("iam", "Action=ListUsers&Version=2010-05-08"));
  EXPECT_EQ(iam_response.status, 403);
  EXPECT_NE(iam_response.body.find("<Code>AccessDenied</Code>"), std::string::npos) << iam_response.body;
  http::Response ec2_response = respond(form_request("ec2", "Action=DescribeInstances&Version=2016-11-15"));
  EXPECT_EQ(ec2_response.status, 403);
  EXPECT_NE(
      ec2_response.body.find("<Code>UnauthorizedOperation</Code><Message>You are not authorized to perform "
                             "this operation. User: "),
      std::string::npos);
}

TEST_F(GatewayTest, AnswersUnknownOperations) {
  EXPECT_EQ(respond(json_request("TrentService.Fly", "{}")).body,
            R"({"__type":"UnknownOperationException"})");
  EXPECT_EQ(respond(json_request("Nobody.Encrypt", "{}")).status, 400);
  http::Response response = respond(form_request("iam", "Action=Fly&Version=2010-05-08"));
  EXPECT_NE(response.body.find("<Code>InvalidAction</Code><Message>Could not find operation Fly for version "
                               "2010-05-08</Message>"),
            std::string::npos)
      << response.body;
  response = respond(form_request("ec2", "Action=Fly&Version=2016-11-15"));
  EXPECT_NE(response.body.find("<Message>The action Fly is not valid for this web service.</Message>"),
            std::string::npos);
  response = respond(form_request("ec2", "Action=DescribeInstances&Version=1999-01-01"));
  EXPECT_NE(response.body.find("<Code>NoSuchVersion</Code>"), std::string::npos);
  response = respond(form_request("iam", "Action=ListUsers"));
  EXPECT_NE(response.body.find("NO_VERSION_SPECIFIED"), std::string::npos);
  response = respond(form_request("iam", "Version=2010-05-08"));
  EXPECT_NE(response.body.find("<Code>MissingAction</Code>"), std::string::npos);
}

// AWS has them, so that "not valid" or an empty text would send a user looking for a typing mistake.
TEST_F(GatewayTest, NamesAnOperationOfAwsThatSquallDoesNotServe) {
  http::Response response = respond(json_request("TrentService.Sign", "{}"));
  EXPECT_EQ(response.status, 501);
  EXPECT_EQ(response.body, R"({"__type":"NotImplemented","message":"Squall does not serve kms:Sign."})");
  response = respond(form_request("ec2", "Action=CreateVpc&Version=2016-11-15"));
  EXPECT_EQ(response.status, 501);
  EXPECT_NE(response.body.find("<Message>Squall does not serve ec2:CreateVpc.</Message>"), std::string::npos);
}

TEST_F(GatewayTest, NamesAServiceThatSquallDoesNotHaveInItsOwnForm) {
  auto asked = [&](const std::string& service, http::Request request) {
    request.headers.set("Authorization",
                        "AWS4-HMAC-SHA256 Credential=AKID/20240131/us-east-1/" + service + "/aws4_request");
    http::Response response = respond(std::move(request));
    EXPECT_EQ(response.status, 501) << service;
    return response.body;
  };
  EXPECT_EQ(
      asked("dynamodb", json_request("DynamoDB_20120810.ListTables", "{}")),
      R"({"__type":"NotImplemented","message":"Squall does not serve dynamodb. It serves kms, ec2, iam, sts."})");
  EXPECT_EQ(asked("s3", {.method = "GET", .target = "/"}),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NotImplemented</Code>"
            "<Message>Squall does not serve s3. It serves kms, ec2, iam, sts.</Message></Error>");
  const std::string enveloped =
      "<?xml version=\"1.0\" "
      "encoding=\"UTF-8\"?>\n<ErrorResponse><Error><Code>NotImplemented</Code><Message>";
  EXPECT_TRUE(
      asked("sns", form_request("sns", "Action=ListTopics&Version=2010-03-31")).starts_with(enveloped));
  EXPECT_TRUE(asked("route53", {.method = "GET", .target = "/2013-04-01/hostedzone"}).starts_with(enveloped));
  http::Response lost = respond({.method = "GET", .target = "/somewhere"});
  EXPECT_EQ(lost.status, 404);
  EXPECT_NE(
      lost.body.find("cannot tell which service is meant by GET /somewhere. It serves kms, ec2, iam, sts;"),
      std::string::npos)
      << lost.body;
}

TEST_F(GatewayTest, AnswersOnlyTheMethodsOfTheProtocol) {
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    http::Request request = json_request("TrentService.ListKeys", "{}");
    request.method = method;
    http::Response response = respond(request);
    EXPECT_EQ(response.status, 404) << method;
    EXPECT_EQ(response.body, R"({"__type":"UnknownOperationException"})");
  }
  http::Request request = form_request("iam", "Action=ListUsers&Version=2010-05-08");
  request.method = "DELETE";
  EXPECT_EQ(respond(request).status, 404);
  request.method = "GET";
  request.target = "/?" + std::exchange(request.body, "");
  EXPECT_EQ(respond(request).status, 501) << "ListUsers is reached";
}

TEST_F(GatewayTest, NamesAnOperationThatIsNotImplemented) {
  http::Response response = respond(form_request("iam", "Action=ListUsers&Version=2010-05-08"));
  EXPECT_EQ(response.status, 501);
  EXPECT_NE(
      response.body.find("<Code>NotImplemented</Code><Message>Squall does not implement iam:ListUsers."),
      std::string::npos);
}

TEST_F(GatewayTest, RefusesAMemberByName) {
  static constexpr wire::Shape text{.name = "String", .kind = wire::Kind::string};
  static constexpr wire::Member part_members[] = {{.name = "Plain", .shape = &text},
                                                  {.name = "Fancy", .shape = &text}};
  static constexpr wire::Shape part{.name = "Part", .kind = wire::Kind::structure, .members = part_members};
  static constexpr wire::Shape parts{.name = "Parts", .kind = wire::Kind::list, .element = &part};
  static constexpr wire::Shape texts{.name = "Texts", .kind = wire::Kind::list, .element = &text};
  static constexpr wire::Member members[] = {{.name = "Served", .shape = &text},
                                             {.name = "Fancy", .shape = &text},
                                             {.name = "FancyList", .shape = &texts},
                                             {.name = "Parts", .shape = &parts}};
  static constexpr wire::Shape input{.name = "DoRequest", .kind = wire::Kind::structure, .members = members};
  static constexpr std::string_view refused[] = {"Fancy", "FancyList", "Parts.Fancy"};
  static constexpr wire::Operation operations[] = {{.name = "Do", .input = &input, .refused = refused}};
  static constexpr wire::Service service{.name = "demo",
                                         .signing_name = "demo",
                                         .endpoint_prefix = "demo",
                                         .protocol = wire::Protocol::json,
                                         .json_version = "1.0",
                                         .target_prefix = "Demo",
                                         .operations = operations};
  gateway.add(service, [](const auto&, const auto&, const auto&) { return nlohmann::json::object(); });
  auto refusal = [&](const char* body) {
    http::Response response = respond(json_request("Demo.Do", body));
    EXPECT_EQ(response.status, 501);
    return nlohmann::json::parse(response.body)["message"].get<std::string>();
  };
  EXPECT_EQ(refusal(R"({"Served":"a","Fancy":"b"})"),
            "Squall does not implement the parameter Fancy of demo:Do.");
  EXPECT_EQ(refusal(R"({"FancyList":["b"]})"),
            "Squall does not implement the parameter FancyList of demo:Do.");
  EXPECT_EQ(refusal(R"({"Parts":[{"Plain":"a"},{"Fancy":"b"}]})"),
            "Squall does not implement the parameter Parts.Fancy of demo:Do.");
  for (const char* served : {R"({"Served":"a","Fancy":null,"Unknown":1})", R"({"FancyList":[]})",
                             R"({"Parts":[]})", R"({"Parts":[{"Plain":"a"},{"Fancy":null}]})"})
    EXPECT_EQ(respond(json_request("Demo.Do", served)).status, 200) << served;
}

TEST_F(GatewayTest, SaysWhatItServesWhenItCannotTell) {
  http::Request request{.method = "GET", .target = "/favicon.ico"};
  http::Response response = respond(request);
  EXPECT_EQ(response.status, 404);
  EXPECT_NE(response.body.find("It serves kms, ec2, iam, sts"), std::string::npos) << response.body;
  http::Request host{.method = "POST"};
  host.headers.add("Host", "s3.us-east-1.amazonaws.com");
  EXPECT_EQ(respond(host).status, 404);
}

TEST_F(GatewayTest, FindsTheServiceByHostAndByAction) {
  http::Request by_host{.method = "POST", .body = good};
  by_host.headers.add("Host", "kms.ap-south-1.amazonaws.com:443");
  by_host.headers.add("X-Amz-Target", encrypt);
  EXPECT_EQ(respond(by_host).status, 200);
  EXPECT_EQ(kms.last.region, "ap-south-1");
  http::Request by_action{.method = "POST", .body = "Action=GetCallerIdentity&Version=2011-06-15"};
  by_action.headers.add("Content-Type", "application/x-www-form-urlencoded");
  EXPECT_NE(respond(by_action).body.find("sts:GetCallerIdentity"), std::string::npos);
  http::Request signed_url{.method = "GET",
                           .target =
                               "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential="
                               "u%2F20231114%2Fus-east-1%2Fsts%2Faws4_request"};
  EXPECT_NE(respond(signed_url).body.find("sts:GetCallerIdentity"), std::string::npos);
}

TEST_F(GatewayTest, ReportsHealth) {
  http::Response response = respond({.method = "GET", .target = "/_squall/health"});
  EXPECT_EQ(response.body, R"({"services":["kms","ec2","iam","sts"],"status":"ok"})");
  EXPECT_EQ(gateway.journal().total(), 0U);
}

TEST(OpenGateway, TakesEveryCallerForRoot) {
  testing::ManualScheduler clock;
  testing::SeededEntropy entropy;
  Kms kms;
  Gateway gateway(clock, entropy, nullptr, nullptr, {.account = "123456789012"});
  gateway.add(api::kms::service(),
              [&](const auto& c, const auto& o, const auto& v) { return kms.dispatch(c, o, v); });
  EXPECT_EQ(gateway.handle(json_request(encrypt, good)).response->status, 200);
  EXPECT_EQ(kms.last.principal.arn, "arn:aws:iam::123456789012:root");
  EXPECT_EQ(kms.last.account(), "123456789012");
}

}  // namespace
}  // namespace squall::gateway::test
