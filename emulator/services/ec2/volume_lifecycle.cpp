// The volumes' half of Lifecycle: creating, attaching, detaching and deleting take their seconds.
#include "emulator/services/ec2/lifecycle.hpp"
#include "emulator/services/ec2/times.hpp"

namespace squall::services::ec2 {

void Lifecycle::create(VolumeRecord volume) {
  volume.state = "creating";
  volume.due_at = scheduler_.now() + draw(entropy_, volume_create_time);
  tables_.put(volume);
  arm(volume);
}

void Lifecycle::attach(VolumeRecord volume, const std::string& instance_id, const std::string& device) {
  volume.state = "in-use";
  volume.instance_id = instance_id;
  volume.device = device;
  volume.attachment_state = "attaching";
  volume.attached_at = scheduler_.now();
  volume.due_at = scheduler_.now() + draw(entropy_, volume_attach_time);
  tables_.put(volume);
  arm(volume);
}

void Lifecycle::detach(VolumeRecord volume, bool force) {
  volume.attachment_state = "detaching";
  volume.due_at = scheduler_.now() + (force ? Duration{} : draw(entropy_, volume_detach_time));
  tables_.put(volume);
  arm(volume);
}

void Lifecycle::remove(VolumeRecord volume) {
  volume.state = "deleting";
  volume.due_at = scheduler_.now() + draw(entropy_, volume_delete_time);
  tables_.put(volume);
  arm(volume);
}

void Lifecycle::wake_volume(const std::string& volume_id) {
  auto volume = tables_.volume(volume_id);
  if (!volume) return;
  volume->due_at.reset();
  if (volume->state == "creating") {
    volume->state = "available";
  } else if (volume->state == "deleting") {
    tables_.erase_volume(volume_id);
    return;
  } else if (volume->attachment_state == "attaching") {
    volume->attachment_state = "attached";
    machines_.attach_volume(volume->instance_id,
                            {volume->id, volume->device, volume->size_gib, volume->root});
  } else if (volume->attachment_state == "detaching") {
    machines_.detach_volume(volume->instance_id, volume->id);
    volume->state = "available";
    volume->instance_id = volume->device = volume->attachment_state = "";
    volume->root = volume->delete_on_termination = false;
  }
  tables_.put(*volume);
}

void Lifecycle::arm(const VolumeRecord& volume) {
  set_timer(volume.id, volume.due_at, &Lifecycle::wake_volume);
}

}  // namespace squall::services::ec2
