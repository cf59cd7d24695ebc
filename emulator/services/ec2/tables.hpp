// EC2's tables in the store: each record type is written whole (insert or replace) and read whole. SQL stays
// in tables.cpp.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "emulator/services/ec2/records.hpp"

namespace squall::store {
class Database;
}

namespace squall::services::ec2 {

class Tables {
 public:
  explicit Tables(store::Database& database);

  // Larger than every sequence given before.
  std::int64_t next_sequence();

  std::optional<InstanceRecord> instance(const std::string& id);
  // In the order of launch.
  std::vector<InstanceRecord> instances(const Scope& scope);
  std::vector<InstanceRecord> all_instances();
  void put(const InstanceRecord& instance);
  void erase_instance(const std::string& id);  // with its tags

  std::optional<VolumeRecord> volume(const std::string& id);
  std::vector<VolumeRecord> volumes(const Scope& scope);
  std::vector<VolumeRecord> volumes_of(const std::string& instance_id);  // the root volume first
  std::vector<VolumeRecord> all_volumes();
  void put(const VolumeRecord& volume);
  void erase_volume(const std::string& id);

  std::optional<GroupRecord> group(const std::string& id);
  std::vector<GroupRecord> groups(const Scope& scope);
  void put(const GroupRecord& group);
  void erase_group(const std::string& id);  // with its rules and tags

  std::vector<RuleRecord> rules(const Scope& scope);
  std::vector<RuleRecord> rules_of(const std::string& group_id);
  void put(const RuleRecord& rule);
  void erase_rule(const std::string& id);

  std::vector<KeyPairRecord> key_pairs(const Scope& scope);
  void put(const KeyPairRecord& key_pair);
  void erase_key_pair(const std::string& id);

  struct TagRow {
    std::string resource_id, key, value;
  };
  Tags tags(const Scope& scope, const std::string& resource_id);
  std::vector<TagRow> all_tags(const Scope& scope);  // by resource, then key
  void put_tag(const Scope& scope, const std::string& resource_id, const std::string& key,
               const std::string& value);
  void erase_tag(const Scope& scope, const std::string& resource_id, const std::string& key);
  void erase_tags(const std::string& resource_id);

  store::Database& database() { return database_; }

 private:
  void read_groups(InstanceRecord& instance);
  store::Database& database_;
};

}  // namespace squall::services::ec2
