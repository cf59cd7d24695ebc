// EBS volumes: create, attach, detach, delete, list. Their seconds are Lifecycle's, their limits
// volume_types.cpp's. https://docs.aws.amazon.com/ebs/latest/userguide/ebs-describing-volumes.html
#include <algorithm>
#include <tuple>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/launch.hpp"
#include "emulator/services/ec2/pages.hpp"
#include "emulator/services/ec2/service.hpp"
#include "emulator/store/database.hpp"

namespace squall::services::ec2 {
namespace {

using api::ec2::Volume, api::ec2::VolumeAttachment;

template <auto Member>
Texts attachments(const Volume& volume) {
  Texts values;
  if (!volume.attachments) return values;
  for (const VolumeAttachment& attachment : *volume.attachments)
    for (std::string& value : texts(attachment.*Member)) values.push_back(std::move(value));
  return values;
}

const FilterField<Volume> fields[] = {
    {"volume-id", [](const Volume& volume) { return texts(volume.volume_id); }},
    {"status", [](const Volume& volume) { return texts(volume.state); }},
    {"size", [](const Volume& volume) { return texts(volume.size); }},
    {"volume-type", [](const Volume& volume) { return texts(volume.volume_type); }},
    {"availability-zone", [](const Volume& volume) { return texts(volume.availability_zone); }},
    {"snapshot-id", [](const Volume& volume) { return texts(volume.snapshot_id); }},
    {"encrypted", [](const Volume& volume) { return texts(volume.encrypted); }},
    {"create-time", [](const Volume& volume) { return texts(volume.create_time); }},
    {"multi-attach-enabled", [](const Volume& volume) { return texts(volume.multi_attach_enabled); }},
    {"fast-restored"},
    {"availability-zone-id", [](const Volume& volume) { return texts(volume.availability_zone_id); }},
    {"operator.managed",
     [](const Volume& volume) { return volume.operator_ ? texts(volume.operator_->managed) : Texts{}; }},
    {"operator.principal"},
    {"attachment.attach-time", attachments<&VolumeAttachment::attach_time>},
    {"attachment.instance-id", attachments<&VolumeAttachment::instance_id>},
    {"attachment.device", attachments<&VolumeAttachment::device>},
    {"attachment.status", attachments<&VolumeAttachment::state>},
    {"attachment.delete-on-termination", attachments<&VolumeAttachment::delete_on_termination>},
};

VolumeAttachment attachment_answer(const VolumeRecord& volume) {
  VolumeAttachment answer;
  answer.delete_on_termination = volume.delete_on_termination;
  answer.volume_id = volume.id;
  answer.instance_id = volume.instance_id;
  answer.device = volume.device;
  answer.state = volume.attachment_state;
  answer.attach_time = volume.attached_at;
  return answer;
}

// AttachVolume and DetachVolume do not say what becomes of the volume (awscli's examples of both).
VolumeAttachment changed_attachment(const VolumeRecord& volume) {
  VolumeAttachment answer = attachment_answer(volume);
  answer.delete_on_termination.reset();
  return answer;
}

void check_device(const std::string& device) {
  static constexpr std::string_view starts[] = {"/dev/sd", "/dev/xvd", "sd", "xvd"};
  for (std::string_view start : starts) {
    if (!device.starts_with(start)) continue;
    std::string_view rest = std::string_view(device).substr(start.size());
    if (!rest.empty() && rest.size() <= 3 && rest[0] >= 'a' && rest[0] <= 'z') return;
  }
  throw invalid_value("Value (" + device + ") for parameter device is invalid. " + device +
                      " is not a valid EBS device name.");
}

// Whether a request with the client token of an earlier one asks for the same volume.
bool same_request(const VolumeRecord& earlier, const VolumeRecord& wanted) {
  auto facts = [](const VolumeRecord& one) {
    return std::tie(one.zone, one.volume_type, one.size_gib, one.iops, one.throughput, one.encrypted);
  };
  return facts(earlier) == facts(wanted);
}

}  // namespace

Volume Ec2::volume_answer(const VolumeRecord& record) {
  Volume answer;
  answer.volume_id = record.id;
  answer.state = record.state;
  answer.size = record.size_gib;
  answer.volume_type = record.volume_type;
  answer.availability_zone = record.zone;
  answer.availability_zone_id = record.zone_id;
  answer.snapshot_id = record.snapshot_id;
  answer.encrypted = record.encrypted;
  answer.create_time = record.created_at;
  answer.multi_attach_enabled = false;
  answer.operator_ = api::ec2::OperatorResponse{.managed = false};
  if (record.iops) answer.iops = record.iops;
  if (record.throughput) answer.throughput = record.throughput;
  answer.attachments.emplace();
  if (!record.attachment_state.empty()) answer.attachments->push_back(attachment_answer(record));
  answer.tags = tags_answer({record.account, record.region}, record.id);
  return answer;
}

// CreateVolume shows no attachments and no operator, and tags also when there are none (awscli's example of
// create-volume).
Volume Ec2::new_volume_answer(const VolumeRecord& record) {
  Volume answer = volume_answer(record);
  answer.attachments.reset();
  answer.operator_.reset();
  if (!answer.tags) answer.tags.emplace();
  return answer;
}

VolumeRecord Ec2::require_volume(const Scope& scope, const std::string& id) {
  if (!id.starts_with("vol-"))
    throw invalid_value("Value (" + id + ") for parameter volumes is invalid. Expected: 'vol-...'.");
  auto volume = tables_.volume(id);
  if (!volume || volume->account != scope.account || volume->region != scope.region)
    throw error("InvalidVolume.NotFound", "The volume '" + id + "' does not exist.");
  return *volume;
}

Volume Ec2::create_volume(const RequestContext& context, const api::ec2::CreateVolumeRequest& input) {
  Scope scope = scope_of(context);
  if (!input.availability_zone) throw missing_parameter("AvailabilityZone");
  if (input.snapshot_id && !input.snapshot_id->empty())
    throw error("InvalidSnapshot.NotFound", "The snapshot '" + *input.snapshot_id + "' does not exist.");
  if (!input.size) throw missing_parameter("size/snapshot");
  if (input.multi_attach_enabled.value_or(false)) throw not_served("MultiAttachEnabled");
  std::vector<ZoneFacts> zones = zones_of(scope.region);
  auto zone = std::find_if(zones.begin(), zones.end(),
                           [&](const ZoneFacts& one) { return one.name == *input.availability_zone; });
  if (zone == zones.end())
    throw error("InvalidZone.NotFound", "The zone '" + *input.availability_zone + "' does not exist.");
  VolumeRecord volume;
  volume.volume_type = input.volume_type.value_or("gp2");
  volume.size_gib = *input.size;
  volume.iops = input.iops.value_or(0);
  volume.throughput = input.throughput.value_or(0);
  volume.encrypted = input.encrypted.value_or(false);
  volume.zone = zone->name;
  volume.zone_id = zone->id;
  complete_volume(volume);
  Tags tags = specified_tags(input.tag_specifications, "volume", {"volume"});
  if (input.client_token && !input.client_token->empty())
    for (const VolumeRecord& earlier : tables_.volumes(scope))
      if (earlier.client_token == *input.client_token) {
        if (!same_request(earlier, volume)) throw mismatched_token();
        return new_volume_answer(earlier);
      }
  if (input.dry_run.value_or(false)) throw dry_run();

  store::Transaction transaction(tables_.database());
  volume.id = new_id("vol");
  volume.account = scope.account;
  volume.region = scope.region;
  volume.sequence = tables_.next_sequence();
  volume.client_token = input.client_token.value_or("");
  volume.created_at = scheduler_.now();
  lifecycle_.create(volume);
  write_tags(scope, volume.id, tags);
  transaction.commit();
  return new_volume_answer(*tables_.volume(volume.id));
}

void Ec2::delete_volume(const RequestContext& context, const api::ec2::DeleteVolumeRequest& input) {
  VolumeRecord volume = require_volume(scope_of(context), input.volume_id);
  if (!volume.instance_id.empty())
    throw error("VolumeInUse", "Volume " + volume.id + " is currently attached to " + volume.instance_id);
  if (volume.state != "available")
    throw error("IncorrectState", "The volume '" + volume.id + "' is not 'available'.");
  if (input.dry_run.value_or(false)) throw dry_run();
  lifecycle_.remove(volume);
}

VolumeAttachment Ec2::attach_volume(const RequestContext& context,
                                    const api::ec2::AttachVolumeRequest& input) {
  Scope scope = scope_of(context);
  VolumeRecord volume = require_volume(scope, input.volume_id);
  InstanceRecord instance = require_instance(scope, input.instance_id);
  check_device(input.device);
  if (instance.state != State::running && instance.state != State::stopped)
    throw error("IncorrectState", "Instance '" + instance.id + "' is not 'running'.");
  if (!volume.instance_id.empty())
    throw error("VolumeInUse", volume.id + " is already attached to an instance");
  if (volume.state != "available")
    throw error("IncorrectState", "The volume '" + volume.id + "' is not 'available'.");
  if (volume.zone != instance.zone)
    throw error("InvalidVolume.ZoneMismatch", "The volume '" + volume.id +
                                                  "' is not in the same availability zone as instance '" +
                                                  instance.id + "'");
  for (const VolumeRecord& other : tables_.volumes_of(instance.id))
    if (other.device == input.device)
      throw invalid_value("Invalid value '" + input.device + "' for unixDevice. Attachment point " +
                          input.device + " is already in use");
  if (input.dry_run.value_or(false)) throw dry_run();
  lifecycle_.attach(volume, instance.id, input.device);
  return changed_attachment(*tables_.volume(volume.id));
}

VolumeAttachment Ec2::detach_volume(const RequestContext& context,
                                    const api::ec2::DetachVolumeRequest& input) {
  Scope scope = scope_of(context);
  VolumeRecord volume = require_volume(scope, input.volume_id);
  if (volume.attachment_state.empty())
    throw error("IncorrectState", "Volume '" + volume.id + "' is in the 'available' state.");
  if ((input.instance_id && *input.instance_id != volume.instance_id) ||
      (input.device && *input.device != volume.device))
    throw error("InvalidAttachment.NotFound", "The volume '" + volume.id + "' is not attached to instance '" +
                                                  input.instance_id.value_or(volume.instance_id) +
                                                  "' as device '" + input.device.value_or(volume.device) +
                                                  "'.");
  InstanceRecord instance = require_instance(scope, volume.instance_id);
  if (volume.root && instance.state != State::stopped)
    throw error("OperationNotPermitted",
                "Unable to detach root volume '" + volume.id + "' from instance '" + instance.id + "'");
  if (input.dry_run.value_or(false)) throw dry_run();
  lifecycle_.detach(volume, input.force.value_or(false));
  return changed_attachment(*tables_.volume(volume.id));
}

api::ec2::DescribeVolumesResult Ec2::describe_volumes(const RequestContext& context,
                                                      const api::ec2::DescribeVolumesRequest& input) {
  Scope scope = scope_of(context);
  if (input.volume_ids && input.max_results)
    throw invalid_combination("The parameter volumesSet cannot be used with the parameter maxResults");
  require_well_formed(input.filters);
  std::vector<Volume> volumes;
  if (input.volume_ids)
    for (const std::string& id : *input.volume_ids)
      volumes.push_back(volume_answer(require_volume(scope, id)));
  else
    for (const VolumeRecord& record : tables_.volumes(scope)) volumes.push_back(volume_answer(record));
  if (input.dry_run.value_or(false)) throw dry_run();
  volumes = filtered(input.filters, std::span<const FilterField<Volume>>(fields), std::move(volumes),
                     [](const Volume& volume) -> const ApiTags& { return volume.tags; });
  api::ec2::DescribeVolumesResult result;
  result.next_token = take_page(volumes, input.max_results, input.next_token,
                                [](const Volume& volume) { return *volume.volume_id; });
  result.volumes = std::move(volumes);
  return result;
}

}  // namespace squall::services::ec2
