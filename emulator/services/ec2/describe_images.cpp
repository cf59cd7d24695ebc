// DescribeImages over the stock list.
#include <algorithm>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/images.hpp"
#include "emulator/services/ec2/launch.hpp"
#include "emulator/services/ec2/pages.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

using api::ec2::Image;

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
  if (stock.root_volume_type == "gp3") {
    VolumeRecord disk;
    disk.volume_type = stock.root_volume_type;
    disk.size_gib = stock.root_size_gib;
    complete_volume(disk);
    api::ec2::EbsBlockDevice& root = *image.block_device_mappings->front().ebs;
    root.iops = disk.iops;
    root.throughput = disk.throughput;
  }
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

}  // namespace squall::services::ec2
