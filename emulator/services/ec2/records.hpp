// What EC2 keeps, as plain rows: instances, volumes, security groups and their rules, key pairs, tags.
// Default networks are facts (places.hpp), instance profile associations are columns of their instance.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"
#include "emulator/services/ec2/places.hpp"

namespace squall::services::ec2 {

// The codes are EC2's own (InstanceState.Code).
enum class State : std::int64_t {
  pending = 0,
  running = 16,
  shutting_down = 32,
  terminated = 48,
  stopping = 64,
  stopped = 80,
};
std::string state_name(State state);  // "shutting-down"

// Kept as a BLOB: any bytes.
struct Bytes {
  std::string data;
};

struct InstanceRecord {
  std::string id, account, region;
  std::int64_t sequence = 0;  // order of launch, over all regions
  std::string reservation_id;
  std::int64_t launch_index = 0;
  std::string client_token, request_digest;  // RunInstances' idempotency
  std::string image_id, instance_type, key_name, tenancy = "default";
  std::string subnet_id, zone, zone_id, interface_id, interface_attachment_id, mac, private_ip;
  std::string public_ip;        // empty: none at the moment
  bool wants_public_ip = true;  // gets one at every start
  Bytes user_data;              // base64 undone
  std::string profile_arn, profile_id, association_id;
  State state = State::pending;
  Time launch_time{};
  Time attach_time{};  // of its interface and root volume
  std::string transition_reason, reason_code, reason_message;
  std::string shutdown_behavior = "stop";
  bool termination_protected = false, stop_protected = false;
  bool monitoring = false, ebs_optimized = false, source_dest_check = true;
  std::string http_tokens = "optional", http_endpoint = "enabled", metadata_tags = "disabled";
  std::int64_t hop_limit = 1;
  std::string auto_recovery = "default";
  // When the state's timer fires: end of pending, stopping's or shutting-down's tear-down, disappearance.
  std::optional<Time> due_at;
  std::optional<Time> status_ok_at;    // end of "initializing"
  std::optional<Time> host_failed_at;  // the host is gone since then
  std::optional<Time> impaired_at;     // from then on the system status check says so
  std::optional<Time> recovery_at;     // EC2 moves it to another host then
  std::vector<std::string> group_ids;

  Scope scope() const { return {account, region}; }
  bool exists() const { return state != State::terminated; }
  // On its way to its first boot: a start sets the launch time anew, but not when the interface was attached.
  bool boots_first() const { return state == State::pending && attach_time == launch_time; }
};

struct VolumeRecord {
  std::string id, account, region;
  std::int64_t sequence = 0;
  std::string zone, zone_id, volume_type, snapshot_id;
  std::int64_t size_gib = 8, iops = 0, throughput = 0;  // 0: the type has none
  bool encrypted = false;
  std::string client_token;
  std::string state = "creating";  // "available", "in-use", "deleting"
  Time created_at{};
  std::string instance_id, device, attachment_state;  // empty: not attached
  Time attached_at{};
  bool root = false, delete_on_termination = false;
  std::optional<Time> due_at;
};

struct GroupRecord {
  std::string id, account, region;
  std::int64_t sequence = 0;
  std::string name, description, vpc_id;
};

struct RuleRecord {
  std::string id, account, region;
  std::int64_t sequence = 0;
  std::string group_id;
  bool egress = false;
  std::string protocol;  // "tcp", "udp", "icmp", "-1", or a protocol number
  std::int64_t from_port = -1, to_port = -1;
  std::string cidr, source_group_id;  // one of them is set
  std::string description;

  // The same traffic; the description does not count.
  bool same_traffic(const RuleRecord& other) const;
};

struct KeyPairRecord {
  std::string id, account, region;
  std::int64_t sequence = 0;
  std::string name, type, fingerprint, public_key;
  Time created_at{};
};

using Tags = std::map<std::string, std::string>;

}  // namespace squall::services::ec2
