// What a RunInstances request asks for, read and checked without looking at any state.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "emulator/services/ec2/images.hpp"
#include "emulator/services/ec2/records.hpp"
#include "squall/api/ec2.hpp"

namespace squall::services::ec2 {

struct LaunchRequest {
  const StockImage* image = nullptr;
  std::string instance_type;
  std::optional<std::string> subnet_id, zone, private_ip;
  std::optional<std::vector<std::string>> group_ids, group_names;
  bool wants_public_ip = true;        // the default subnets give one
  std::string user_data;              // base64 undone
  std::vector<VolumeRecord> volumes;  // the root volume first; ids and places are not set yet
};

// Throws EC2's error for a request that cannot be launched anywhere.
LaunchRequest read_launch(const api::ec2::RunInstancesRequest& input);

// The same for two requests that ask for the same (RunInstances' idempotency; request_digest.cpp).
std::string request_digest(const api::ec2::RunInstancesRequest& input);

// Undoes the base64 of user data; throws InvalidParameterValue for bad base64 and for more than 16 KiB.
std::string decode_user_data(const std::string& base64);

// The metadata options of a request, whose words the gateway has validated, over those that the instance has.
void apply_metadata_options(const api::ec2::InstanceMetadataOptionsRequest& options,
                            InstanceRecord& instance);

// Fills in what a volume's type gives by itself: IOPS and throughput. Throws for an unknown type, and for a
// size, IOPS or a throughput that the type does not have (volume_types.cpp).
void complete_volume(VolumeRecord& volume);

}  // namespace squall::services::ec2
