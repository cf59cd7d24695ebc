// Who calls, and from where: what an operation may know of a request beside its input.
#pragma once
#include <map>
#include <string>

#include "emulator/base/time.hpp"

namespace squall::wire {

// The caller after authentication
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
struct Principal {
  enum class Kind { root, user, assumed_role, anonymous };
  Kind kind = Kind::root;
  std::string account = "000000000000";
  std::string arn;  // "arn:aws:iam::123456789012:user/u", "arn:aws:sts::123456789012:assumed-role/r/session"
  std::string user_id;  // aws:userid: "AIDA...", "AROA...:session", the account of its root
  std::string name;     // user or role name
  std::string session_name;
  std::string access_key_id;
  std::string session_policy;               // JSON given to AssumeRole; empty: none
  std::map<std::string, std::string> tags;  // aws:PrincipalTag
};

struct RequestContext {
  Principal principal;
  std::string region = "us-east-1";
  std::string service;    // "kms"
  std::string operation;  // "Encrypt"
  std::string request_id;
  Time now;
  std::string source_ip;
  std::string user_agent;
  bool secure_transport = false;
  std::string source_instance;  // of a request that an EC2 instance's role signed (ec2:SourceInstanceARN)

  const std::string& account() const { return principal.account; }
  // An ARN of this account and region: arn("kms", "key/...").
  std::string arn(std::string_view of_service, std::string_view resource) const {
    return "arn:aws:" + std::string(of_service) + ":" + region + ":" + account() + ":" +
           std::string(resource);
  }
};

}  // namespace squall::wire
