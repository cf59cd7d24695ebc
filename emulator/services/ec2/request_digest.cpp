// What RunInstances' idempotency compares: every parameter that Squall serves, but the client token and
// DryRun. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Run_Instance_Idempotency.html
#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/services/ec2/launch.hpp"

namespace squall::services::ec2 {
namespace {

namespace model = api::ec2;

// Writes values one after the other so that two different requests never give the same text.
class Parameters {
 public:
  template <class... Values>
  Parameters& operator()(const Values&... values) {
    (add(values), ...);
    return *this;
  }
  std::string digest() const { return base::hex_encode(base::sha256(text_)); }

 private:
  void add(const std::string& value) { text_ += std::to_string(value.size()) + ":" + value; }
  void add(std::int64_t value) { add(std::to_string(value)); }
  void add(bool value) { add(std::int64_t{value}); }
  template <class T>
  void add(const std::optional<T>& value) {
    text_ += value ? '+' : '-';
    if (value) add(*value);
  }
  template <class T>
  void add(const std::vector<T>& values) {
    add(static_cast<std::int64_t>(values.size()));
    for (const T& value : values) add(value);
  }

  void add(const model::Tag& tag) { (*this)(tag.key, tag.value); }
  void add(const model::TagSpecification& one) { (*this)(one.resource_type, one.tags); }
  void add(const model::EbsBlockDevice& ebs) {
    (*this)(ebs.volume_type, ebs.volume_size, ebs.iops, ebs.throughput, ebs.encrypted, ebs.snapshot_id,
            ebs.delete_on_termination);
  }
  void add(const model::BlockDeviceMapping& mapping) { (*this)(mapping.device_name, mapping.ebs); }
  void add(const model::InstanceNetworkInterfaceSpecification& one) {
    (*this)(one.device_index, one.subnet_id, one.private_ip_address, one.groups,
            one.associate_public_ip_address);
  }
  void add(const model::Placement& placement) { (*this)(placement.availability_zone); }
  void add(const model::IamInstanceProfileSpecification& profile) { (*this)(profile.name, profile.arn); }
  void add(const model::RunInstancesMonitoringEnabled& monitoring) { (*this)(monitoring.enabled); }
  void add(const model::InstanceMetadataOptionsRequest& options) {
    (*this)(options.http_tokens, options.http_put_response_hop_limit, options.http_endpoint,
            options.instance_metadata_tags);
  }
  void add(const model::InstanceMaintenanceOptionsRequest& options) { (*this)(options.auto_recovery); }

  std::string text_;
};

}  // namespace

std::string request_digest(const model::RunInstancesRequest& input) {
  Parameters parameters;
  parameters(input.image_id, input.instance_type, input.min_count, input.max_count, input.key_name,
             input.subnet_id, input.private_ip_address, input.security_group_ids, input.security_groups,
             input.network_interfaces, input.placement, input.block_device_mappings, input.user_data,
             input.iam_instance_profile, input.monitoring, input.metadata_options, input.maintenance_options,
             input.disable_api_termination, input.disable_api_stop, input.ebs_optimized,
             input.instance_initiated_shutdown_behavior, input.tag_specifications);
  return parameters.digest();
}

}  // namespace squall::services::ec2
