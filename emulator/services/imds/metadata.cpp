#include "emulator/services/imds/metadata.hpp"

#include <algorithm>

#include "emulator/services/ec2/images.hpp"

namespace squall::services::imds {
namespace {

using ec2::InstanceView;
using Text = std::optional<std::string>;

Text when_set(const std::string& value) { return value.empty() ? Text{} : Text{value}; }

Text private_name(const InstanceView& i) {
  return ec2::private_dns_name(i.record.region, i.record.private_ip);
}
Text public_name(const InstanceView& i) {
  return i.record.public_ip.empty() ? Text{} : ec2::public_dns_name(i.record.region, i.record.public_ip);
}
Text group_names(const InstanceView& i) { return listing(i.group_names); }
Text group_ids(const InstanceView& i) { return listing(i.record.group_ids); }
Text private_ip(const InstanceView& i) { return i.record.private_ip; }
Text public_ip(const InstanceView& i) { return when_set(i.record.public_ip); }
Text root_device(const InstanceView& i) {
  const ec2::StockImage* image = ec2::find_image(i.record.image_id);
  return image ? Text{std::string(image->root_device_name)} : Text{};
}
Text subnet_cidr(const InstanceView& i) {
  for (const ec2::SubnetFacts& subnet : ec2::default_subnets(i.record.scope()))
    if (subnet.id == i.record.subnet_id) return subnet.cidr;
  return {};
}
// The association of the public address lists the private one.
Text public_association(const InstanceView& i) {
  return i.record.public_ip.empty() ? Text{} : Text{i.record.private_ip};
}

struct Leaf {
  std::string_view path;  // $MAC and $PUBLIC stand for the instance's own
  Text (*value)(const InstanceView&);
};

// In the order of AWS's listings, which is by name. A leaf without a value is not there.
const Leaf leaves[] = {
    {"ami-id", [](const InstanceView& i) { return Text{i.record.image_id}; }},
    {"ami-launch-index", [](const InstanceView& i) { return Text{std::to_string(i.record.launch_index)}; }},
    {"ami-manifest-path", [](const InstanceView&) { return Text{"(unknown)"}; }},
    {"block-device-mapping/ami", root_device},
    {"block-device-mapping/root", root_device},
    {"events/maintenance/history", [](const InstanceView&) { return Text{"[]"}; }},
    {"events/maintenance/scheduled", [](const InstanceView&) { return Text{"[]"}; }},
    {"hostname", private_name},
    {"instance-action", [](const InstanceView&) { return Text{"none"}; }},
    {"instance-id", [](const InstanceView& i) { return Text{i.record.id}; }},
    {"instance-life-cycle", [](const InstanceView&) { return Text{"on-demand"}; }},
    {"instance-type", [](const InstanceView& i) { return Text{i.record.instance_type}; }},
    {"local-hostname", private_name},
    {"local-ipv4", private_ip},
    {"mac", [](const InstanceView& i) { return Text{i.record.mac}; }},
    {"network/interfaces/macs/$MAC/device-number", [](const InstanceView&) { return Text{"0"}; }},
    {"network/interfaces/macs/$MAC/interface-id",
     [](const InstanceView& i) { return Text{i.record.interface_id}; }},
    {"network/interfaces/macs/$MAC/ipv4-associations/$PUBLIC", public_association},
    {"network/interfaces/macs/$MAC/local-hostname", private_name},
    {"network/interfaces/macs/$MAC/local-ipv4s", private_ip},
    {"network/interfaces/macs/$MAC/mac", [](const InstanceView& i) { return Text{i.record.mac}; }},
    {"network/interfaces/macs/$MAC/owner-id", [](const InstanceView& i) { return Text{i.record.account}; }},
    {"network/interfaces/macs/$MAC/public-hostname", public_name},
    {"network/interfaces/macs/$MAC/public-ipv4s", public_ip},
    {"network/interfaces/macs/$MAC/security-group-ids", group_ids},
    {"network/interfaces/macs/$MAC/security-groups", group_names},
    {"network/interfaces/macs/$MAC/subnet-id",
     [](const InstanceView& i) { return Text{i.record.subnet_id}; }},
    {"network/interfaces/macs/$MAC/subnet-ipv4-cidr-block", subnet_cidr},
    {"network/interfaces/macs/$MAC/vpc-id",
     [](const InstanceView& i) { return Text{ec2::default_vpc_id(i.record.scope())}; }},
    {"network/interfaces/macs/$MAC/vpc-ipv4-cidr-block",
     [](const InstanceView&) { return Text{std::string(ec2::vpc_cidr)}; }},
    {"network/interfaces/macs/$MAC/vpc-ipv4-cidr-blocks",
     [](const InstanceView&) { return Text{std::string(ec2::vpc_cidr)}; }},
    {"placement/availability-zone", [](const InstanceView& i) { return Text{i.record.zone}; }},
    {"placement/availability-zone-id", [](const InstanceView& i) { return Text{i.record.zone_id}; }},
    {"placement/region", [](const InstanceView& i) { return Text{i.record.region}; }},
    {"profile", [](const InstanceView&) { return Text{"default-hvm"}; }},
    {"public-hostname", public_name},
    {"public-ipv4", public_ip},
    {"reservation-id", [](const InstanceView& i) { return Text{i.record.reservation_id}; }},
    {"security-groups", group_names},
    {"services/domain", [](const InstanceView&) { return Text{"amazonaws.com"}; }},
    {"services/partition", [](const InstanceView&) { return Text{"aws"}; }},
    {"system",
     [](const InstanceView& i) {
       const ec2::InstanceTypeFacts* type = ec2::find_instance_type(i.record.instance_type);
       return Text{type && !type->on_nitro() ? "xen" : "nitro"};
     }},
};

std::string own_path(std::string_view path, const InstanceView& instance) {
  std::string text(path);
  auto replace = [&](std::string_view mark, const std::string& value) {
    if (std::size_t at = text.find(mark); at != std::string::npos) text.replace(at, mark.size(), value);
  };
  replace("$MAC", instance.record.mac);
  replace("$PUBLIC", instance.record.public_ip);
  return text;
}

// tags/instance/KEY, where the instance allows it; keys may hold slashes nowhere here.
Text tag_metadata(const InstanceView& instance, std::string_view path) {
  if (instance.record.metadata_tags != "enabled") return {};
  if (path == "tags") return "instance/";
  constexpr std::string_view below = "tags/instance";
  if (path == below) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : instance.tags) keys.push_back(key);
    return listing(keys);
  }
  if (!path.starts_with("tags/instance/")) return {};
  auto found = instance.tags.find(std::string(path.substr(below.size() + 1)));
  return found == instance.tags.end() ? Text{} : Text{found->second};
}

// public-keys/0/openssh-key
Text key_metadata(const InstanceView& instance, std::string_view path) {
  if (instance.public_key.empty()) return {};
  if (path == "public-keys") return "0=" + instance.record.key_name;
  if (path == "public-keys/0") return "openssh-key";
  if (path == "public-keys/0/openssh-key") return instance.public_key;
  return {};
}

void add_sorted(std::vector<std::string>& names, std::string name) {
  auto at = std::lower_bound(names.begin(), names.end(), name);
  if (at == names.end() || *at != name) names.insert(at, std::move(name));
}

std::string json_text(const std::string& value) { return "\"" + value + "\""; }

}  // namespace

std::string listing(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : "\n") + name;
  return text;
}

std::optional<std::string> metadata(const InstanceView& instance, std::string_view path,
                                    const std::vector<std::string>& more) {
  if (path == "tags" || path.starts_with("tags/")) return tag_metadata(instance, path);
  if (path == "public-keys" || path.starts_with("public-keys/")) return key_metadata(instance, path);
  std::string directory = path.empty() ? "" : std::string(path) + "/";
  std::vector<std::string> names;
  for (const Leaf& leaf : leaves) {
    bool own = leaf.path.find('$') != std::string_view::npos;
    std::string replaced = own ? own_path(leaf.path, instance) : std::string();
    std::string_view full = own ? std::string_view(replaced) : leaf.path;
    if (full == path) return leaf.value(instance);
    if (!full.starts_with(directory)) continue;
    std::string_view rest = full.substr(directory.size());
    std::size_t slash = rest.find('/');
    if (!leaf.value(instance)) continue;
    add_sorted(names, std::string(rest.substr(0, slash == std::string_view::npos ? slash : slash + 1)));
  }
  if (names.empty()) return std::nullopt;
  if (path.empty()) {
    for (const std::string& name : more) add_sorted(names, name);
    if (instance.record.metadata_tags == "enabled" && !instance.tags.empty()) add_sorted(names, "tags/");
    if (!instance.public_key.empty()) add_sorted(names, "public-keys/");
  }
  return listing(names);
}

std::string identity_document(const InstanceView& instance) {
  const ec2::InstanceRecord& record = instance.record;
  const ec2::StockImage* image = ec2::find_image(record.image_id);
  std::pair<std::string_view, std::string> members[] = {
      {"accountId", json_text(record.account)},
      {"architecture", json_text(image ? std::string(image->architecture) : "x86_64")},
      {"availabilityZone", json_text(record.zone)},
      {"billingProducts", "null"},
      {"devpayProductCodes", "null"},
      {"marketplaceProductCodes", "null"},
      {"imageId", json_text(record.image_id)},
      {"instanceId", json_text(record.id)},
      {"instanceType", json_text(record.instance_type)},
      {"kernelId", "null"},
      {"pendingTime", json_text(base::iso8601(record.launch_time))},
      {"privateIp", json_text(record.private_ip)},
      {"ramdiskId", "null"},
      {"region", json_text(record.region)},
      {"version", json_text("2017-09-30")},
  };
  std::string text = "{";
  for (const auto& [name, value] : members) {
    if (text.size() > 1) text += ',';
    text += "\n  \"" + std::string(name) + "\" : " + value;
  }
  return text + "\n}";
}

}  // namespace squall::services::imds
