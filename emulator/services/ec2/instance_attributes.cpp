// DescribeInstanceAttribute, ModifyInstanceAttribute, ModifyInstanceMetadataOptions, GetConsoleOutput.
#include <algorithm>

#include "emulator/base/encoding.hpp"
#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/images.hpp"
#include "emulator/services/ec2/launch.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

bool parse_bool(const std::string& text) {
  if (text != "true" && text != "false")
    throw invalid_value("Invalid value '" + text + "' for boolean attribute.");
  return text == "true";
}

// The old way: Attribute=NAME and Value=TEXT instead of a member of its own.
api::ec2::ModifyInstanceAttributeRequest with_named_attribute(
    api::ec2::ModifyInstanceAttributeRequest input) {
  if (!input.attribute) return input;
  if (!input.value) throw missing_parameter("Value");
  const std::string& name = *input.attribute;
  const std::string& value = *input.value;
  if (name == "instanceType")
    input.instance_type = {.value = value};
  else if (name == "userData")
    input.user_data = {.value = value};
  else if (name == "disableApiTermination")
    input.disable_api_termination = {.value = parse_bool(value)};
  else if (name == "disableApiStop")
    input.disable_api_stop = {.value = parse_bool(value)};
  else if (name == "sourceDestCheck")
    input.source_dest_check = {.value = parse_bool(value)};
  else if (name == "ebsOptimized")
    input.ebs_optimized = {.value = parse_bool(value)};
  else if (name == "instanceInitiatedShutdownBehavior")
    input.instance_initiated_shutdown_behavior = {.value = value};
  else
    throw not_served("Attribute=" + name);
  return input;
}

// An empty list of groups counts as none (ansible-collections/amazon.aws#470).
void require_some_attribute(const api::ec2::ModifyInstanceAttributeRequest& input) {
  bool some = input.instance_type || input.user_data || input.disable_api_termination ||
              input.disable_api_stop || input.source_dest_check || input.ebs_optimized ||
              input.instance_initiated_shutdown_behavior || (input.groups && !input.groups->empty()) ||
              (input.block_device_mappings && !input.block_device_mappings->empty());
  if (!some) throw invalid_combination("No attributes specified.");
}

void require_stopped(const InstanceRecord& record) {
  if (record.state != State::stopped)
    throw error("IncorrectInstanceState", "The instance '" + record.id + "' is not in the 'stopped' state.");
}

}  // namespace

api::ec2::InstanceAttribute Ec2::describe_instance_attribute(
    const RequestContext& context, const api::ec2::DescribeInstanceAttributeRequest& input) {
  InstanceRecord record = require_instance(scope_of(context), input.instance_id);
  api::ec2::InstanceAttribute answer;
  const std::string& name = input.attribute;
  answer.instance_id = record.id;
  if (name == "instanceType")
    answer.instance_type = {.value = record.instance_type};
  else if (name == "userData")
    answer.user_data = api::ec2::AttributeValue{};
  else if (name == "disableApiTermination")
    answer.disable_api_termination = {.value = record.termination_protected};
  else if (name == "disableApiStop")
    answer.disable_api_stop = {.value = record.stop_protected};
  else if (name == "sourceDestCheck")
    answer.source_dest_check = {.value = record.source_dest_check};
  else if (name == "ebsOptimized")
    answer.ebs_optimized = {.value = record.ebs_optimized};
  else if (name == "enaSupport")
    answer.ena_support = {.value = true};
  else if (name == "enclaveOptions")
    answer.enclave_options = {.enabled = false};
  else if (name == "productCodes")
    answer.product_codes.emplace();
  else if (name == "kernel")
    answer.kernel_id = api::ec2::AttributeValue{};
  else if (name == "ramdisk")
    answer.ramdisk_id = api::ec2::AttributeValue{};
  else if (name == "sriovNetSupport")
    answer.sriov_net_support = api::ec2::AttributeValue{};
  else if (name == "rootDeviceName")
    answer.root_device_name = {.value = instance_answer(record).root_device_name};
  else if (name == "blockDeviceMapping")
    answer.block_device_mappings = instance_answer(record).block_device_mappings;
  else if (name == "groupSet")
    answer.groups = instance_answer(record).security_groups;
  else if (name == "instanceInitiatedShutdownBehavior")
    answer.instance_initiated_shutdown_behavior = {.value = record.shutdown_behavior};
  else
    throw invalid_value("Value (" + name + ") for parameter attribute is invalid. Unknown attribute.");
  if (input.dry_run.value_or(false)) throw dry_run();
  if (name == "userData" && !record.user_data.data.empty())
    answer.user_data->value = base::base64_encode(record.user_data.data);
  return answer;
}

void Ec2::modify_instance_attribute(const RequestContext& context,
                                    const api::ec2::ModifyInstanceAttributeRequest& raw) {
  Scope scope = scope_of(context);
  api::ec2::ModifyInstanceAttributeRequest input = with_named_attribute(raw);
  InstanceRecord record = require_instance(scope, input.instance_id);
  if (!record.exists()) throw no_such_instances({record.id});
  require_some_attribute(input);
  if (input.instance_type) {
    require_stopped(record);
    const InstanceTypeFacts* type = find_instance_type(input.instance_type->value.value_or(""));
    if (!type)
      throw invalid_value("Invalid value '" + input.instance_type->value.value_or("") +
                          "' for InstanceType.");
    record.instance_type = type->name;
  }
  if (input.user_data) {
    require_stopped(record);
    record.user_data.data = input.user_data->value.value_or("");
  }
  if (input.disable_api_termination)
    record.termination_protected = input.disable_api_termination->value.value_or(false);
  if (input.disable_api_stop) record.stop_protected = input.disable_api_stop->value.value_or(false);
  if (input.source_dest_check) record.source_dest_check = input.source_dest_check->value.value_or(true);
  if (input.ebs_optimized) {
    require_stopped(record);
    record.ebs_optimized = input.ebs_optimized->value.value_or(false);
  }
  if (input.instance_initiated_shutdown_behavior) {
    std::string wanted = input.instance_initiated_shutdown_behavior->value.value_or("");
    if (wanted != "stop" && wanted != "terminate")
      throw invalid_value("Value (" + wanted +
                          ") for parameter instanceInitiatedShutdownBehavior is invalid.");
    record.shutdown_behavior = wanted;
  }
  if (input.groups) record.group_ids = require_groups(scope, input.groups, std::nullopt);
  if (input.dry_run.value_or(false)) throw dry_run();

  for (const auto& mapping : input.block_device_mappings.value_or(
           std::vector<api::ec2::InstanceBlockDeviceMappingSpecification>{})) {
    if (!mapping.ebs || !mapping.ebs->delete_on_termination || !mapping.device_name)
      throw not_served("BlockDeviceMapping other than DeviceName and Ebs.DeleteOnTermination");
    std::vector<VolumeRecord> volumes = tables_.volumes_of(record.id);
    auto volume = std::find_if(volumes.begin(), volumes.end(),
                               [&](const VolumeRecord& one) { return one.device == *mapping.device_name; });
    if (volume == volumes.end())
      throw error("InvalidInstanceAttributeValue",
                  "No device is currently mapped at " + *mapping.device_name);
    volume->delete_on_termination = *mapping.ebs->delete_on_termination;
    tables_.put(*volume);
  }
  tables_.put(record);
  if (input.groups) lifecycle_.refresh_traffic(record);
}

api::ec2::ModifyInstanceMetadataOptionsResult Ec2::modify_instance_metadata_options(
    const RequestContext& context, const api::ec2::ModifyInstanceMetadataOptionsRequest& input) {
  InstanceRecord record = require_instance(scope_of(context), input.instance_id);
  apply_metadata_options({.http_tokens = input.http_tokens,
                          .http_put_response_hop_limit = input.http_put_response_hop_limit,
                          .http_endpoint = input.http_endpoint,
                          .http_protocol_ipv6 = input.http_protocol_ipv6,
                          .instance_metadata_tags = input.instance_metadata_tags},
                         record);
  if (input.dry_run.value_or(false)) throw dry_run();
  tables_.put(record);
  api::ec2::ModifyInstanceMetadataOptionsResult result;
  result.instance_id = record.id;
  result.instance_metadata_options = instance_answer(record).metadata_options;
  // The answer comes before the change is applied; the change itself takes effect with it.
  result.instance_metadata_options->state = "pending";
  return result;
}

api::ec2::GetConsoleOutputResult Ec2::get_console_output(const RequestContext& context,
                                                         const api::ec2::GetConsoleOutputRequest& input) {
  InstanceRecord record = require_instance(scope_of(context), input.instance_id);
  // What is given is always the latest; on AWS, only instances on Nitro have it.
  const InstanceTypeFacts* type = find_instance_type(record.instance_type);
  if (input.latest.value_or(false) && type && !type->on_nitro())
    throw error("UnsupportedOperation",
                "This instance type does not support retrieving the latest console logs.");
  if (input.dry_run.value_or(false)) throw dry_run();
  api::ec2::GetConsoleOutputResult result;
  result.instance_id = record.id;
  result.timestamp = scheduler_.now();
  if (std::string output = record.exists() ? machines_.console_output(record.id) : ""; !output.empty())
    result.output = base::base64_encode(output);
  return result;
}

}  // namespace squall::services::ec2
