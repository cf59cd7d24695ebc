#include "emulator/services/ec2/launch.hpp"

#include <algorithm>

#include "emulator/base/encoding.hpp"
#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/places.hpp"

namespace squall::services::ec2 {
namespace {

using api::ec2::RunInstancesRequest;

constexpr std::size_t user_data_limit_bytes = 16384;
constexpr std::string_view default_type = "m1.small";  // EC2's own default

const StockImage* read_image(const RunInstancesRequest& input) {
  if (!input.image_id || input.image_id->empty()) throw missing_parameter("ImageId");
  require_id(*input.image_id, "ami", "InvalidAMIID.Malformed");
  const StockImage* image = find_image(*input.image_id);
  if (!image) throw error("InvalidAMIID.NotFound", "The image id '[" + *input.image_id + "]' does not exist");
  return image;
}

void check_architecture(const std::string& instance_type, const StockImage& image) {
  const InstanceTypeFacts* type = find_instance_type(instance_type);
  if (!type) throw invalid_value("Invalid value '" + instance_type + "' for InstanceType.");
  if (type->architecture != image.architecture)
    throw invalid_value("The architecture '" + std::string(type->architecture) +
                        "' of the specified instance type does not match the architecture '" +
                        std::string(image.architecture) +
                        "' of the specified AMI. Specify an instance type and an AMI that have matching "
                        "architectures, and try again. You can use 'describe-instance-types' or "
                        "'describe-images' to discover the architecture of the instance type or AMI.");
}

void read_interface(const RunInstancesRequest& input, LaunchRequest& wanted) {
  if (!input.network_interfaces || input.network_interfaces->empty()) return;
  if (input.subnet_id)
    throw invalid_combination(
        "Network interfaces and an instance-level subnet ID may not be specified on the same request");
  if (input.security_group_ids || input.security_groups)
    throw invalid_combination(
        "Network interfaces and an instance-level security groups may not be specified on the same request");
  if (input.private_ip_address)
    throw invalid_combination(
        "Network interfaces and an instance-level private IP address may not be specified on the same "
        "request");
  if (input.network_interfaces->size() > 1) throw not_served("NetworkInterface.2");
  const auto& interface = input.network_interfaces->front();
  if (interface.device_index.value_or(0) != 0)
    throw invalid_value("Invalid value for 'device index': the primary network interface has device index 0");
  if (interface.network_card_index.value_or(0) != 0) throw not_served("NetworkInterface.1.NetworkCardIndex");
  if (interface.interface_type && *interface.interface_type != "interface")
    throw not_served("NetworkInterface.1.InterfaceType");
  if (interface.delete_on_termination == false) throw not_served("NetworkInterface.1.DeleteOnTermination");
  wanted.subnet_id = interface.subnet_id;
  wanted.private_ip = interface.private_ip_address;
  wanted.group_ids = interface.groups;
  wanted.wants_public_ip = interface.associate_public_ip_address.value_or(true);
}

void read_placement(const RunInstancesRequest& input, LaunchRequest& wanted) {
  if (!input.placement) return;
  const auto& placement = *input.placement;
  if (placement.tenancy && *placement.tenancy != "default") throw not_served("Placement.Tenancy");
  if (placement.group_name && !placement.group_name->empty()) throw not_served("Placement.GroupName");
  wanted.zone = placement.availability_zone;
}

// One block device mapping over what the volume is already.
void read_ebs(const api::ec2::EbsBlockDevice& ebs, VolumeRecord& volume, std::int64_t least_gib) {
  if (ebs.snapshot_id && *ebs.snapshot_id != volume.snapshot_id)
    throw error("InvalidSnapshot.NotFound", "The snapshot '" + *ebs.snapshot_id + "' does not exist.");
  if (ebs.volume_type) {
    volume.volume_type = *ebs.volume_type;
    volume.iops = volume.throughput = 0;
  }
  if (ebs.volume_size) volume.size_gib = *ebs.volume_size;
  if (volume.size_gib < least_gib)
    throw error("InvalidBlockDeviceMapping", "Volume of size " + std::to_string(volume.size_gib) +
                                                 "GB is smaller than snapshot '" + volume.snapshot_id +
                                                 "', expect size >= " + std::to_string(least_gib) + "GB");
  if (ebs.iops) volume.iops = *ebs.iops;
  if (ebs.throughput) volume.throughput = *ebs.throughput;
  volume.encrypted = ebs.encrypted.value_or(volume.encrypted);
  volume.delete_on_termination = ebs.delete_on_termination.value_or(true);
}

std::vector<VolumeRecord> read_volumes(const RunInstancesRequest& input, const StockImage& image) {
  VolumeRecord root;
  root.root = root.delete_on_termination = true;
  root.device = image.root_device_name;
  root.size_gib = image.root_size_gib;
  root.volume_type = image.root_volume_type;
  root.snapshot_id = image.snapshot_id;
  std::vector<VolumeRecord> volumes = {root};
  for (const auto& mapping :
       input.block_device_mappings.value_or(std::vector<api::ec2::BlockDeviceMapping>{})) {
    if (!mapping.device_name || mapping.device_name->empty())
      throw missing_parameter("BlockDeviceMapping.DeviceName");
    if (!mapping.ebs)
      throw error("InvalidBlockDeviceMapping",
                  "The block device mapping for " + *mapping.device_name + " has no Ebs");
    if (*mapping.device_name == root.device) {
      read_ebs(*mapping.ebs, volumes.front(), image.root_size_gib);
      continue;
    }
    if (std::any_of(volumes.begin(), volumes.end(),
                    [&](const VolumeRecord& one) { return one.device == *mapping.device_name; }))
      throw error("InvalidBlockDeviceMapping",
                  "The device '" + *mapping.device_name + "' is used in more than one block-device mapping");
    VolumeRecord volume;
    volume.device = *mapping.device_name;
    volume.volume_type = "gp2";
    volume.size_gib = 0;
    read_ebs(*mapping.ebs, volume, 0);
    if (volume.size_gib == 0) throw missing_parameter("size or snapshotId");
    volumes.push_back(std::move(volume));
  }
  for (VolumeRecord& volume : volumes) complete_volume(volume);
  return volumes;
}

}  // namespace

LaunchRequest read_launch(const RunInstancesRequest& input) {
  LaunchRequest wanted;
  wanted.image = read_image(input);
  wanted.instance_type = input.instance_type.value_or(std::string(default_type));
  check_architecture(wanted.instance_type, *wanted.image);
  wanted.subnet_id = input.subnet_id;
  wanted.private_ip = input.private_ip_address;
  wanted.group_ids = input.security_group_ids;
  wanted.group_names = input.security_groups;
  read_interface(input, wanted);
  read_placement(input, wanted);
  if (input.user_data) wanted.user_data = decode_user_data(*input.user_data);
  wanted.volumes = read_volumes(input, *wanted.image);
  if (wanted.private_ip && input.max_count > 1)
    throw invalid_combination("The parameter 'privateIpAddress' may not be used with more than one instance");
  return wanted;
}

std::string decode_user_data(const std::string& text) {
  std::string compact = text;
  std::erase_if(compact, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  auto bytes = base::base64_decode(compact);
  if (!bytes) throw invalid_value("Invalid BASE64 encoding of user data.");
  if (bytes->size() > user_data_limit_bytes) throw invalid_value("User data is limited to 16384 bytes");
  return *bytes;
}

void apply_metadata_options(const api::ec2::InstanceMetadataOptionsRequest& options,
                            InstanceRecord& instance) {
  if (options.http_protocol_ipv6 && *options.http_protocol_ipv6 != "disabled")
    throw not_served("MetadataOptions.HttpProtocolIpv6");
  if (options.http_put_response_hop_limit &&
      (*options.http_put_response_hop_limit < 1 || *options.http_put_response_hop_limit > 64))
    throw invalid_value(
        "Value (" + std::to_string(*options.http_put_response_hop_limit) +
        ") for parameter HttpPutResponseHopLimit is invalid. Expecting a value between 1 and 64");
  if (options.http_tokens) instance.http_tokens = *options.http_tokens;
  if (options.http_endpoint) instance.http_endpoint = *options.http_endpoint;
  if (options.instance_metadata_tags) instance.metadata_tags = *options.instance_metadata_tags;
  if (options.http_put_response_hop_limit) instance.hop_limit = *options.http_put_response_hop_limit;
}

}  // namespace squall::services::ec2
