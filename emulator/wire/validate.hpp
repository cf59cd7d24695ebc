// Checks a decoded input against what the model declares: required members, lengths, ranges, patterns, enums.
// The texts are AWS's own: "1 validation error detected: Value '' at 'keyId' failed to satisfy constraint:
// Member must have length greater than or equal to 1" (json and query services), "The request must contain
// the parameter KeyName" (EC2, https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html).
#pragma once
#include <memory>
#include <nlohmann/json_fwd.hpp>

#include "emulator/wire/schema.hpp"

namespace squall::wire {

class PatternCache;

class Validator {
 public:
  Validator();
  ~Validator();
  Validator(const Validator&) = delete;
  Validator& operator=(const Validator&) = delete;

  // Throws AwsError: ValidationException (json), ValidationError (query), MissingParameter or
  // InvalidParameterValue (ec2), 400 all. Null list elements and map values are refused too, so that
  // operations never meet one.
  void check(const Service& service, const Operation& operation, const nlohmann::json& input);

 private:
  std::unique_ptr<PatternCache> patterns_;
};

}  // namespace squall::wire
