// Amazon Resource Names: arn:partition:service:region:account:resource
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace squall::base {

struct Arn {
  std::string partition = "aws";
  std::string service;
  std::string region;
  std::string account;
  std::string resource;  // may hold further colons and slashes

  std::string text() const;
  static std::optional<Arn> parse(std::string_view text);
};

}  // namespace squall::base
