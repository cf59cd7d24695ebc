// The filters of DescribeInstances, over what the operation answers.
#pragma once
#include <span>
#include <string>

#include "emulator/services/ec2/filters.hpp"

namespace squall::services::ec2 {

// An instance with what its filters see beside itself: its reservation.
struct InstanceItem {
  std::string reservation_id, owner_id;
  api::ec2::Instance instance;
};

std::span<const FilterField<InstanceItem>> instance_filters();

}  // namespace squall::services::ec2
