#include "emulator/services/ec2/tables.hpp"

#include <tuple>
#include <type_traits>

#include "emulator/store/database.hpp"

namespace squall::services::ec2 {
namespace {

constexpr const char* schema_step = R"sql(
CREATE TABLE ec2_instance (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, sequence INTEGER NOT NULL,
  reservation_id TEXT, launch_index INTEGER, client_token TEXT, request_digest TEXT, image_id TEXT,
  instance_type TEXT, key_name TEXT, tenancy TEXT, subnet_id TEXT, zone TEXT, zone_id TEXT, interface_id TEXT,
  interface_attachment_id TEXT, mac TEXT, private_ip TEXT, public_ip TEXT, wants_public_ip INTEGER,
  user_data BLOB, profile_arn TEXT, profile_id TEXT, association_id TEXT, associated_at INTEGER, state INTEGER,
  launch_time INTEGER, attach_time INTEGER, transition_reason TEXT, reason_code TEXT, reason_message TEXT,
  shutdown_behavior TEXT, termination_protected INTEGER, stop_protected INTEGER, monitoring INTEGER,
  ebs_optimized INTEGER, source_dest_check INTEGER, http_tokens TEXT, http_endpoint TEXT, metadata_tags TEXT,
  hop_limit INTEGER, auto_recovery TEXT, due_at INTEGER, status_ok_at INTEGER, host_failed_at INTEGER,
  impaired_at INTEGER, recovery_at INTEGER) STRICT;
CREATE INDEX ec2_instance_scope ON ec2_instance (account, region, sequence);
CREATE TABLE ec2_instance_group (
  instance_id TEXT, position INTEGER, group_id TEXT NOT NULL, PRIMARY KEY (instance_id, position)) STRICT;
CREATE TABLE ec2_volume (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, sequence INTEGER NOT NULL, zone TEXT,
  zone_id TEXT, volume_type TEXT, snapshot_id TEXT, size_gib INTEGER, iops INTEGER, throughput INTEGER,
  encrypted INTEGER, client_token TEXT, state TEXT, created_at INTEGER, instance_id TEXT, device TEXT,
  attachment_state TEXT, attached_at INTEGER, root INTEGER, delete_on_termination INTEGER, due_at INTEGER) STRICT;
CREATE INDEX ec2_volume_scope ON ec2_volume (account, region, sequence);
CREATE INDEX ec2_volume_instance ON ec2_volume (instance_id);
CREATE TABLE ec2_group (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, sequence INTEGER NOT NULL, name TEXT,
  description TEXT, vpc_id TEXT) STRICT;
CREATE TABLE ec2_rule (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, sequence INTEGER NOT NULL, group_id TEXT,
  egress INTEGER, protocol TEXT, from_port INTEGER, to_port INTEGER, cidr TEXT, source_group_id TEXT,
  description TEXT) STRICT;
CREATE INDEX ec2_rule_group ON ec2_rule (group_id);
CREATE TABLE ec2_key_pair (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, sequence INTEGER NOT NULL, name TEXT,
  type TEXT, fingerprint TEXT, public_key TEXT, created_at INTEGER) STRICT;
CREATE TABLE ec2_tag (
  account TEXT, region TEXT, resource_id TEXT, key TEXT, value TEXT NOT NULL,
  PRIMARY KEY (account, region, resource_id, key)) STRICT;
CREATE TABLE ec2_sequence (only INTEGER PRIMARY KEY CHECK (only = 0), last INTEGER NOT NULL) STRICT;
INSERT INTO ec2_sequence VALUES (0, 0);
)sql";

// No answer of EC2 says when a profile was associated.
constexpr const char* without_association_time = "ALTER TABLE ec2_instance DROP COLUMN associated_at";

// A row's columns in the table's order, as members of its record.
template <class Record>
struct Columns;

template <>
struct Columns<InstanceRecord> {
  using R = InstanceRecord;
  static constexpr auto members = std::tuple{&R::id,
                                             &R::account,
                                             &R::region,
                                             &R::sequence,
                                             &R::reservation_id,
                                             &R::launch_index,
                                             &R::client_token,
                                             &R::request_digest,
                                             &R::image_id,
                                             &R::instance_type,
                                             &R::key_name,
                                             &R::tenancy,
                                             &R::subnet_id,
                                             &R::zone,
                                             &R::zone_id,
                                             &R::interface_id,
                                             &R::interface_attachment_id,
                                             &R::mac,
                                             &R::private_ip,
                                             &R::public_ip,
                                             &R::wants_public_ip,
                                             &R::user_data,
                                             &R::profile_arn,
                                             &R::profile_id,
                                             &R::association_id,
                                             &R::state,
                                             &R::launch_time,
                                             &R::attach_time,
                                             &R::transition_reason,
                                             &R::reason_code,
                                             &R::reason_message,
                                             &R::shutdown_behavior,
                                             &R::termination_protected,
                                             &R::stop_protected,
                                             &R::monitoring,
                                             &R::ebs_optimized,
                                             &R::source_dest_check,
                                             &R::http_tokens,
                                             &R::http_endpoint,
                                             &R::metadata_tags,
                                             &R::hop_limit,
                                             &R::auto_recovery,
                                             &R::due_at,
                                             &R::status_ok_at,
                                             &R::host_failed_at,
                                             &R::impaired_at,
                                             &R::recovery_at};
};
template <>
struct Columns<VolumeRecord> {
  using R = VolumeRecord;
  static constexpr auto members = std::tuple{&R::id,           &R::account,     &R::region,
                                             &R::sequence,     &R::zone,        &R::zone_id,
                                             &R::volume_type,  &R::snapshot_id, &R::size_gib,
                                             &R::iops,         &R::throughput,  &R::encrypted,
                                             &R::client_token, &R::state,       &R::created_at,
                                             &R::instance_id,  &R::device,      &R::attachment_state,
                                             &R::attached_at,  &R::root,        &R::delete_on_termination,
                                             &R::due_at};
};
template <>
struct Columns<GroupRecord> {
  using R = GroupRecord;
  static constexpr auto members =
      std::tuple{&R::id, &R::account, &R::region, &R::sequence, &R::name, &R::description, &R::vpc_id};
};
template <>
struct Columns<RuleRecord> {
  using R = RuleRecord;
  static constexpr auto members = std::tuple{&R::id,       &R::account, &R::region,          &R::sequence,
                                             &R::group_id, &R::egress,  &R::protocol,        &R::from_port,
                                             &R::to_port,  &R::cidr,    &R::source_group_id, &R::description};
};
template <>
struct Columns<KeyPairRecord> {
  using R = KeyPairRecord;
  static constexpr auto members =
      std::tuple{&R::id,   &R::account,     &R::region,     &R::sequence,  &R::name,
                 &R::type, &R::fingerprint, &R::public_key, &R::created_at};
};

void read(const store::Query& row, int column, std::string& out) { out = row.text(column); }
void read(const store::Query& row, int column, Bytes& out) { out.data = row.text(column); }
void read(const store::Query& row, int column, std::int64_t& out) { out = row.integer(column); }
void read(const store::Query& row, int column, bool& out) { out = row.boolean(column); }
void read(const store::Query& row, int column, Time& out) { out = row.time(column); }
void read(const store::Query& row, int column, std::optional<Time>& out) { out = row.optional_time(column); }
void read(const store::Query& row, int column, State& out) { out = static_cast<State>(row.integer(column)); }

store::Blob stored(const Bytes& value) { return {value.data}; }
std::int64_t stored(State value) { return static_cast<std::int64_t>(value); }
template <class T>
const T& stored(const T& value) {
  return value;
}

template <class Record>
Record read_row(const store::Query& row) {
  Record record;
  int column = 0;
  std::apply([&](auto... member) { (read(row, column++, record.*member), ...); }, Columns<Record>::members);
  return record;
}

template <class Record, class... Values>
std::vector<Record> select(store::Database& database, std::string_view sql, const Values&... values) {
  std::vector<Record> records;
  for (auto rows = database.query(sql, values...); rows.next();) records.push_back(read_row<Record>(rows));
  return records;
}

template <class Record>
std::optional<Record> first(std::vector<Record> records) {
  if (records.empty()) return std::nullopt;
  return std::move(records.front());
}

// "INSERT OR REPLACE INTO t VALUES (?,?,...)" with as many marks as the record has columns.
template <class Record>
std::string replace_sql(std::string_view table) {
  constexpr std::size_t count = std::tuple_size_v<decltype(Columns<Record>::members)>;
  std::string sql = "INSERT OR REPLACE INTO " + std::string(table) + " VALUES (";
  for (std::size_t i = 0; i < count; ++i) sql += i ? ",?" : "?";
  return sql + ")";
}

template <class Record>
void replace(store::Database& database, std::string_view table, const Record& record) {
  std::apply([&](auto... member) { database.run(replace_sql<Record>(table), stored(record.*member)...); },
             Columns<Record>::members);
}

}  // namespace

Tables::Tables(store::Database& database) : database_(database) {
  database_.apply({.service = "ec2", .steps = {schema_step, without_association_time}});
}

std::int64_t Tables::next_sequence() {
  auto row = database_.query("UPDATE ec2_sequence SET last = last + 1 RETURNING last");
  row.next();
  return row.integer(0);
}

std::optional<InstanceRecord> Tables::instance(const std::string& id) {
  auto found = first(select<InstanceRecord>(database_, "SELECT * FROM ec2_instance WHERE id = ?", id));
  if (found) read_groups(*found);
  return found;
}

std::vector<InstanceRecord> Tables::instances(const Scope& scope) {
  auto found = select<InstanceRecord>(
      database_, "SELECT * FROM ec2_instance WHERE account = ? AND region = ? ORDER BY sequence",
      scope.account, scope.region);
  for (InstanceRecord& instance : found) read_groups(instance);
  return found;
}

std::vector<InstanceRecord> Tables::all_instances() {
  auto found = select<InstanceRecord>(database_, "SELECT * FROM ec2_instance ORDER BY sequence");
  for (InstanceRecord& instance : found) read_groups(instance);
  return found;
}

void Tables::read_groups(InstanceRecord& instance) {
  for (auto rows = database_.query(
           "SELECT group_id FROM ec2_instance_group WHERE instance_id = ? ORDER BY position", instance.id);
       rows.next();)
    instance.group_ids.push_back(rows.text(0));
}

void Tables::put(const InstanceRecord& instance) {
  store::Transaction transaction(database_);
  replace(database_, "ec2_instance", instance);
  database_.run("DELETE FROM ec2_instance_group WHERE instance_id = ?", instance.id);
  std::int64_t position = 0;
  for (const std::string& group : instance.group_ids)
    database_.run("INSERT INTO ec2_instance_group VALUES (?, ?, ?)", instance.id, position++, group);
  transaction.commit();
}

void Tables::erase_instance(const std::string& id) {
  store::Transaction transaction(database_);
  database_.run("DELETE FROM ec2_instance WHERE id = ?", id);
  database_.run("DELETE FROM ec2_instance_group WHERE instance_id = ?", id);
  erase_tags(id);
  transaction.commit();
}

std::optional<VolumeRecord> Tables::volume(const std::string& id) {
  return first(select<VolumeRecord>(database_, "SELECT * FROM ec2_volume WHERE id = ?", id));
}

std::vector<VolumeRecord> Tables::volumes(const Scope& scope) {
  return select<VolumeRecord>(database_,
                              "SELECT * FROM ec2_volume WHERE account = ? AND region = ? ORDER BY sequence",
                              scope.account, scope.region);
}

std::vector<VolumeRecord> Tables::volumes_of(const std::string& instance_id) {
  return select<VolumeRecord>(
      database_, "SELECT * FROM ec2_volume WHERE instance_id = ? ORDER BY root DESC, sequence", instance_id);
}

std::vector<VolumeRecord> Tables::all_volumes() {
  return select<VolumeRecord>(database_, "SELECT * FROM ec2_volume ORDER BY sequence");
}

void Tables::put(const VolumeRecord& volume) { replace(database_, "ec2_volume", volume); }

void Tables::erase_volume(const std::string& id) {
  store::Transaction transaction(database_);
  database_.run("DELETE FROM ec2_volume WHERE id = ?", id);
  erase_tags(id);
  transaction.commit();
}

std::optional<GroupRecord> Tables::group(const std::string& id) {
  return first(select<GroupRecord>(database_, "SELECT * FROM ec2_group WHERE id = ?", id));
}

std::vector<GroupRecord> Tables::groups(const Scope& scope) {
  return select<GroupRecord>(database_,
                             "SELECT * FROM ec2_group WHERE account = ? AND region = ? ORDER BY sequence",
                             scope.account, scope.region);
}

void Tables::put(const GroupRecord& group) { replace(database_, "ec2_group", group); }

void Tables::erase_group(const std::string& id) {
  store::Transaction transaction(database_);
  for (const RuleRecord& rule : rules_of(id)) erase_rule(rule.id);
  database_.run("DELETE FROM ec2_group WHERE id = ?", id);
  erase_tags(id);
  transaction.commit();
}

std::vector<RuleRecord> Tables::rules(const Scope& scope) {
  return select<RuleRecord>(database_,
                            "SELECT * FROM ec2_rule WHERE account = ? AND region = ? ORDER BY sequence",
                            scope.account, scope.region);
}

std::vector<RuleRecord> Tables::rules_of(const std::string& group_id) {
  return select<RuleRecord>(database_, "SELECT * FROM ec2_rule WHERE group_id = ? ORDER BY sequence",
                            group_id);
}

void Tables::put(const RuleRecord& rule) { replace(database_, "ec2_rule", rule); }

void Tables::erase_rule(const std::string& id) {
  database_.run("DELETE FROM ec2_rule WHERE id = ?", id);
  erase_tags(id);
}

std::vector<KeyPairRecord> Tables::key_pairs(const Scope& scope) {
  return select<KeyPairRecord>(
      database_, "SELECT * FROM ec2_key_pair WHERE account = ? AND region = ? ORDER BY sequence",
      scope.account, scope.region);
}

void Tables::put(const KeyPairRecord& key_pair) { replace(database_, "ec2_key_pair", key_pair); }

void Tables::erase_key_pair(const std::string& id) {
  database_.run("DELETE FROM ec2_key_pair WHERE id = ?", id);
  erase_tags(id);
}

Tags Tables::tags(const Scope& scope, const std::string& resource_id) {
  Tags tags;
  for (auto rows = database_.query(
           "SELECT key, value FROM ec2_tag WHERE account = ? AND region = ? AND resource_id = ?",
           scope.account, scope.region, resource_id);
       rows.next();)
    tags[rows.text(0)] = rows.text(1);
  return tags;
}

std::vector<Tables::TagRow> Tables::all_tags(const Scope& scope) {
  std::vector<TagRow> all;
  for (auto rows =
           database_.query("SELECT resource_id, key, value FROM ec2_tag WHERE account = ? AND region = ? "
                           "ORDER BY resource_id, key",
                           scope.account, scope.region);
       rows.next();)
    all.push_back({rows.text(0), rows.text(1), rows.text(2)});
  return all;
}

void Tables::put_tag(const Scope& scope, const std::string& resource_id, const std::string& key,
                     const std::string& value) {
  database_.run("INSERT OR REPLACE INTO ec2_tag VALUES (?, ?, ?, ?, ?)", scope.account, scope.region,
                resource_id, key, value);
}

void Tables::erase_tag(const Scope& scope, const std::string& resource_id, const std::string& key) {
  database_.run("DELETE FROM ec2_tag WHERE account = ? AND region = ? AND resource_id = ? AND key = ?",
                scope.account, scope.region, resource_id, key);
}

void Tables::erase_tags(const std::string& resource_id) {
  database_.run("DELETE FROM ec2_tag WHERE resource_id = ?", resource_id);
}

std::string state_name(State state) {
  switch (state) {
    case State::pending:
      return "pending";
    case State::running:
      return "running";
    case State::shutting_down:
      return "shutting-down";
    case State::terminated:
      return "terminated";
    case State::stopping:
      return "stopping";
    case State::stopped:
      return "stopped";
  }
  return {};
}

bool RuleRecord::same_traffic(const RuleRecord& other) const {
  return egress == other.egress && protocol == other.protocol && from_port == other.from_port &&
         to_port == other.to_port && cidr == other.cidr && source_group_id == other.source_group_id;
}

}  // namespace squall::services::ec2
