// Answers and errors from the server's side to the client's, for each protocol, and their exact text.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "emulator/wire/codec.hpp"
#include "tests/wire/services.hpp"

namespace squall::wire::test {
namespace {

constexpr std::int64_t when = 1'706'704'496'120'000'000;  // 2024-01-31T12:34:56.120Z
constexpr std::int64_t whole = 1'706'704'496'000'000'000;

struct Case {
  std::string service, operation;
  Value output;
};

Value round_trip(const Case& c) {
  const Service& service = service_named(c.service);
  const Operation& operation = operation_named(c.service, c.operation);
  const Codec& both = codec(service.protocol);
  return both.decode_response(service, operation, both.encode_response(service, operation, c.output, "rid"));
}

TEST(Answers, ComeBackAsTheyWereGiven) {
  std::string text = "<a> & \"b\" é \r\n\t";
  const Case cases[] = {
      {"kms",
       "DescribeKey",
       {{"KeyMetadata", {{"KeyId", "k"}, {"CreationDate", when}, {"Description", text}}}}},
      {"kms", "Encrypt", {{"CiphertextBlob", std::string("\0\xff", 2)}, {"KeyId", "k"}}},
      {"ssm",
       "ListCommands",
       {{"Commands", {{{"Parameters", {{"commands", {"a", "b"}}}}, {"TargetCount", 3}}}}}},
      {"iam",
       "ListUsers",
       {{"Users", {{{"UserName", text}, {"CreateDate", whole}, {"Tags", Value::array()}}}}}},
      {"sts",
       "AssumeRole",
       {{"Credentials", {{"AccessKeyId", "A"}, {"Expiration", whole}}}, {"PackedPolicySize", 6}}},
      {"ec2",
       "DescribeInstances",
       {{"Reservations",
         {{{"ReservationId", "r-1"},
           {"Groups", Value::array()},
           {"Instances",
            {{{"InstanceId", "i-1"}, {"LaunchTime", when}, {"Tags", {{{"Key", "k"}, {"Value", " "}}}}}}}}}}}},
  };
  for (const Case& c : cases) EXPECT_EQ(round_trip(c), c.output) << c.service << ":" << c.operation;
}

http::Response answer(const std::string& service, const std::string& operation, const Value& output) {
  const Service& facts = service_named(service);
  return codec(facts.protocol).encode_response(facts, operation_named(service, operation), output, "rid");
}

TEST(Answers, StandInTheModelsOrder) {
  http::Response response =
      answer("kms", "DescribeKey", {{"KeyMetadata", {{"KeyId", "k"}, {"AWSAccountId", "1"}, {"Arn", "a"}}}});
  EXPECT_EQ(response.body, R"({"KeyMetadata":{"AWSAccountId":"1","KeyId":"k","Arn":"a"}})");
  EXPECT_EQ(answer("kms", "EnableKey", Value::object()).body, "");
}

TEST(Answers, AreWrappedAsTheProtocolSays) {
  EXPECT_EQ(answer("iam", "DeleteRole", Value::object()).body,
            R"(<DeleteRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata>)"
            "<RequestId>rid</RequestId></ResponseMetadata></DeleteRoleResponse>");
  EXPECT_EQ(
      answer("sts", "GetCallerIdentity", {{"Account", "1"}}).body,
      R"(<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>)"
      "<Account>1</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>rid</RequestId>"
      "</ResponseMetadata></GetCallerIdentityResponse>");
  http::Response response = answer("ec2", "CreateTags", Value::object());
  EXPECT_EQ(
      response.body,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      R"(<CreateTagsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>rid</requestId>)"
      "<return>true</return></CreateTagsResponse>");
  EXPECT_EQ(response.headers.get("Content-Type"), "text/xml;charset=UTF-8");
}

TEST(Answers, HoldNothingThatTheirFormatCannot) {
  http::Response xml = answer("iam", "ListUsers", {{"Users", {{{"UserName", "a\x01\xC0\x80z"}}}}});
  EXPECT_NE(xml.body.find("<UserName>a\uFFFD\uFFFD\uFFFDz</UserName>"), std::string::npos) << xml.body;
  http::Response json = answer("kms", "GetKeyPolicy", {{"Policy", "a\x01\xC0\x80z"}});
  EXPECT_EQ(json.body, "{\"Policy\":\"a\\u0001\uFFFD\uFFFDz\"}");
}

TEST(Errors, ComeBackAsTheyWereThrown) {
  for (const char* name : {"kms", "iam", "ec2"}) {
    const Service& service = service_named(name);
    const Codec& both = codec(service.protocol);
    base::AwsError error("Some.Code", 404, "what <went> wrong");
    try {
      both.decode_response(service, service.operations[0], both.encode_error(service, error, "rid"));
      FAIL() << "no error";
    } catch (const base::AwsError& got) {
      EXPECT_EQ(got.code, "Some.Code");
      EXPECT_EQ(got.status, 404);
      EXPECT_STREQ(got.what(), "what <went> wrong");
    }
  }
}

TEST(Errors, OfJsonServicesAreReadInAllTheirSpellings) {
  const Codec& json = codec(Protocol::json);
  base::AwsError error =
      json.decode_error({.status = 400, .body = R"({"__type":"com.x#NameE:http://y","Message":"m"})"});
  EXPECT_EQ(error.code, "NameE");
  EXPECT_STREQ(error.what(), "m");
  EXPECT_EQ(json.decode_error({.status = 503, .body = "<html>"}).code, "503");
  EXPECT_EQ(codec(Protocol::ec2).decode_error({.status = 502, .body = "no"}).code, "502");
}

TEST(Errors, NameTheFaultInQuery) {
  const Service& iam = service_named("iam");
  http::Response response = codec(iam.protocol).encode_error(iam, {"ServiceFailure", 500, "m"}, "rid");
  EXPECT_EQ(
      response.body,
      R"(<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Receiver</Type>)"
      "<Code>ServiceFailure</Code><Message>m</Message></Error><RequestId>rid</RequestId></ErrorResponse>");
}

TEST(Errors, ABodyThatIsNoAnswerIsNoAwsError) {
  const Service& iam = service_named("iam");
  EXPECT_THROW(
      codec(iam.protocol).decode_response(iam, *iam.find("ListUsers"), {.status = 200, .body = "<a"}),
      std::runtime_error);
  const Service& kms = service_named("kms");
  EXPECT_THROW(codec(kms.protocol).decode_response(kms, *kms.find("Encrypt"), {.status = 200, .body = "{"}),
               std::runtime_error);
}

}  // namespace
}  // namespace squall::wire::test
