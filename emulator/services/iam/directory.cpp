#include "emulator/services/iam/directory.hpp"

#include "emulator/base/arn.hpp"

namespace squall::services::iam {
namespace {

constexpr std::string_view id_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view secret_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Each answers a whole statement over the columns that the reader of the same name expects.
std::string select_users(const char* where) {
  return std::string("SELECT account, name, path, id, created, boundary FROM iam_users WHERE ") + where;
}
std::string select_roles(const char* where) {
  return std::string(
             "SELECT account, name, path, id, created, boundary, trust_policy, description, "
             "max_session_s, last_used, last_used_region FROM iam_roles WHERE ") +
         where;
}
std::string select_profiles(const char* where) {
  return std::string("SELECT account, name, path, id, created, role_id FROM iam_instance_profiles WHERE ") +
         where;
}
std::string select_policies(const char* where) {
  return std::string(
             "SELECT arn, account, name, path, id, created, updated, description, default_version, "
             "last_version FROM iam_policies WHERE ") +
         where;
}

void read_entity(const store::Query& row, Entity& out) {
  out.account = row.text(0);
  out.name = row.text(1);
  out.path = row.text(2);
  out.id = row.text(3);
  out.created = row.time(4);
}

User read_user(const store::Query& row) {
  User out;
  read_entity(row, out);
  out.boundary = row.optional_text(5);
  return out;
}

Role read_role(const store::Query& row) {
  Role out;
  read_entity(row, out);
  out.boundary = row.optional_text(5);
  out.trust_policy = row.text(6);
  out.description = row.optional_text(7);
  out.max_session_s = row.integer(8);
  out.last_used = row.optional_time(9);
  out.last_used_region = row.optional_text(10);
  return out;
}

Profile read_profile(const store::Query& row) {
  Profile out;
  read_entity(row, out);
  out.role_id = row.optional_text(5);
  return out;
}

ManagedPolicyRow read_policy(const store::Query& row) {
  ManagedPolicyRow out;
  out.arn = row.text(0);
  out.account = row.text(1);
  out.name = row.text(2);
  out.path = row.text(3);
  out.id = row.text(4);
  out.created = row.time(5);
  out.updated = row.time(6);
  out.description = row.optional_text(7);
  out.default_version = row.integer(8);
  out.last_version = row.integer(9);
  return out;
}

template <class Read>
auto all(store::Query rows, Read read) {
  std::vector<decltype(read(rows))> out;
  while (rows.next()) out.push_back(read(rows));
  return out;
}

template <class Read>
auto first(store::Query rows, Read read) {
  std::optional<decltype(read(rows))> out;
  if (rows.next()) out = read(rows);
  return out;
}

std::string read_text(const store::Query& row) { return row.text(0); }

}  // namespace

std::optional<User> Directory::find_user(std::string_view account, std::string_view name) {
  return first(database_.query(select_users("account = ? AND name = ?"), account, name), read_user);
}

std::optional<User> Directory::user_by_id(std::string_view id) {
  return first(database_.query(select_users("id = ?"), id), read_user);
}

std::vector<User> Directory::users(std::string_view account) {
  return all(database_.query(select_users("account = ? ORDER BY name"), account), read_user);
}

std::optional<Role> Directory::find_role(std::string_view account, std::string_view name) {
  return first(database_.query(select_roles("account = ? AND name = ?"), account, name), read_role);
}

std::optional<Role> Directory::role_by_id(std::string_view id) {
  return first(database_.query(select_roles("id = ?"), id), read_role);
}

std::vector<Role> Directory::roles(std::string_view account) {
  return all(database_.query(select_roles("account = ? ORDER BY name"), account), read_role);
}

std::optional<Profile> Directory::find_profile(std::string_view account, std::string_view name) {
  return first(database_.query(select_profiles("account = ? AND name = ?"), account, name), read_profile);
}

std::vector<Profile> Directory::profiles(std::string_view account) {
  return all(database_.query(select_profiles("account = ? ORDER BY name"), account), read_profile);
}

std::optional<ManagedPolicyRow> Directory::find_policy(std::string_view arn) {
  return first(database_.query(select_policies("arn = ?"), arn), read_policy);
}

std::vector<ManagedPolicyRow> Directory::policies(std::string_view account) {
  return all(database_.query(select_policies("account = ? ORDER BY arn"), account), read_policy);
}

std::vector<std::string> Directory::inline_policies(std::string_view owner_id) {
  return all(database_.query("SELECT name FROM iam_inline_policies WHERE owner = ? ORDER BY name", owner_id),
             read_text);
}

std::vector<std::string> Directory::attached_policies(std::string_view owner_id) {
  return all(database_.query("SELECT arn FROM iam_attachments WHERE owner = ? ORDER BY arn", owner_id),
             read_text);
}

std::vector<std::string> Directory::documents(std::string_view owner_id) {
  return all(database_.query("SELECT document FROM iam_inline_policies WHERE owner = ?1 UNION ALL "
                             "SELECT v.document FROM iam_attachments a JOIN iam_policies p ON p.arn = a.arn "
                             "JOIN iam_policy_versions v ON v.arn = p.arn AND v.version = p.default_version "
                             "WHERE a.owner = ?1",
                             owner_id),
             read_text);
}

std::string Directory::default_document(std::string_view policy_arn) {
  return first(database_.query("SELECT v.document FROM iam_policies p JOIN iam_policy_versions v "
                               "ON v.arn = p.arn AND v.version = p.default_version WHERE p.arn = ?",
                               policy_arn),
               read_text)
      .value_or("");
}

Tags Directory::tags(std::string_view owner_id) {
  return all(database_.query("SELECT key, value FROM iam_tags WHERE owner = ? ORDER BY key", owner_id),
             [](const store::Query& row) {
               return std::pair{row.text(0), row.text(1)};
             });
}

bool Directory::names_someone(const std::string& account, const std::string& name) {
  if (name.size() == 12 && name.find_first_not_of("0123456789") == std::string::npos) return true;
  if (name.starts_with("AIDA")) return user_by_id(name).has_value();
  if (name.starts_with("AROA")) return role_by_id(name).has_value();
  auto arn = base::Arn::parse(name);
  if (!arn || (arn->service != "iam" && arn->service != "sts")) return false;
  if (arn->service == "sts" || arn->account != account) return true;
  std::string last = arn->resource.substr(arn->resource.rfind('/') + 1);
  if (arn->resource.starts_with("user/")) return find_user(account, last).has_value();
  if (arn->resource.starts_with("role/")) return find_role(account, last).has_value();
  return arn->resource == "root";
}

std::string Directory::new_id(std::string_view prefix) {
  return std::string(prefix) + entropy_.text(17, id_alphabet);
}

std::string Directory::new_key_id(std::string_view prefix) {
  return std::string(prefix) + entropy_.text(16, id_alphabet);
}

std::string Directory::new_secret() { return entropy_.text(40, secret_alphabet); }

}  // namespace squall::services::iam
