#include "emulator/auth/policy_resources.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace squall::auth {
namespace {

constexpr std::array<std::string_view, 8> partitions = {"*",       "aws",       "aws-cn",    "aws-us-gov",
                                                        "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"};

constexpr std::array<std::string_view, 13> iam_paths = {"user/",
                                                        "federated-user/",
                                                        "role/",
                                                        "group/",
                                                        "instance-profile/",
                                                        "mfa/",
                                                        "server-certificate/",
                                                        "policy/",
                                                        "sms-mfa/",
                                                        "saml-provider/",
                                                        "oidc-provider/",
                                                        "report/",
                                                        "access-report/"};

// The six parts of an ARN as far as they are there, the last with its colons.
std::vector<std::string_view> parts_of(std::string_view resource) {
  std::vector<std::string_view> parts;
  for (std::size_t colon; parts.size() < 5 && (colon = resource.find(':')) != resource.npos;) {
    parts.push_back(resource.substr(0, colon));
    resource.remove_prefix(colon + 1);
  }
  parts.push_back(resource);
  return parts;
}

// The ARN as AWS completes it, whatever it began with.
std::string completed(const std::vector<std::string_view>& parts) {
  std::string out = "arn";
  for (std::size_t i = 1; i < 6; ++i) out += ':' + std::string(i < parts.size() ? parts[i] : "*");
  return out;
}

std::optional<std::string> iam_problem(const std::string& resource, std::string_view region,
                                       std::string_view path) {
  if (!region.empty()) return "IAM resource " + resource + " cannot contain region information.";
  bool known = path == "*" || std::any_of(iam_paths.begin(), iam_paths.end(),
                                          [&](std::string_view start) { return path.starts_with(start); });
  if (known) return {};
  std::string out = "IAM resource path must either be \"*\" or start with ";
  for (std::string_view start : iam_paths)
    out += std::string(start) + (start == iam_paths.back() ? "." : ", ");
  return out;
}

std::optional<std::string> format_problem(const std::string& resource) {
  if (resource == "*") return {};
  std::vector<std::string_view> parts = parts_of(resource);
  if (parts.size() == 1) return "Resource " + resource + " must be in ARN format or \"*\".";
  if (std::find(partitions.begin(), partitions.end(), parts[1]) == partitions.end())
    return "Partition \"" + std::string(parts[1]) + "\" is not valid for resource \"" + completed(parts) +
           "\".";
  if (parts.size() == 2 || parts[2].find_first_of("*?") != parts[2].npos)
    return "Resource vendor must be fully qualified and cannot contain regexes.";
  if (parts.size() < 6) return {};  // whatever is missing is "*"
  if (parts[2] == "iam") return iam_problem(resource, parts[3], parts[5]);
  if (parts[2] == "s3" && !parts[3].empty() && !parts[5].starts_with("accesspoint/"))
    return "Resource " + resource + " can not contain region information.";
  return {};
}

// "arn:aws:s3::bucket" has lost a colon, "arn:aws:::b" its service: the older parser stumbles over both.
void legacy_parse(const std::string& resource) {
  if (resource == "*") return;
  std::vector<std::string_view> parts = parts_of(resource);
  bool lost_colon = parts.size() < 6 && resource.find("::") != resource.npos;
  if (lost_colon || (parts.size() > 2 && parts[2].empty()))
    throw PolicyError("The policy failed legacy parsing");
}

}  // namespace

std::optional<std::string> resource_problem(const Policy& policy) {
  std::optional<std::string> problem;
  for (const Statement& statement : policy.statements) {
    // Of several in a list, AWS names the first by alphabet; of several statements, the last.
    std::vector<std::string> resources = statement.resources;
    std::sort(resources.begin(), resources.end(), std::greater<>());
    for (const std::string& resource : resources)
      if (auto found = format_problem(resource)) problem = std::move(found);
    if (problem) continue;
    for (const std::string& resource : resources) legacy_parse(resource);
  }
  return problem;
}

}  // namespace squall::auth
