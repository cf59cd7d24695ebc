// DescribeImages and DescribeInstanceTypes over the stock lists.
#include <algorithm>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/images.hpp"
#include "emulator/services/ec2/pages.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

using api::ec2::Image, api::ec2::InstanceTypeInfo;

Texts text_of(const std::optional<std::string>& value) { return texts(value); }

template <auto Member>
Texts disk(const Image& image) {
  if (!image.block_device_mappings) return {};
  return texts((*image.block_device_mappings->front().ebs).*Member);
}

const FilterField<Image> image_fields[] = {
    {"image-id", [](const Image& image) { return text_of(image.image_id); }},
    {"name", [](const Image& image) { return text_of(image.name); }},
    {"description", [](const Image& image) { return text_of(image.description); }},
    {"owner-id", [](const Image& image) { return text_of(image.owner_id); }},
    {"owner-alias", [](const Image& image) { return text_of(image.image_owner_alias); }},
    {"architecture", [](const Image& image) { return text_of(image.architecture); }},
    {"state", [](const Image& image) { return text_of(image.state); }},
    {"image-type", [](const Image& image) { return text_of(image.image_type); }},
    {"is-public", [](const Image& image) { return texts(image.public_); }},
    {"hypervisor", [](const Image& image) { return text_of(image.hypervisor); }},
    {"virtualization-type", [](const Image& image) { return text_of(image.virtualization_type); }},
    {"root-device-type", [](const Image& image) { return text_of(image.root_device_type); }},
    {"root-device-name", [](const Image& image) { return text_of(image.root_device_name); }},
    {"platform", [](const Image& image) { return text_of(image.platform); }},
    {"creation-date", [](const Image& image) { return text_of(image.creation_date); }},
    {"ena-support", [](const Image& image) { return texts(image.ena_support); }},
    {"sriov-net-support", [](const Image& image) { return text_of(image.sriov_net_support); }},
    {"manifest-location", [](const Image& image) { return text_of(image.image_location); }},
    {"image-allowed"},
    {"kernel-id"},
    {"product-code"},
    {"product-code.type"},
    {"ramdisk-id"},
    {"source-image-id"},
    {"source-image-region"},
    {"source-instance-id"},
    {"state-reason-code"},
    {"state-reason-message"},
    {"block-device-mapping.device-name",
     [](const Image& image) {
       return image.block_device_mappings ? text_of(image.block_device_mappings->front().device_name)
                                          : Texts{};
     }},
    {"block-device-mapping.volume-type", disk<&api::ec2::EbsBlockDevice::volume_type>},
    {"block-device-mapping.volume-size", disk<&api::ec2::EbsBlockDevice::volume_size>},
    {"block-device-mapping.snapshot-id", disk<&api::ec2::EbsBlockDevice::snapshot_id>},
    {"block-device-mapping.delete-on-termination", disk<&api::ec2::EbsBlockDevice::delete_on_termination>},
    {"block-device-mapping.encrypted", disk<&api::ec2::EbsBlockDevice::encrypted>},
};

Image image_answer(const StockImage& stock) {
  Image image;
  std::string owner =
      stock.owner_alias.empty() ? std::string(stock.owner_id) : std::string(stock.owner_alias);
  image.image_id = stock.id;
  image.name = stock.name;
  image.description = stock.description;
  image.image_location = owner + "/" + std::string(stock.name);
  image.owner_id = stock.owner_id;
  if (!stock.owner_alias.empty()) image.image_owner_alias = stock.owner_alias;
  image.architecture = stock.architecture;
  image.creation_date = stock.creation_date;
  image.image_type = "machine";
  image.public_ = true;
  image.platform_details = stock.platform_details;
  image.usage_operation = stock.usage_operation;
  image.state = "available";
  image.ena_support = true;
  image.hypervisor = "xen";
  image.root_device_name = stock.root_device_name;
  image.root_device_type = "ebs";
  image.sriov_net_support = "simple";
  image.virtualization_type = "hvm";
  if (!stock.boot_mode.empty()) image.boot_mode = stock.boot_mode;
  if (stock.imds_v2_only) image.imds_support = "v2.0";
  image.block_device_mappings = {api::ec2::BlockDeviceMapping{
      .ebs = api::ec2::EbsBlockDevice{.delete_on_termination = true,
                                      .snapshot_id = std::string(stock.snapshot_id),
                                      .volume_size = stock.root_size_gib,
                                      .volume_type = std::string(stock.root_volume_type),
                                      .encrypted = false},
      .device_name = std::string(stock.root_device_name)}};
  return image;
}

// An owner is an account, "amazon", "aws-marketplace" or "self"; the stock images belong to nobody's own
// account.
bool owned_by(const StockImage& image, const Texts& owners, const std::string& account) {
  return std::any_of(owners.begin(), owners.end(), [&](const std::string& owner) {
    return owner == image.owner_id || (!image.owner_alias.empty() && owner == image.owner_alias) ||
           (owner == "self" && account == image.owner_id);
  });
}

const FilterField<InstanceTypeInfo> type_fields[] = {
    {"instance-type", [](const InstanceTypeInfo& type) { return texts(type.instance_type); }},
    {"current-generation", [](const InstanceTypeInfo& type) { return texts(type.current_generation); }},
    {"free-tier-eligible", [](const InstanceTypeInfo& type) { return texts(type.free_tier_eligible); }},
    {"burstable-performance-supported",
     [](const InstanceTypeInfo& type) { return texts(type.burstable_performance_supported); }},
    {"bare-metal", [](const InstanceTypeInfo& type) { return texts(type.bare_metal); }},
    {"hypervisor", [](const InstanceTypeInfo& type) { return texts(type.hypervisor); }},
    {"auto-recovery-supported",
     [](const InstanceTypeInfo& type) { return texts(type.auto_recovery_supported); }},
    {"processor-info.supported-architecture",
     [](const InstanceTypeInfo& type) {
       return type.processor_info ? *type.processor_info->supported_architectures : Texts{};
     }},
    {"memory-info.size-in-mib",
     [](const InstanceTypeInfo& type) {
       return type.memory_info ? texts(type.memory_info->size_in_mi_b) : Texts{};
     }},
    {"vcpu-info.default-vcpus",
     [](const InstanceTypeInfo& type) {
       return type.v_cpu_info ? texts(type.v_cpu_info->default_v_cpus) : Texts{};
     }},
    {"supported-root-device-type",
     [](const InstanceTypeInfo& type) { return type.supported_root_device_types.value_or(Texts{}); }},
    {"supported-virtualization-type",
     [](const InstanceTypeInfo& type) { return type.supported_virtualization_types.value_or(Texts{}); }},
};

InstanceTypeInfo type_answer(const InstanceTypeFacts& facts) {
  InstanceTypeInfo type;
  type.instance_type = facts.name;
  type.current_generation = !facts.name.starts_with("m1.");
  type.free_tier_eligible = facts.free_tier;
  type.supported_usage_classes = {{"on-demand", "spot"}};
  type.supported_root_device_types = {{"ebs"}};
  type.supported_virtualization_types = {{"hvm"}};
  type.bare_metal = false;
  type.hypervisor = facts.on_nitro() ? "nitro" : "xen";
  type.processor_info = {.supported_architectures = Texts{std::string(facts.architecture)},
                         .sustained_clock_speed_in_ghz = facts.clock_ghz};
  type.v_cpu_info = {.default_v_cpus = facts.vcpus,
                     .default_cores = facts.vcpus / facts.threads_per_core,
                     .default_threads_per_core = facts.threads_per_core};
  type.memory_info = {.size_in_mi_b = facts.memory_mib};
  type.instance_storage_supported = false;
  type.network_info = api::ec2::NetworkInfo{.network_performance = std::string(facts.network)};
  type.hibernation_supported = false;
  type.burstable_performance_supported = facts.burstable;
  type.dedicated_hosts_supported = false;
  type.auto_recovery_supported = true;
  return type;
}

}  // namespace

api::ec2::DescribeImagesResult Ec2::describe_images(const RequestContext& context,
                                                    const api::ec2::DescribeImagesRequest& input) {
  Texts unknown;
  for (const std::string& id : input.image_ids.value_or(Texts{})) {
    require_id(id, "ami", "InvalidAMIID.Malformed");
    if (!find_image(id)) unknown.push_back(id);
  }
  if (!unknown.empty()) {
    std::string list;
    for (const std::string& id : unknown) list += (list.empty() ? "" : ", ") + id;
    throw error("InvalidAMIID.NotFound", unknown.size() == 1 ? "The image id '[" + list + "]' does not exist"
                                                             : "The image ids '[" + list + "]' do not exist");
  }
  std::vector<Image> images;
  for (const StockImage& stock : stock_images()) {
    if (input.image_ids &&
        std::find(input.image_ids->begin(), input.image_ids->end(), stock.id) == input.image_ids->end())
      continue;
    if (input.owners && !owned_by(stock, *input.owners, context.account())) continue;
    // All are launchable by everybody, so only "self" (explicit permission) leaves them out.
    if (input.executable_users && std::find(input.executable_users->begin(), input.executable_users->end(),
                                            "all") == input.executable_users->end())
      continue;
    images.push_back(image_answer(stock));
  }
  images = filtered(input.filters, std::span<const FilterField<Image>>(image_fields), std::move(images),
                    [](const Image& image) -> const ApiTags& { return image.tags; });
  if (input.dry_run.value_or(false)) throw dry_run();
  api::ec2::DescribeImagesResult result;
  result.next_token = take_page(images, input.max_results, input.next_token,
                                [](const Image& image) { return *image.image_id; }, {1, 1000});
  result.images = std::move(images);
  return result;
}

api::ec2::DescribeInstanceTypesResult Ec2::describe_instance_types(
    const RequestContext&, const api::ec2::DescribeInstanceTypesRequest& input) {
  std::vector<InstanceTypeInfo> types;
  std::string unknown;
  for (const std::string& name : input.instance_types.value_or(Texts{}))
    if (!find_instance_type(name)) unknown += (unknown.empty() ? "" : ", ") + name;
  if (!unknown.empty())
    throw error("InvalidInstanceType",
                "The following supplied instance types do not exist: [" + unknown + "]");
  for (const InstanceTypeFacts& facts : instance_types())
    if (!input.instance_types || std::find(input.instance_types->begin(), input.instance_types->end(),
                                           facts.name) != input.instance_types->end())
      types.push_back(type_answer(facts));
  types = filtered(input.filters, std::span<const FilterField<InstanceTypeInfo>>(type_fields),
                   std::move(types), NoTags{});
  if (input.dry_run.value_or(false)) throw dry_run();
  api::ec2::DescribeInstanceTypesResult result;
  result.next_token = take_page(types, input.max_results, input.next_token,
                                [](const InstanceTypeInfo& type) { return *type.instance_type; }, {5, 100});
  result.instance_types = std::move(types);
  return result;
}

}  // namespace squall::services::ec2
