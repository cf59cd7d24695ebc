#include "emulator/services/ec2/errors.hpp"

#include <algorithm>

namespace squall::services::ec2 {

AwsError error(std::string code, const std::string& message) { return {std::move(code), 400, message}; }

AwsError invalid_value(const std::string& message) { return error("InvalidParameterValue", message); }

AwsError invalid_combination(const std::string& message) {
  return error("InvalidParameterCombination", message);
}

AwsError missing_parameter(std::string_view name) {
  return error("MissingParameter", "The request must contain the parameter " + std::string(name));
}

AwsError not_served(std::string_view member) {
  return {"NotImplemented", 501, "Squall does not serve the parameter " + std::string(member)};
}

AwsError dry_run() {
  return {"DryRunOperation", 412, "Request would have succeeded, but DryRun flag is set."};
}

AwsError mismatched_token() {
  return error(
      "IdempotentParameterMismatch",
      "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).");
}

AwsError no_such_instances(const std::vector<std::string>& ids) {
  if (ids.size() == 1)
    return error("InvalidInstanceID.NotFound", "The instance ID '" + ids[0] + "' does not exist");
  std::string list;
  for (const std::string& id : ids) list += (list.empty() ? "" : ", ") + id;
  return error("InvalidInstanceID.NotFound", "The instance IDs '" + list + "' do not exist");
}

void require_id(std::string_view id, std::string_view prefix, std::string_view code) {
  std::string start = std::string(prefix) + "-";
  if (!id.starts_with(start))
    throw error(std::string(code),
                "Invalid id: \"" + std::string(id) + "\" (expecting \"" + start + "...\")");
  std::string_view digits = id.substr(start.size());
  bool hexadecimal = std::all_of(digits.begin(), digits.end(),
                                 [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!hexadecimal || (digits.size() != 8 && digits.size() != 17))
    throw error(std::string(code), "Invalid id: \"" + std::string(id) + "\"");
}

}  // namespace squall::services::ec2
