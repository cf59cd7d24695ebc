// How requests name keys: key id, key ARN, alias name, alias ARN
// (https://docs.aws.amazon.com/kms/latest/developerguide/find-cmk-id-arn.html). Which of them an operation
// takes is the operation's own matter.
#pragma once
#include <string>
#include <string_view>

#include "emulator/wire/context.hpp"

namespace squall::services::kms {

struct Reference {
  enum class Kind { key, alias };
  Kind kind = Kind::key;
  std::string account, region;  // the caller's, unless an ARN says otherwise
  std::string name;             // key id or "alias/..."
  bool by_arn = false;

  std::string arn() const {
    return "arn:aws:kms:" + region + ":" + account + ":" + (kind == Kind::key ? "key/" : "") + name;
  }
};

// Throws NotFoundException as AWS does for what can name no key: "Invalid keyId 'x'", and for an ARN of
// another region: "Invalid arn us-west-2".
Reference parse_reference(const wire::RequestContext& context, std::string_view text);

}  // namespace squall::services::kms
