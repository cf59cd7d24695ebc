// DescribeInstanceInformation: what the agents have reported of themselves.
#include <algorithm>

#include "emulator/base/arn.hpp"
#include "emulator/services/ec2/images.hpp"
#include "emulator/services/ssm/errors.hpp"
#include "emulator/services/ssm/paging.hpp"
#include "emulator/services/ssm/service.hpp"

namespace squall::services::ssm {
namespace {

constexpr const char* agent_version = "3.3.380.0";
constexpr const char* source_type = "AWS::EC2::Instance";

struct Platform {
  std::string name, version;
};

// By the image's name: "al2023-ami-...", "amzn2-ami-...", "debian-12-...",
// "ubuntu/images/.../ubuntu-jammy-22.04-...".
Platform platform_of(const ec2::InstanceView& instance) {
  const ec2::StockImage* image = ec2::find_image(instance.record.image_id);
  std::string_view name = image ? image->name : std::string_view();
  if (name.starts_with("al2023")) return {"Amazon Linux", "2023"};
  if (name.starts_with("amzn2")) return {"Amazon Linux", "2"};
  if (name.starts_with("debian-")) return {"Debian GNU/Linux", std::string(name.substr(7, 2))};
  for (const char* version : {"20.04", "22.04", "24.04"})
    if (name.find("ubuntu") != std::string_view::npos && name.find(version) != std::string_view::npos)
      return {"Ubuntu", version};
  return {"Linux", ""};
}

api::ssm::InstanceInformation information_of(const ManagedNode& node, Time now) {
  const ec2::InstanceRecord& record = node.instance.record;
  const Platform platform = platform_of(node.instance);
  api::ssm::InstanceInformation out;
  out.instance_id = record.id;
  out.ping_status = node.online ? "Online" : "ConnectionLost";
  if (node.online) out.last_ping_date_time = now;
  out.agent_version = agent_version;
  out.is_latest_version = true;
  out.platform_type = "Linux";
  out.platform_name = platform.name;
  out.platform_version = platform.version;
  out.registration_date = node.registered;
  out.resource_type = "EC2Instance";
  out.ip_address = record.private_ip;
  out.computer_name = ec2::private_dns_name(record.region, record.private_ip);
  out.source_id = record.id;
  out.source_type = source_type;
  return out;
}

bool matches(const ManagedNode& node, const std::string& key, const std::vector<std::string>& values) {
  auto one_of = [&](const std::string& have) {
    return std::find(values.begin(), values.end(), have) != values.end();
  };
  if (key == "InstanceIds") return one_of(node.instance.record.id);
  if (key == "PingStatus") return one_of(node.online ? "Online" : "ConnectionLost");
  if (key == "PlatformTypes") return one_of("Linux");
  if (key == "ResourceType") return one_of("EC2Instance");
  if (key == "AgentVersion") return one_of(agent_version);
  if (key == "SourceIds") return one_of(node.instance.record.id);
  if (key == "SourceTypes") return one_of(source_type);
  // Machines that were activated, and associations of State Manager: there are none.
  if (key == "ActivationIds" || key == "IamRole" || key == "AssociationStatus") return false;
  if (key == "tag-key")
    return std::any_of(values.begin(), values.end(),
                       [&](const std::string& tag) { return node.instance.tags.contains(tag); });
  if (key.starts_with("tag:")) {
    auto tag = node.instance.tags.find(key.substr(4));
    return tag != node.instance.tags.end() && one_of(tag->second);
  }
  throw error("InvalidFilterKey");
}

}  // namespace

api::ssm::DescribeInstanceInformationResult Service::describe_instance_information(
    const wire::RequestContext& context, const api::ssm::DescribeInstanceInformationRequest& input) {
  std::vector<std::pair<std::string, std::vector<std::string>>> filters;
  if (input.instance_information_filter_list)
    for (const auto& filter : *input.instance_information_filter_list)
      filters.emplace_back(filter.key, filter.value_set);
  if (input.filters)
    for (const auto& filter : *input.filters) filters.emplace_back(filter.key, filter.values);

  std::vector<ManagedNode> nodes = nodes_.list({context.account(), context.region});
  static constexpr std::string_view known[] = {
      "InstanceIds", "PingStatus",  "PlatformTypes", "ResourceType", "AgentVersion",     "tag-key",
      "SourceIds",   "SourceTypes", "ActivationIds", "IamRole",      "AssociationStatus"};
  for (const auto& [key, values] : filters) {
    // Also where there is no instance to match.
    if (std::find(std::begin(known), std::end(known), key) == std::end(known) && !key.starts_with("tag:"))
      throw error("InvalidFilterKey");
    auto fails = [&name = key, &wanted = values](const ManagedNode& node) {
      return !matches(node, name, wanted);
    };
    std::erase_if(nodes, fails);
  }
  api::ssm::DescribeInstanceInformationResult out;
  out.next_token = take_page(nodes, input.max_results, input.next_token,
                             [](const ManagedNode& node) { return node.instance.record.id; });
  auto& list = out.instance_information_list.emplace();
  for (const ManagedNode& node : nodes) list.push_back(information_of(node, context.now));
  return out;
}

}  // namespace squall::services::ssm
