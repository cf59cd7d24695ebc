// The AWS managed policies that bootstraps attach
// (https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html).
#pragma once
#include <span>
#include <string_view>

namespace squall::services::iam {

struct ManagedPolicy {
  std::string_view name, path, id, description, document;
};

std::span<const ManagedPolicy> aws_managed_policies();

}  // namespace squall::services::iam
