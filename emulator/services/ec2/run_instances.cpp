// RunInstances: a launch is decided whole (image, type, place, network, disks, options) before anything is
// written. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
#include <algorithm>

#include "emulator/base/encoding.hpp"
#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/launch.hpp"
#include "emulator/services/ec2/service.hpp"
#include "emulator/store/database.hpp"

namespace squall::services::ec2 {
namespace {

constexpr std::uint32_t reserved_first = 4,
                        reserved_last = 1;  // of each subnet: network, router, DNS, future; broadcast

void check_count(const api::ec2::RunInstancesRequest& input) {
  if (input.min_count < 1)
    throw invalid_value("Value (" + std::to_string(input.min_count) +
                        ") for parameter minCount is invalid. Expecting a value greater than or equal to 1");
  if (input.max_count < input.min_count)
    throw invalid_combination("MinCount '" + std::to_string(input.min_count) +
                              "' is greater than MaxCount '" + std::to_string(input.max_count) + "'");
  if (input.max_count > 100)
    throw error("InstanceLimitExceeded", "You have requested more instances (" +
                                             std::to_string(input.max_count) +
                                             ") than your current instance limit of 100 allows.");
}

// The subnet asked for, or the one of the zone asked for, or the first zone's.
SubnetFacts choose_subnet(const Scope& scope, const LaunchRequest& wanted) {
  std::vector<SubnetFacts> subnets = default_subnets(scope);
  for (const SubnetFacts& subnet : subnets) {
    if (wanted.subnet_id && subnet.id != *wanted.subnet_id) continue;
    if (wanted.zone && subnet.zone.name != *wanted.zone) continue;
    return subnet;
  }
  if (wanted.zone && std::none_of(subnets.begin(), subnets.end(),
                                  [&](const SubnetFacts& one) { return one.zone.name == *wanted.zone; }))
    throw invalid_value("Invalid availability zone: [" + *wanted.zone + "]");
  if (std::any_of(subnets.begin(), subnets.end(),
                  [&](const SubnetFacts& one) { return one.id == *wanted.subnet_id; }))
    throw invalid_value("The availability zone of the subnet '" + *wanted.subnet_id +
                        "' is not the requested availability zone '" + *wanted.zone + "'");
  throw error("InvalidSubnetID.NotFound", "The subnet ID '" + *wanted.subnet_id + "' does not exist");
}

}  // namespace

api::ec2::Reservation Ec2::run_instances(const RequestContext& context,
                                         const api::ec2::RunInstancesRequest& input) {
  Scope scope = scope_of(context);
  ensure_default_group(scope);
  check_count(input);
  std::string digest = request_digest(input);
  if (input.client_token && !input.client_token->empty())
    if (auto earlier = launched_before(scope, *input.client_token, digest)) return *earlier;

  LaunchRequest wanted = read_launch(input);
  SubnetFacts subnet = choose_subnet(scope, wanted);
  InstanceRecord model = launch_model(scope, input, wanted, subnet);
  if (wanted.private_ip) require_free_address(scope, subnet, *wanted.private_ip);
  // RunInstances tags what it makes: the instances, their volumes and their interfaces.
  const std::vector<std::string> taggable = {"instance", "volume", "network-interface"};
  Tags instance_tags = specified_tags(input.tag_specifications, "instance", taggable);
  Tags volume_tags = specified_tags(input.tag_specifications, "volume", taggable);
  Tags interface_tags = specified_tags(input.tag_specifications, "network-interface", taggable);
  if (input.dry_run.value_or(false)) throw dry_run();

  std::vector<InstanceRecord> launched;
  store::Transaction transaction(tables_.database());
  model.request_digest = digest;
  model.reservation_id = new_id("r");
  for (std::int64_t index = 0; index < input.max_count; ++index) {
    InstanceRecord record = model;
    record.id = new_id("i");
    record.sequence = tables_.next_sequence();
    record.launch_index = index;
    record.interface_id = new_id("eni");
    record.interface_attachment_id = new_id("eni-attach");
    record.mac = "02";
    for (char c : entropy_.bytes(5)) record.mac += ":" + base::hex_encode(std::string(1, c));
    record.private_ip = wanted.private_ip ? *wanted.private_ip : address_text(free_address(scope, subnet));
    if (record.wants_public_ip) record.public_ip = lifecycle_.draw_public_ip();
    if (!record.profile_arn.empty()) record.association_id = new_id("iip-assoc");
    for (VolumeRecord volume : wanted.volumes) {
      write_launch_volume(record, volume);
      write_tags(scope, volume.id, volume_tags);
    }
    write_tags(scope, record.id, instance_tags);
    write_tags(scope, record.interface_id, interface_tags);
    tables_.put(record);
    launched.push_back(std::move(record));
  }
  transaction.commit();
  for (const InstanceRecord& record : launched) lifecycle_.launch(record);
  return reservation_answer(scope, model.reservation_id);
}

InstanceRecord Ec2::launch_model(const Scope& scope, const api::ec2::RunInstancesRequest& input,
                                 const LaunchRequest& wanted, const SubnetFacts& subnet) {
  InstanceRecord model;
  model.account = scope.account;
  model.region = scope.region;
  model.image_id = wanted.image->id;
  model.instance_type = wanted.instance_type;
  model.user_data.data = wanted.user_data;
  model.wants_public_ip = wanted.wants_public_ip;
  model.subnet_id = subnet.id;
  model.zone = subnet.zone.name;
  model.zone_id = subnet.zone.id;
  model.group_ids = require_groups(scope, wanted.group_ids, wanted.group_names);
  model.client_token = input.client_token.value_or("");
  model.launch_time = model.attach_time = scheduler_.now();
  model.shutdown_behavior = input.instance_initiated_shutdown_behavior.value_or("stop");
  model.termination_protected = input.disable_api_termination.value_or(false);
  model.stop_protected = input.disable_api_stop.value_or(false);
  model.monitoring = input.monitoring && input.monitoring->enabled;
  model.ebs_optimized = input.ebs_optimized.value_or(false);
  if (input.key_name) {
    std::vector<KeyPairRecord> keys = tables_.key_pairs(scope);
    if (std::none_of(keys.begin(), keys.end(),
                     [&](const KeyPairRecord& key) { return key.name == *input.key_name; }))
      throw error("InvalidKeyPair.NotFound", "The key pair '" + *input.key_name + "' does not exist");
    model.key_name = *input.key_name;
  }
  if (wanted.image->imds_v2_only) {
    model.http_tokens = "required";
    model.hop_limit = 2;
  }
  if (input.metadata_options) apply_metadata_options(*input.metadata_options, model);
  if (input.maintenance_options && input.maintenance_options->auto_recovery)
    model.auto_recovery = *input.maintenance_options->auto_recovery;
  if (input.iam_instance_profile) {
    InstanceProfileFacts profile = require_profile(scope, *input.iam_instance_profile);
    model.profile_arn = profile.arn;
    model.profile_id = profile.id;
  }
  return model;
}

void Ec2::write_launch_volume(const InstanceRecord& instance, VolumeRecord& volume) {
  volume.id = new_id("vol");
  volume.account = instance.account;
  volume.region = instance.region;
  volume.sequence = tables_.next_sequence();
  volume.zone = instance.zone;
  volume.zone_id = instance.zone_id;
  volume.state = "in-use";
  volume.created_at = volume.attached_at = scheduler_.now();
  volume.instance_id = instance.id;
  volume.attachment_state = "attached";
  tables_.put(volume);
}

std::optional<api::ec2::Reservation> Ec2::launched_before(const Scope& scope, const std::string& client_token,
                                                          const std::string& digest) {
  for (const InstanceRecord& earlier : tables_.instances(scope)) {
    if (earlier.client_token != client_token) continue;
    if (earlier.request_digest != digest) throw mismatched_token();
    return reservation_answer(scope, earlier.reservation_id);
  }
  return std::nullopt;
}

api::ec2::Reservation Ec2::reservation_answer(const Scope& scope, const std::string& reservation_id) {
  api::ec2::Reservation answer;
  answer.reservation_id = reservation_id;
  answer.owner_id = scope.account;
  answer.groups.emplace();
  answer.instances.emplace();
  for (const InstanceRecord& record : tables_.instances(scope)) {
    if (record.reservation_id != reservation_id) continue;
    api::ec2::Instance instance = instance_answer(record);
    // RunInstances answers before addresses and disks are there to see (awscli's example of run-instances),
    // and leaves out more of what DescribeInstances shows of the same instance.
    instance.hibernation_options.reset();
    instance.platform_details.reset();
    instance.usage_operation.reset();
    instance.usage_operation_update_time.reset();
    instance.network_performance_options.reset();
    instance.maintenance_options->reboot_migration.reset();
    instance.public_ip_address.reset();
    instance.public_dns_name = "";
    instance.block_device_mappings.emplace();
    for (auto& interface : *instance.network_interfaces) {
      interface.association.reset();
      for (auto& address : *interface.private_ip_addresses) address.association.reset();
    }
    if (record.boots_first()) instance.state_reason = {.code = "pending", .message = "pending"};
    answer.instances->push_back(std::move(instance));
  }
  return answer;
}

// An address for a new interface, drawn among those that nobody has.
std::uint32_t Ec2::free_address(const Scope& scope, const SubnetFacts& subnet) {
  std::vector<InstanceRecord> instances = tables_.instances(scope);
  constexpr std::uint32_t usable = subnet_size - reserved_first - reserved_last;
  std::string raw = entropy_.bytes(2);
  auto start = static_cast<std::uint32_t>(static_cast<unsigned char>(raw[0]) << 8 |
                                          static_cast<unsigned char>(raw[1]));
  for (std::uint32_t step = 0; step < usable; ++step) {
    std::uint32_t address = subnet.first_address + reserved_first + (start + step) % usable;
    std::string text = address_text(address);
    if (std::none_of(instances.begin(), instances.end(),
                     [&](const InstanceRecord& other) { return other.exists() && other.private_ip == text; }))
      return address;
  }
  throw error("InsufficientFreeAddressesInSubnet",
              "The specified subnet does not have enough free addresses to satisfy the request.");
}

void Ec2::require_free_address(const Scope& scope, const SubnetFacts& subnet, const std::string& address) {
  auto number = parse_address(address);
  if (!number) throw invalid_value("Invalid IPv4 address: " + address);
  if (*number < subnet.first_address || *number >= subnet.first_address + subnet_size)
    throw invalid_value("Address " + address + " does not fall within the subnet's address range");
  std::uint32_t offset = *number - subnet.first_address;
  if (offset < reserved_first || offset >= subnet_size - reserved_last)
    throw invalid_value("Address " + address + " is in subnet's reserved address range");
  for (const InstanceRecord& other : tables_.instances(scope))
    if (other.exists() && other.private_ip == address)
      throw error("InvalidIPAddress.InUse", "Address " + address + " is in use.");
}

}  // namespace squall::services::ec2
