#include "emulator/services/ec2/lifecycle.hpp"

#include <algorithm>

#include "emulator/base/time.hpp"
#include "emulator/services/ec2/images.hpp"
#include "emulator/services/ec2/times.hpp"

namespace squall::services::ec2 {
namespace {

void give_reason(InstanceRecord& instance, const std::string& transition, const std::string& code,
                 const std::string& message) {
  instance.transition_reason = transition;
  instance.reason_code = code;
  instance.reason_message = code.empty() ? "" : code + ": " + message;
}

void give_user_reason(InstanceRecord& instance, Time now) {
  give_reason(instance, "User initiated (" + base::format_utc(now, "%Y-%m-%d %H:%M:%S") + " GMT)",
              "Client.UserInitiatedShutdown", "User initiated shutdown");
}

void forget_host_failure(InstanceRecord& instance) {
  instance.host_failed_at.reset();
  instance.impaired_at.reset();
  instance.recovery_at.reset();
}

}  // namespace

Lifecycle::Lifecycle(world::Scheduler& scheduler, world::Entropy& entropy, world::Machines& machines,
                     Tables& tables)
    : scheduler_(scheduler), entropy_(entropy), machines_(machines), tables_(tables) {}

Lifecycle::~Lifecycle() {
  for (const auto& [id, timer] : timers_) scheduler_.cancel(timer);
}

void Lifecycle::resume() {
  for (InstanceRecord& instance : tables_.all_instances()) {
    if (instance.exists()) {
      machines_.create(spec_of(instance));
      refresh_traffic(instance);
    }
    if (instance.state == State::running && !instance.host_failed_at) machines_.power_on(spec_of(instance));
    arm(instance);
    // The machine that was being shut down is gone with the process that held it.
    if (!instance.due_at) machine_off(instance.id);
  }
  for (const VolumeRecord& volume : tables_.all_volumes()) arm(volume);
}

void Lifecycle::launch(InstanceRecord instance) {
  instance.due_at = scheduler_.now() + draw(entropy_, pending_time);
  enter(instance, State::pending);
  machines_.create(spec_of(instance));
  refresh_traffic(instance);
  arm(instance);
}

void Lifecycle::start(InstanceRecord instance) {
  instance.launch_time = scheduler_.now();
  if (instance.wants_public_ip) instance.public_ip = draw_public_ip();
  give_reason(instance, "", "", "");
  forget_host_failure(instance);
  instance.status_ok_at.reset();
  instance.due_at = scheduler_.now() + draw(entropy_, pending_time);
  enter(instance, State::pending);
  arm(instance);
}

void Lifecycle::stop(InstanceRecord instance, bool force) {
  bool machine_runs = instance.state == State::running && !instance.host_failed_at;
  give_user_reason(instance, scheduler_.now());
  forget_host_failure(instance);
  instance.due_at.reset();
  enter(instance, State::stopping);
  arm(instance);
  if (machine_runs)
    machines_.shut_down(instance.id, force, [this, id = instance.id] { machine_off(id); });
  else
    machine_off(instance.id);
}

void Lifecycle::terminate(InstanceRecord instance, bool force) {
  State before = instance.state;
  bool machine_runs = before == State::running && !instance.host_failed_at;
  bool goes_down_already = before == State::stopping && !instance.due_at;
  give_user_reason(instance, scheduler_.now());
  forget_host_failure(instance);
  instance.due_at.reset();
  if (before == State::stopped) {
    become_terminated(instance);
    return;
  }
  enter(instance, State::shutting_down);
  arm(instance);
  if (machine_runs)
    machines_.shut_down(instance.id, force, [this, id = instance.id] { machine_off(id); });
  else if (!goes_down_already)
    machine_off(instance.id);
}

void Lifecycle::reboot(const InstanceRecord& instance) {
  if (instance.host_failed_at) return;  // nobody is there to hear it
  machines_.reboot(instance.id);
  tell(instance, "rebooted");
}

void Lifecycle::powered_off(const std::string& instance_id) {
  auto instance = tables_.instance(instance_id);
  if (!instance || instance->state != State::running) return;
  give_reason(*instance, "", "Client.InstanceInitiatedShutdown", "Instance initiated shutdown");
  enter(*instance, instance->shutdown_behavior == "terminate" ? State::shutting_down : State::stopping);
  machine_off(instance_id);
}

void Lifecycle::fail_host(const std::string& instance_id) {
  auto instance = tables_.instance(instance_id);
  if (!instance || instance->state != State::running || instance->host_failed_at) return;
  Time now = scheduler_.now();
  instance->host_failed_at = now;
  instance->impaired_at = now + draw(entropy_, host_failure_detection_time);
  if (instance->auto_recovery != "disabled")
    instance->recovery_at = *instance->impaired_at + draw(entropy_, recovery_time);
  tables_.put(*instance);
  machines_.shut_down(instance_id, true, [] {});
  tell(*instance, "host-failed");
  arm(*instance);
}

void Lifecycle::enter(InstanceRecord& instance, State state) {
  instance.state = state;
  tables_.put(instance);
  tell(instance, state_name(state));
}

void Lifecycle::machine_off(const std::string& instance_id) {
  auto instance = tables_.instance(instance_id);
  if (!instance || instance->due_at) return;
  if (instance->state == State::stopping)
    instance->due_at = scheduler_.now() + draw(entropy_, stop_tear_down_time);
  else if (instance->state == State::shutting_down)
    instance->due_at = scheduler_.now() + draw(entropy_, terminate_tear_down_time);
  else
    return;
  tables_.put(*instance);
  arm(*instance);
}

void Lifecycle::wake_instance(const std::string& instance_id) {
  auto instance = tables_.instance(instance_id);
  if (!instance) return;
  Time now = scheduler_.now();
  if (instance->impaired_at && *instance->impaired_at == now) tell(*instance, "impaired");
  if (instance->due_at && *instance->due_at <= now)
    finish_transition(*instance);
  else if (instance->recovery_at && *instance->recovery_at <= now)
    recover(*instance);
  else
    arm(*instance);
}

void Lifecycle::finish_transition(InstanceRecord& instance) {
  instance.due_at.reset();
  switch (instance.state) {
    case State::pending:
      instance.status_ok_at = scheduler_.now() + draw(entropy_, status_check_time);
      enter(instance, State::running);
      machines_.power_on(spec_of(instance));
      break;
    case State::stopping:
      instance.public_ip.clear();
      enter(instance, State::stopped);
      break;
    case State::shutting_down:
      become_terminated(instance);
      break;
    case State::terminated:
      tables_.erase_instance(instance.id);
      break;
    case State::running:
    case State::stopped:
      break;
  }
}

void Lifecycle::become_terminated(InstanceRecord& instance) {
  instance.public_ip.clear();
  instance.due_at = scheduler_.now() + terminated_visible_time;
  for (VolumeRecord& volume : tables_.volumes_of(instance.id)) {
    if (volume.delete_on_termination) {
      set_timer(volume.id, std::nullopt, nullptr);
      tables_.erase_volume(volume.id);
      continue;
    }
    volume.state = "available";
    volume.instance_id = volume.device = volume.attachment_state = "";
    volume.root = false;
    volume.due_at.reset();
    tables_.put(volume);
    arm(volume);
  }
  enter(instance, State::terminated);
  machines_.destroy(instance.id);
  arm(instance);
}

void Lifecycle::recover(InstanceRecord& instance) {
  forget_host_failure(instance);
  instance.status_ok_at = scheduler_.now() + draw(entropy_, status_check_time);
  tables_.put(instance);
  tell(instance, "recovered");
  machines_.power_on(spec_of(instance));
  arm(instance);
}

void Lifecycle::arm(const InstanceRecord& instance) {
  std::optional<Time> next = instance.due_at;
  auto consider = [&](const std::optional<Time>& when) {
    if (when && (!next || *when < *next)) next = when;
  };
  consider(instance.recovery_at);
  if (instance.impaired_at && *instance.impaired_at > scheduler_.now()) consider(instance.impaired_at);
  set_timer(instance.id, next, &Lifecycle::wake_instance);
}

void Lifecycle::set_timer(const std::string& id, std::optional<Time> when,
                          void (Lifecycle::*wake)(const std::string&)) {
  if (auto found = timers_.find(id); found != timers_.end()) {
    scheduler_.cancel(found->second);
    timers_.erase(found);
  }
  if (!when) return;
  timers_[id] = scheduler_.at(*when, [this, id, wake] {
    timers_.erase(id);
    (this->*wake)(id);
  });
}

void Lifecycle::tell(const InstanceRecord& instance, const std::string& what) {
  InstanceEvent event{scheduler_.now(), instance.id, what};
  for (const InstanceObserver& observer : observers_) observer(event);
}

world::MachineSpec Lifecycle::spec_of(const InstanceRecord& instance) {
  world::MachineSpec spec;
  spec.instance_id = instance.id;
  spec.image_id = instance.image_id;
  if (const StockImage* image = find_image(instance.image_id)) spec.image_name = image->name;
  spec.instance_type = instance.instance_type;
  spec.zone = instance.zone;
  spec.private_ip = instance.private_ip;
  spec.private_dns_name = private_dns_name(instance.region, instance.private_ip);
  spec.public_ip = instance.public_ip;
  spec.user_data = instance.user_data.data;
  for (const VolumeRecord& volume : tables_.volumes_of(instance.id))
    if (volume.attachment_state == "attached")
      spec.volumes.push_back({volume.id, volume.device, volume.size_gib, volume.root});
  return spec;
}

void Lifecycle::refresh_traffic(const InstanceRecord& instance) {
  world::TrafficRules rules{.group_ids = instance.group_ids, .ingress = {}, .egress = {}};
  for (const std::string& group : instance.group_ids)
    for (const RuleRecord& rule : tables_.rules_of(group)) {
      bool all_ports = rule.protocol == "-1" || rule.from_port < 0;
      (rule.egress ? rules.egress : rules.ingress)
          .push_back({rule.protocol, all_ports ? 0 : static_cast<int>(rule.from_port),
                      all_ports ? 65535 : static_cast<int>(rule.to_port), rule.cidr, rule.source_group_id});
    }
  machines_.set_traffic(instance.id, rules);
}

void Lifecycle::refresh_traffic_of_group(const Scope& scope, const std::string& group_id) {
  for (const InstanceRecord& instance : tables_.instances(scope))
    if (instance.exists() &&
        std::find(instance.group_ids.begin(), instance.group_ids.end(), group_id) != instance.group_ids.end())
      refresh_traffic(instance);
}

// From blocks that Amazon announces for EC2. Nothing routes to them here; they are names.
std::string Lifecycle::draw_public_ip() {
  std::vector<InstanceRecord> instances = tables_.all_instances();
  for (;;) {
    std::string raw = entropy_.bytes(3);
    auto octet = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(raw[i])); };
    std::string address =
        address_text(54u << 24 | (208 + octet(0) % 32) << 16 | octet(1) << 8 | (1 + octet(2) % 254));
    if (std::none_of(instances.begin(), instances.end(),
                     [&](const InstanceRecord& other) { return other.public_ip == address; }))
      return address;
  }
}

}  // namespace squall::services::ec2
