// DescribeInstances and DescribeInstanceStatus.
#include <algorithm>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/images.hpp"
#include "emulator/services/ec2/instance_filters.hpp"
#include "emulator/services/ec2/pages.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

using api::ec2::InstanceStatus, api::ec2::InstanceStatusSummary;

template <auto Part>
Texts reachability(const InstanceStatus& status) {
  const auto& details = (*(status.*Part)).details;
  return details && !details->empty() ? texts(details->front().status) : Texts{};
}

const FilterField<InstanceStatus> status_fields[] = {
    {"availability-zone", [](const InstanceStatus& status) { return texts(status.availability_zone); }},
    {"availability-zone-id", [](const InstanceStatus& status) { return texts(status.availability_zone_id); }},
    {"attached-ebs-status.status",
     [](const InstanceStatus& status) {
       return status.attached_ebs_status ? texts(status.attached_ebs_status->status) : Texts{};
     }},
    {"operator.managed", [](const InstanceStatus&) { return Texts{"false"}; }},
    {"operator.principal"},
    {"event.code"},
    {"event.description"},
    {"event.instance-event-id"},
    {"event.not-after"},
    {"event.not-before"},
    {"event.not-before-deadline"},
    {"instance-state-code",
     [](const InstanceStatus& status) {
       return status.instance_state ? texts(status.instance_state->code) : Texts{};
     }},
    {"instance-state-name",
     [](const InstanceStatus& status) {
       return status.instance_state ? texts(status.instance_state->name) : Texts{};
     }},
    {"instance-status.status",
     [](const InstanceStatus& status) {
       return status.instance_status ? texts(status.instance_status->status) : Texts{};
     }},
    {"instance-status.reachability",
     [](const InstanceStatus& status) {
       return status.instance_status ? reachability<&InstanceStatus::instance_status>(status) : Texts{};
     }},
    {"system-status.status",
     [](const InstanceStatus& status) {
       return status.system_status ? texts(status.system_status->status) : Texts{};
     }},
    {"system-status.reachability",
     [](const InstanceStatus& status) {
       return status.system_status ? reachability<&InstanceStatus::system_status>(status) : Texts{};
     }},
};

InstanceStatusSummary summary(const std::string& status, const std::optional<Time>& since) {
  InstanceStatusSummary answer;
  answer.status = status;
  if (status == "not-applicable") return answer;
  std::string reachable = status == "ok" ? "passed" : status == "impaired" ? "failed" : "initializing";
  answer.details.emplace();
  answer.details->push_back({.impaired_since = since, .name = "reachability", .status = reachable});
  return answer;
}

// Of instances on Nitro alone. No volume ever loses its instance here; of a host that is gone nothing is
// known.
api::ec2::EbsStatusSummary disk_summary(State state, const std::string& system) {
  api::ec2::EbsStatusSummary answer;
  answer.status = state == State::running ? system : "not-applicable";
  if (state != State::running) return answer;
  if (system == "impaired") answer.status = "insufficient-data";
  answer.details.emplace();
  answer.details->push_back({.name = "reachability", .status = system == "ok" ? "passed" : *answer.status});
  return answer;
}

InstanceStatus status_answer(const InstanceRecord& record, world::Machines& machines, Time now) {
  InstanceStatus answer;
  answer.availability_zone = record.zone;
  answer.availability_zone_id = record.zone_id;
  answer.instance_id = record.id;
  answer.instance_state = {.code = static_cast<std::int64_t>(record.state), .name = state_name(record.state)};
  std::string system = "not-applicable", instance = "not-applicable";
  std::optional<Time> since;
  if (record.state == State::running) {
    bool initializing = !record.status_ok_at || now < *record.status_ok_at;
    bool impaired = record.impaired_at && now >= *record.impaired_at;
    system = impaired ? "impaired" : initializing ? "initializing" : "ok";
    // Until the check has noticed that the host is gone, both keep what they said before.
    bool unreachable = !record.host_failed_at && !initializing && !machines.reachable(record.id);
    instance = impaired || unreachable ? "impaired" : initializing ? "initializing" : "ok";
    if (impaired) since = record.impaired_at;
  }
  answer.system_status = summary(system, since);
  answer.instance_status = summary(instance, since);
  const InstanceTypeFacts* type = find_instance_type(record.instance_type);
  if (type && type->on_nitro()) answer.attached_ebs_status = disk_summary(record.state, system);
  return answer;
}

}  // namespace

api::ec2::DescribeInstancesResult Ec2::describe_instances(const RequestContext& context,
                                                          const api::ec2::DescribeInstancesRequest& input) {
  Scope scope = scope_of(context);
  if (input.instance_ids && input.max_results)
    throw invalid_combination("The parameter instancesSet cannot be used with the parameter maxResults");
  require_well_formed(input.filters);
  std::vector<InstanceRecord> records =
      input.instance_ids ? require_instances(scope, *input.instance_ids) : tables_.instances(scope);
  if (input.dry_run.value_or(false)) throw dry_run();

  std::vector<InstanceItem> items;
  for (const InstanceRecord& record : records)
    items.push_back({record.reservation_id, record.account, instance_answer(record)});
  items = filtered(input.filters, instance_filters(), std::move(items),
                   [](const InstanceItem& item) -> const ApiTags& { return item.instance.tags; });
  api::ec2::DescribeInstancesResult result;
  result.next_token = take_page(items, input.max_results, input.next_token,
                                [](const InstanceItem& item) { return *item.instance.instance_id; });
  result.reservations.emplace();
  for (InstanceItem& item : items) {
    auto& reservations = *result.reservations;
    auto same = std::find_if(reservations.begin(), reservations.end(), [&](const api::ec2::Reservation& one) {
      return *one.reservation_id == item.reservation_id;
    });
    if (same == reservations.end()) {
      reservations.push_back({.reservation_id = item.reservation_id,
                              .owner_id = item.owner_id,
                              .groups = std::vector<api::ec2::GroupIdentifier>{},
                              .instances = std::vector<api::ec2::Instance>{}});
      same = std::prev(reservations.end());
    }
    same->instances->push_back(std::move(item.instance));
  }
  return result;
}

api::ec2::DescribeInstanceStatusResult Ec2::describe_instance_status(
    const RequestContext& context, const api::ec2::DescribeInstanceStatusRequest& input) {
  Scope scope = scope_of(context);
  if (input.instance_ids && input.max_results)
    throw invalid_combination("The parameter instancesSet cannot be used with the parameter maxResults");
  require_well_formed(input.filters);
  std::vector<InstanceRecord> records =
      input.instance_ids ? require_instances(scope, *input.instance_ids) : tables_.instances(scope);
  if (input.dry_run.value_or(false)) throw dry_run();

  std::vector<InstanceStatus> statuses;
  for (const InstanceRecord& record : records)
    if (record.state == State::running || input.include_all_instances.value_or(false))
      statuses.push_back(status_answer(record, machines_, scheduler_.now()));
  api::ec2::DescribeInstanceStatusResult result;
  statuses = filtered(input.filters, std::span<const FilterField<InstanceStatus>>(status_fields),
                      std::move(statuses), NoTags{});
  result.next_token = take_page(statuses, input.max_results, input.next_token,
                                [](const InstanceStatus& status) { return *status.instance_id; });
  result.instance_statuses = std::move(statuses);
  return result;
}

}  // namespace squall::services::ec2
