// DescribeInstanceTypes over the stock list; what is not in the list follows from a type's family and size.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeInfo.html
#include <algorithm>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/images.hpp"
#include "emulator/services/ec2/pages.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

using api::ec2::EbsInfo, api::ec2::EbsOptimizedInfo, api::ec2::InstanceTypeInfo, api::ec2::NetworkInfo,
    api::ec2::ProcessorInfo, api::ec2::VCpuInfo;
using Type = InstanceTypeInfo;

const char* support(bool supported) { return supported ? "supported" : "unsupported"; }

bool is_arm(const InstanceTypeFacts& facts) { return facts.architecture == "arm64"; }
bool is_first_generation(const InstanceTypeFacts& facts) { return facts.name.starts_with("m1."); }
bool is_sixth_intel(const InstanceTypeFacts& facts) {
  return facts.name.starts_with("m6i.") || facts.name.starts_with("c6i.");
}

ProcessorInfo processor(const InstanceTypeFacts& facts) {
  ProcessorInfo answer;
  answer.supported_architectures.emplace();
  // The small ones on Xen run 32 bits too.
  if (!facts.on_nitro() && facts.memory_mib <= 4096) answer.supported_architectures->push_back("i386");
  answer.supported_architectures->push_back(std::string(facts.architecture));
  if (!is_first_generation(facts)) answer.sustained_clock_speed_in_ghz = facts.clock_ghz;
  answer.manufacturer = is_arm(facts) ? "AWS" : facts.name.starts_with("t3a.") ? "AMD" : "Intel";
  return answer;
}

VCpuInfo vcpus(const InstanceTypeFacts& facts) {
  VCpuInfo answer;
  answer.default_v_cpus = facts.vcpus;
  answer.default_cores = facts.cores();
  answer.default_threads_per_core = facts.threads_per_core;
  if (!facts.on_nitro()) return answer;
  answer.valid_cores.emplace();
  const int step = is_arm(facts) || is_sixth_intel(facts) ? 1 : 2;
  for (int cores = std::min(step, facts.cores()); cores <= facts.cores(); cores += step)
    answer.valid_cores->push_back(cores);
  answer.valid_threads_per_core = {1};
  if (facts.threads_per_core == 2) answer.valid_threads_per_core->push_back(2);
  return answer;
}

EbsInfo volumes(const InstanceTypeFacts& facts) {
  constexpr double megabits_per_megabyte = 8;
  EbsInfo answer;
  answer.encryption_support = "supported";
  answer.attachment_limit_type = "shared";
  answer.maximum_ebs_attachments = facts.on_nitro() ? 27 : is_first_generation(facts) ? 39 : 40;
  answer.ebs_optimized_support = facts.on_nitro() ? "default" : "unsupported";
  answer.nvme_support = facts.on_nitro() ? "required" : "unsupported";
  const InstanceTypeFacts::Volumes& limits = facts.volumes;
  if (limits.most_mbps == 0) return answer;
  answer.ebs_optimized_info =
      EbsOptimizedInfo{.baseline_bandwidth_in_mbps = limits.baseline_mbps,
                       .baseline_throughput_in_m_bps = limits.baseline_mbps / megabits_per_megabyte,
                       .baseline_iops = limits.baseline_iops,
                       .maximum_bandwidth_in_mbps = limits.most_mbps,
                       .maximum_throughput_in_m_bps = limits.most_mbps / megabits_per_megabyte,
                       .maximum_iops = limits.most_iops};
  return answer;
}

NetworkInfo network(const InstanceTypeFacts& facts) {
  NetworkInfo answer;
  answer.network_performance = facts.network;
  answer.maximum_network_interfaces = facts.interfaces;
  answer.maximum_network_cards = 1;
  answer.default_network_card_index = 0;
  answer.network_cards = {api::ec2::NetworkCardInfo{.network_card_index = 0,
                                                    .network_performance = std::string(facts.network),
                                                    .maximum_network_interfaces = facts.interfaces}};
  answer.ipv4_addresses_per_interface = facts.addresses_per_interface;
  answer.ipv6_supported = !is_first_generation(facts);
  answer.ipv6_addresses_per_interface = *answer.ipv6_supported ? facts.addresses_per_interface : 0;
  answer.ena_support = facts.on_nitro() ? "required" : "unsupported";
  answer.efa_supported = false;
  answer.encryption_in_transit_supported = is_sixth_intel(facts) || facts.name.starts_with("m7g.");
  answer.ena_srd_supported = false;
  answer.flexible_ena_queues_support = support(is_sixth_intel(facts));
  answer.connection_tracking_configuration =
      api::ec2::DefaultConnectionTrackingConfiguration{.default_tcp_established_timeout = 432000,
                                                       .default_udp_timeout = 30,
                                                       .default_udp_stream_timeout = 180};
  return answer;
}

Type type_answer(const InstanceTypeFacts& facts) {
  const bool first_generation = is_first_generation(facts), nitro = facts.on_nitro();
  Type type;
  type.instance_type = facts.name;
  type.current_generation = !first_generation;
  type.free_tier_eligible = facts.free_tier;
  type.supported_usage_classes = {{"on-demand", "spot"}};
  type.supported_root_device_types = {{"ebs"}};
  type.supported_virtualization_types = {{"hvm"}};
  type.bare_metal = false;
  type.hypervisor = nitro ? "nitro" : "xen";
  type.processor_info = processor(facts);
  type.v_cpu_info = vcpus(facts);
  type.memory_info = {.size_in_mi_b = facts.memory_mib};
  type.instance_storage_supported = false;
  type.ebs_info = volumes(facts);
  type.network_info = network(facts);
  type.placement_group_info = api::ec2::PlacementGroupInfo{.supported_strategies = {{"partition", "spread"}}};
  if (!facts.burstable && !first_generation)
    type.placement_group_info->supported_strategies = {{"cluster", "partition", "spread"}};
  type.hibernation_supported = !first_generation;
  type.burstable_performance_supported = facts.burstable;
  type.dedicated_hosts_supported = nitro && (!facts.burstable || facts.name.starts_with("t3."));
  type.auto_recovery_supported = !first_generation;
  type.supported_boot_modes.emplace();
  if (!is_arm(facts)) type.supported_boot_modes->push_back("legacy-bios");
  if (nitro) type.supported_boot_modes->push_back("uefi");
  type.nitro_enclaves_support = support(nitro && !facts.burstable && (is_arm(facts) || facts.vcpus >= 4));
  type.nitro_tpm_support = support(nitro);
  if (nitro) type.nitro_tpm_info = api::ec2::NitroTpmInfo{.supported_versions = {{"2.0"}}};
  type.phc_support = support(facts.name.starts_with("m7g."));
  type.reboot_migration_support = support(!first_generation);
  return type;
}

template <auto Member>
Texts own(const Type& type) {
  return texts(type.*Member);
}

template <auto Part, auto Member>
Texts part(const Type& type) {
  const auto& structure = type.*Part;
  return structure ? texts((*structure).*Member) : Texts{};
}

template <auto Member>
Texts limit(const Type& type) {
  if (!type.ebs_info || !type.ebs_info->ebs_optimized_info) return {};
  return texts((*type.ebs_info->ebs_optimized_info).*Member);
}

constexpr auto cpu = &Type::v_cpu_info;
constexpr auto ebs = &Type::ebs_info;
constexpr auto net = &Type::network_info;
constexpr auto chip = &Type::processor_info;

const FilterField<Type> fields[] = {
    {"instance-type", own<&Type::instance_type>},
    {"auto-recovery-supported", own<&Type::auto_recovery_supported>},
    {"bare-metal", own<&Type::bare_metal>},
    {"burstable-performance-supported", own<&Type::burstable_performance_supported>},
    {"current-generation", own<&Type::current_generation>},
    {"dedicated-hosts-supported", own<&Type::dedicated_hosts_supported>},
    {"ebs-info.attachment-limit-type", part<ebs, &EbsInfo::attachment_limit_type>},
    {"ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps",
     limit<&EbsOptimizedInfo::baseline_bandwidth_in_mbps>},
    {"ebs-info.ebs-optimized-info.baseline-iops", limit<&EbsOptimizedInfo::baseline_iops>},
    {"ebs-info.ebs-optimized-info.baseline-throughput-in-mbps",
     limit<&EbsOptimizedInfo::baseline_throughput_in_m_bps>},
    {"ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps",
     limit<&EbsOptimizedInfo::maximum_bandwidth_in_mbps>},
    {"ebs-info.ebs-optimized-info.maximum-iops", limit<&EbsOptimizedInfo::maximum_iops>},
    {"ebs-info.ebs-optimized-info.maximum-throughput-in-mbps",
     limit<&EbsOptimizedInfo::maximum_throughput_in_m_bps>},
    {"ebs-info.ebs-optimized-support", part<ebs, &EbsInfo::ebs_optimized_support>},
    {"ebs-info.encryption-support", part<ebs, &EbsInfo::encryption_support>},
    {"ebs-info.maximum-ebs-attachments", part<ebs, &EbsInfo::maximum_ebs_attachments>},
    {"ebs-info.nvme-support", part<ebs, &EbsInfo::nvme_support>},
    {"free-tier-eligible", own<&Type::free_tier_eligible>},
    {"hibernation-supported", own<&Type::hibernation_supported>},
    {"hypervisor", own<&Type::hypervisor>},
    {"instance-storage-supported", own<&Type::instance_storage_supported>},
    {"memory-info.size-in-mib", part<&Type::memory_info, &api::ec2::MemoryInfo::size_in_mi_b>},
    {"network-info.efa-supported", part<net, &NetworkInfo::efa_supported>},
    {"network-info.ena-support", part<net, &NetworkInfo::ena_support>},
    {"network-info.encryption-in-transit-supported",
     part<net, &NetworkInfo::encryption_in_transit_supported>},
    {"network-info.flexible-ena-queues-support", part<net, &NetworkInfo::flexible_ena_queues_support>},
    {"network-info.ipv4-addresses-per-interface", part<net, &NetworkInfo::ipv4_addresses_per_interface>},
    {"network-info.ipv6-addresses-per-interface", part<net, &NetworkInfo::ipv6_addresses_per_interface>},
    {"network-info.ipv6-supported", part<net, &NetworkInfo::ipv6_supported>},
    {"network-info.maximum-network-cards", part<net, &NetworkInfo::maximum_network_cards>},
    {"network-info.maximum-network-interfaces", part<net, &NetworkInfo::maximum_network_interfaces>},
    {"network-info.network-performance", part<net, &NetworkInfo::network_performance>},
    {"nitro-enclaves-support", own<&Type::nitro_enclaves_support>},
    {"nitro-tpm-support", own<&Type::nitro_tpm_support>},
    {"nitro-tpm-info.supported-versions",
     part<&Type::nitro_tpm_info, &api::ec2::NitroTpmInfo::supported_versions>},
    {"processor-info.supported-architecture", part<chip, &ProcessorInfo::supported_architectures>},
    {"processor-info.sustained-clock-speed-in-ghz", part<chip, &ProcessorInfo::sustained_clock_speed_in_ghz>},
    {"reboot-migration-support", own<&Type::reboot_migration_support>},
    {"supported-boot-mode", own<&Type::supported_boot_modes>},
    {"supported-root-device-type", own<&Type::supported_root_device_types>},
    {"supported-usage-class", own<&Type::supported_usage_classes>},
    {"supported-virtualization-type", own<&Type::supported_virtualization_types>},
    {"vcpu-info.default-cores", part<cpu, &VCpuInfo::default_cores>},
    {"vcpu-info.default-threads-per-core", part<cpu, &VCpuInfo::default_threads_per_core>},
    {"vcpu-info.default-vcpus", part<cpu, &VCpuInfo::default_v_cpus>},
    {"vcpu-info.valid-cores", part<cpu, &VCpuInfo::valid_cores>},
    {"vcpu-info.valid-threads-per-core", part<cpu, &VCpuInfo::valid_threads_per_core>},
    // What no type of the list has.
    {"instance-storage-info.disk.count"},
    {"instance-storage-info.disk.size-in-gb"},
    {"instance-storage-info.disk.type"},
    {"instance-storage-info.encryption-support"},
    {"instance-storage-info.nvme-support"},
    {"instance-storage-info.total-size-in-gb"},
    {"network-info.bandwidth-weightings"},
    {"network-info.efa-info.maximum-efa-interfaces"},
    {"processor-info.supported-features"},
};

}  // namespace

api::ec2::DescribeInstanceTypesResult Ec2::describe_instance_types(
    const RequestContext&, const api::ec2::DescribeInstanceTypesRequest& input) {
  std::vector<Type> types;
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
  types = filtered(input.filters, std::span<const FilterField<Type>>(fields), std::move(types), NoTags{});
  if (input.dry_run.value_or(false)) throw dry_run();
  api::ec2::DescribeInstanceTypesResult result;
  result.next_token = take_page(types, input.max_results, input.next_token,
                                [](const Type& type) { return *type.instance_type; }, {5, 100});
  result.instance_types = std::move(types);
  return result;
}

}  // namespace squall::services::ec2
