// The stock images and instance types that exist in every region. Their ids are the same in all regions and
// all versions of Squall, so that a script or a test can name them (on AWS they differ by region and change
// monthly).
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace squall::services::ec2 {

struct StockImage {
  std::string_view id;
  std::string_view name;
  std::string_view description;
  std::string_view owner_id;
  std::string_view owner_alias;   // "amazon"; empty: none
  std::string_view architecture;  // "x86_64", "arm64"
  std::string_view root_device_name;
  std::int64_t root_size_gib;
  std::string_view root_volume_type;  // "gp2", "gp3"
  std::string_view creation_date;     // "2024-06-01T00:00:00.000Z"
  std::string_view snapshot_id;
  std::string_view boot_mode;  // "uefi", "uefi-preferred"; empty: the image says nothing
  bool imds_v2_only = false;   // the image's ImdsSupport is v2.0: instances default to required tokens
  std::string_view platform_details = "Linux/UNIX";
  std::string_view usage_operation = "RunInstances";
};

std::span<const StockImage> stock_images();
const StockImage* find_image(std::string_view id);

struct InstanceTypeFacts {
  std::string_view name;  // "t3.micro"
  std::string_view architecture;
  int vcpus;
  int threads_per_core;
  int memory_mib;
  double clock_ghz;
  std::string_view network;                 // "Up to 5 Gigabit"
  int interfaces, addresses_per_interface;  // at most
  struct Volumes {
    int baseline_mbps = 0, most_mbps = 0, baseline_iops = 0, most_iops = 0;  // 0: not EBS-optimized
  } volumes;
  bool burstable;
  bool free_tier = false;

  int cores() const { return vcpus / threads_per_core; }
  // The older families run on Xen.
  bool on_nitro() const { return !name.starts_with("t2.") && !name.starts_with("m1."); }
};

std::span<const InstanceTypeFacts> instance_types();
const InstanceTypeFacts* find_instance_type(std::string_view name);

}  // namespace squall::services::ec2
