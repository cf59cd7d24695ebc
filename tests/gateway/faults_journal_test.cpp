// Fault rules and the journal.
#include "tests/gateway/fixture.hpp"

namespace squall::gateway::test {
namespace {

constexpr const char* encrypt = "TrentService.Encrypt";
constexpr const char* good = R"({"KeyId":"k","Plaintext":"c2VjcmV0"})";

TEST_F(GatewayTest, AFaultRuleFailsWhatItMatchesUntilItIsRemoved) {
  FaultId id = gateway.faults().add({.matcher = {.service = "kms", .operation = "Enc*"},
                                     .effect = FailWith{"ThrottlingException", 400, "slow"}});
  EXPECT_EQ(respond(json_request(encrypt, good)).body,
            R"({"__type":"ThrottlingException","message":"slow"})");
  EXPECT_EQ(gateway.faults().fired(id), 1U);
  EXPECT_EQ(respond(json_request("TrentService.ListKeys", "{}")).status, 501) << "not matched";
  EXPECT_TRUE(gateway.faults().remove(id));
  EXPECT_FALSE(gateway.faults().remove(id));
  EXPECT_EQ(respond(json_request(encrypt, good)).status, 200);
  EXPECT_EQ(gateway.internal_failures(), 0U);
}

TEST_F(GatewayTest, AFaultRuleMatchesCallerAndInstance) {
  gateway.faults().add({.matcher = {.instance_id = "i-1"}, .effect = FailWith{"A", 400, ""}});
  gateway.faults().add(
      {.matcher = {.principal_arn = "arn:aws:iam::*:user/other"}, .effect = FailWith{"B", 400, ""}});
  EXPECT_EQ(respond(json_request(encrypt, good, "node")).status, 400);
  EXPECT_EQ(respond(json_request(encrypt, good)).status, 200);
}

TEST_F(GatewayTest, TheFirstRuleCountsAndMayRunOut) {
  gateway.faults().add({.effect = FailWith{"First", 503, ""}, .times = 1});
  gateway.faults().add({.effect = FailWith{"Second", 503, ""}});
  EXPECT_NE(respond(json_request(encrypt, good)).body.find("First"), std::string::npos);
  EXPECT_NE(respond(json_request(encrypt, good)).body.find("Second"), std::string::npos);
}

TEST_F(GatewayTest, AServiceMayNeverAnswer) {
  gateway.faults().add({.effect = NeverAnswer{}});
  Answer answer = gateway.handle(json_request(encrypt, good));
  EXPECT_FALSE(answer.response.has_value());
  EXPECT_EQ(gateway.journal().calls().back().status, 0);
  EXPECT_TRUE(kms.last.operation.empty()) << "the operation did not run";
}

TEST_F(GatewayTest, AServiceMayAnswerLate) {
  gateway.faults().add({.effect = AnswerLate{3s}});
  Answer answer = gateway.handle(json_request(encrypt, good));
  EXPECT_EQ(answer.delay, 3s);
  EXPECT_EQ(answer.response->status, 200);
}

TEST_F(GatewayTest, TheJournalKeepsWhoDidWhatWithSecretsMasked) {
  std::vector<std::string> seen;
  gateway.journal().observe(
      [&](const Call& call) { seen.push_back(call.operation + " " + call.error_code); });
  respond(json_request(encrypt, good, "node"));
  respond(json_request(encrypt, R"({"KeyId":"lost","Plaintext":"c2VjcmV0"})"));
  respond(json_request(encrypt, "{", "bad"));
  const Call& call = gateway.journal().calls().front();
  EXPECT_EQ(call.service, "kms");
  EXPECT_EQ(call.operation, "Encrypt");
  EXPECT_EQ(call.principal_arn, "arn:aws:iam::000000000000:user/u");
  EXPECT_EQ(call.source_instance, "i-1");
  EXPECT_EQ(call.source_ip, "10.0.0.7");
  EXPECT_EQ(call.region, "eu-west-1");
  EXPECT_EQ(call.status, 200);
  EXPECT_EQ(*call.input, (nlohmann::json{{"KeyId", "k"}, {"Plaintext", "***"}}));
  EXPECT_EQ(seen, (std::vector<std::string>{"Encrypt ", "Encrypt NotFoundException",
                                            "Encrypt InvalidSignatureException"}));
}

TEST(Journal, IsBounded) {
  Journal journal(2);
  for (int i = 0; i < 5; ++i) journal.append({.operation = std::to_string(i)});
  EXPECT_EQ(journal.total(), 5U);
  ASSERT_EQ(journal.calls().size(), 2U);
  EXPECT_EQ(journal.calls().front().operation, "3");
}

}  // namespace
}  // namespace squall::gateway::test
