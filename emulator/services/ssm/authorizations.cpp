// What IAM is to decide before an operation runs: actions, resources and condition keys
// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html).
#include <nlohmann/json.hpp>

#include "emulator/services/ssm/builtin.hpp"
#include "emulator/services/ssm/service.hpp"

namespace squall::services::ssm {
namespace {

using auth::Authorization;

// The input is not validated yet: members may be absent or of another type.
std::string text(const wire::Value& input, const char* member) {
  auto found = input.find(member);
  return found != input.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::vector<std::string> texts(const wire::Value& input, const char* member) {
  std::vector<std::string> found;
  if (auto list = input.find(member); list != input.end() && list->is_array())
    for (const auto& item : *list)
      if (item.is_string()) found.push_back(item.get<std::string>());
  return found;
}

std::string document_arn(const wire::RequestContext& context, const std::string& name) {
  // Documents of Amazon's belong to no account.
  if (name == run_shell_script_name) return "arn:aws:ssm:" + context.region + "::document/" + name;
  return context.arn("ssm", "document/" + name);
}

void add_request_tags(Authorization& wanted, const wire::Value& input) {
  auto tags = input.find("Tags");
  if (tags == input.end() || !tags->is_array()) return;
  for (const auto& tag : *tags) {
    if (!tag.is_object()) continue;
    wanted.conditions["aws:RequestTag/" + text(tag, "Key")] = {text(tag, "Value")};
    wanted.conditions["aws:TagKeys"].push_back(text(tag, "Key"));
  }
}

Authorization on_instance(const wire::RequestContext& context, const ec2::InstanceView& instance) {
  Authorization wanted{.action = "ssm:SendCommand",
                       .resource = context.arn("ec2", "instance/" + instance.record.id)};
  for (const auto& [key, value] : instance.tags)
    wanted.conditions["ssm:resourceTag/" + key] = wanted.conditions["aws:ResourceTag/" + key] = {value};
  return wanted;
}

}  // namespace

std::vector<Authorization> Service::authorizations(const wire::RequestContext& context,
                                                   const wire::Operation& operation,
                                                   const wire::Value& input) {
  Authorization wanted{.action = "ssm:" + std::string(operation.name)};
  const std::string name =
      document_name(text(input, operation.name == "SendCommand" ? "DocumentName" : "Name"));
  if (name.empty()) return {wanted};  // of lists and commands: all resources
  wanted.resource = document_arn(context, name);
  add_request_tags(wanted, input);
  if (auto document = documents_.find(context.account(), context.region, name))
    for (const auto& [key, value] : document->tags)
      wanted.conditions["ssm:resourceTag/" + key] = wanted.conditions["aws:ResourceTag/" + key] = {value};
  std::vector<Authorization> all{wanted};
  if (operation.name != "SendCommand") return all;

  std::vector<std::string> instance_ids = texts(input, "InstanceIds");
  if (auto targets = input.find("Targets"); targets != input.end() && targets->is_array())
    for (const auto& target : *targets) {
      if (!target.is_object()) continue;
      const std::string key = text(target, "Key");
      const auto values = texts(target, "Values");
      if (key.starts_with("tag:"))
        for (const auto& view :
             directory_.find_by_tag({context.account(), context.region}, key.substr(4), values))
          all.push_back(on_instance(context, view));
      else
        instance_ids.insert(instance_ids.end(), values.begin(), values.end());
    }
  for (const std::string& id : instance_ids) {
    ec2::InstanceView view;
    if (auto found = directory_.find(id)) view = std::move(*found);
    view.record.id = id;
    all.push_back(on_instance(context, view));
  }
  return all;
}

}  // namespace squall::services::ssm
