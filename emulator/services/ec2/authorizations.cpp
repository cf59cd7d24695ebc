// What a caller must be allowed to do for each operation: actions, resources and condition keys
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html).
#include <nlohmann/json.hpp>

#include "emulator/auth/interfaces.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

using auth::Authorization;
using nlohmann::json;

std::string text(const json& input, const char* member) {
  auto found = input.find(member);
  return found != input.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> text_list(const json& input, const char* member) {
  std::vector<std::string> values;
  if (auto found = input.find(member); found != input.end() && found->is_array())
    for (const json& item : *found)
      if (item.is_string()) values.push_back(item.get<std::string>());
  return values;
}

// The kind of a resource in its ARN, by the prefix of its id.
std::string kind_of(const std::string& id) {
  static constexpr std::pair<std::string_view, std::string_view> kinds[] = {
      {"i-", "instance"},
      {"vol-", "volume"},
      {"sg-", "security-group"},
      {"sgr-", "security-group-rule"},
      {"subnet-", "subnet"},
      {"vpc-", "vpc"},
      {"eni-", "network-interface"},
      {"key-", "key-pair"},
      {"ami-", "image"},
      {"dopt-", "dhcp-options"},
  };
  for (const auto& [prefix, kind] : kinds)
    if (id.starts_with(prefix)) return std::string(kind);
  return "*";
}

// The tags that the request gives a kind of resource; all kinds' when `kind` is empty.
Tags requested_tags(const json& input, const std::string& kind) {
  Tags tags;
  auto take = [&](const json& list) {
    if (!list.is_array()) return;
    for (const json& tag : list) {
      if (!tag.is_object()) continue;
      if (std::string key = text(tag, "Key"); !key.empty()) tags[key] = text(tag, "Value");
    }
  };
  if (auto found = input.find("Tags"); found != input.end()) take(*found);
  if (auto found = input.find("TagSpecifications"); found != input.end() && found->is_array())
    for (const json& specification : *found)
      if (specification.is_object() && (kind.empty() || text(specification, "ResourceType") == kind))
        if (auto list = specification.find("Tags"); list != specification.end()) take(*list);
  return tags;
}

void add_request_tags(Authorization& wanted, const Tags& tags) {
  for (const auto& [key, value] : tags) {
    wanted.conditions["aws:RequestTag/" + key] = {value};
    wanted.conditions["aws:TagKeys"].push_back(key);
  }
}

// The members of an input that name resources.
std::vector<std::string> named_resources(const json& input) {
  std::vector<std::string> ids;
  for (const char* member : {"InstanceId", "VolumeId", "GroupId"})
    if (std::string id = text(input, member); !id.empty()) ids.push_back(id);
  for (const char* member : {"InstanceIds", "Resources"})
    for (std::string& id : text_list(input, member)) ids.push_back(std::move(id));
  return ids;
}

}  // namespace

Authorization Ec2::authorization_for(const RequestContext& context, const std::string& action,
                                     const std::string& id) {
  Authorization wanted;
  wanted.action = action;
  std::string kind = kind_of(id);
  wanted.resource = kind == "*" ? "*" : context.arn("ec2", kind + "/" + id);
  wanted.conditions["ec2:Region"] = {context.region};
  for (const auto& [key, value] : tables_.tags(scope_of(context), id)) {
    wanted.conditions["aws:ResourceTag/" + key] = {value};
    wanted.conditions["ec2:ResourceTag/" + key] = {value};
  }
  if (kind == "instance")
    if (auto instance = tables_.instance(id)) {
      wanted.conditions["ec2:InstanceType"] = {instance->instance_type};
      wanted.conditions["ec2:AvailabilityZone"] = {instance->zone};
      if (!instance->profile_arn.empty()) wanted.conditions["ec2:InstanceProfile"] = {instance->profile_arn};
    }
  return wanted;
}

// Handing a role to an instance needs iam:PassRole on it.
void Ec2::add_pass_role(const RequestContext& context, const json& input,
                        std::vector<Authorization>& wanted) {
  auto profile = input.find("IamInstanceProfile");
  if (profile == input.end() || !profile->is_object()) return;
  std::string arn = text(*profile, "Arn"), name = text(*profile, "Name");
  auto facts = arn.empty() ? profiles_.by_name(context.account(), name) : profiles_.by_arn(arn);
  if (!facts || facts->role_arn.empty()) return;
  Authorization pass;
  pass.action = "iam:PassRole";
  pass.resource = facts->role_arn;
  pass.conditions["iam:PassedToService"] = {"ec2.amazonaws.com"};
  wanted.push_back(std::move(pass));
}

std::vector<Authorization> Ec2::launch_authorizations(const RequestContext& context, const json& input) {
  const std::string action = "ec2:RunInstances";
  std::vector<Authorization> wanted;
  for (const char* kind : {"instance", "volume", "network-interface"}) {
    Authorization one;
    one.action = action;
    one.resource = context.arn("ec2", std::string(kind) + "/*");
    one.conditions["ec2:Region"] = {context.region};
    if (std::string type = text(input, "InstanceType"); !type.empty() && kind == std::string_view("instance"))
      one.conditions["ec2:InstanceType"] = {type};
    add_request_tags(one, requested_tags(input, kind));
    wanted.push_back(std::move(one));
  }
  Authorization image;
  image.action = action;
  image.resource = "arn:aws:ec2:" + context.region + "::image/" + text(input, "ImageId");
  wanted.push_back(std::move(image));
  for (const std::string& group : text_list(input, "SecurityGroupIds"))
    wanted.push_back(authorization_for(context, action, group));
  if (std::string subnet = text(input, "SubnetId"); !subnet.empty())
    wanted.push_back(authorization_for(context, action, subnet));
  if (std::string key = text(input, "KeyName"); !key.empty())
    wanted.push_back({.action = action, .resource = context.arn("ec2", "key-pair/" + key)});
  add_pass_role(context, input, wanted);
  return wanted;
}

std::vector<Authorization> Ec2::authorizations(const RequestContext& context,
                                               const wire::Operation& operation, const json& input) {
  std::string action = "ec2:" + std::string(operation.name);
  std::vector<Authorization> wanted;
  bool launch = operation.name == "RunInstances";
  if (operation.name.starts_with("Describe")) return {{.action = std::move(action)}};
  if (launch) {
    wanted = launch_authorizations(context, input);
  } else {
    for (const std::string& id : named_resources(input)) {
      wanted.push_back(authorization_for(context, action, id));
      add_request_tags(wanted.back(), requested_tags(input, ""));
    }
    if (operation.name == "AssociateIamInstanceProfile") add_pass_role(context, input, wanted);
  }
  if (wanted.empty()) wanted.push_back({.action = std::move(action)});
  // Tagging what an operation makes needs ec2:CreateTags too.
  if (input.contains("TagSpecifications"))
    for (const char* kind :
         {"instance", "volume", "network-interface", "security-group", "security-group-rule", "key-pair"}) {
      Tags tags = requested_tags(input, kind);
      if (tags.empty()) continue;
      Authorization tagging;
      tagging.action = "ec2:CreateTags";
      tagging.resource = context.arn("ec2", std::string(kind) + "/*");
      tagging.conditions["ec2:CreateAction"] = {std::string(operation.name)};
      add_request_tags(tagging, tags);
      wanted.push_back(std::move(tagging));
    }
  return wanted;
}

}  // namespace squall::services::ec2
