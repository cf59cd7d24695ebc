// A KMS of its own on a manual world, and short ways to call it.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "emulator/base/aws_error.hpp"
#include "emulator/services/kms/service.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::services::kms {

// Allows everything but what a test names.
class ScriptedAuthorizer final : public auth::Authorizer {
 public:
  std::optional<std::string> denial(const wire::RequestContext&, const auth::Authorization& wanted) override {
    asked.push_back(wanted);
    return wanted.action == denied_action ? std::optional<std::string>("denied") : std::nullopt;
  }
  std::string denied_action;
  std::vector<auth::Authorization> asked;
};

class KmsTest : public ::testing::Test {
 protected:
  KmsTest() { restart(); }

  // A new process on the same data.
  void restart() {
    service_.reset();
    service_ = std::make_unique<Service>(scheduler_, entropy_, database_, &authorizer_);
  }

  wire::RequestContext context() const {
    wire::RequestContext made;
    made.principal.account = "111122223333";
    made.principal.arn = "arn:aws:iam::111122223333:root";
    made.region = "eu-west-1";
    made.service = "kms";
    made.now = scheduler_.now();
    return made;
  }

  // Through the generated dispatch, as the gateway calls; answers "Code: message" for an error.
  wire::Value call(const std::string& operation, const wire::Value& input) {
    return call_as(context(), operation, input);
  }
  wire::Value call_as(wire::RequestContext as, const std::string& operation, const wire::Value& input) {
    const wire::Operation* found = api::kms::service().find(operation);
    if (!found) throw std::logic_error("no operation " + operation);
    as.operation = operation;
    return service_->dispatch(as, *found, input);
  }
  std::string error_of(const std::string& operation, const wire::Value& input) {
    return error_as(context(), operation, input);
  }
  std::string error_as(const wire::RequestContext& as, const std::string& operation,
                       const wire::Value& input) {
    try {
      call_as(as, operation, input);
    } catch (const base::AwsError& error) {
      EXPECT_EQ(error.status, 400);
      return error.code + ": " + error.what();
    }
    return "no error";
  }

  std::string create_key(const wire::Value& input = wire::Value::object()) {
    return call("CreateKey", input)["KeyMetadata"]["KeyId"];
  }
  std::string arn(const std::string& key_id) const { return context().arn("kms", "key/" + key_id); }
  std::string state(const std::string& key_id) {
    return call("DescribeKey", {{"KeyId", key_id}})["KeyMetadata"]["KeyState"];
  }

  testing::ManualScheduler scheduler_;
  testing::SeededEntropy entropy_;
  store::Database database_;
  ScriptedAuthorizer authorizer_;
  std::unique_ptr<Service> service_;
};

}  // namespace squall::services::kms
