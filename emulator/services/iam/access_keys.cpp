// Users' access keys: the secret is told once, when the key is made.
#include "emulator/services/iam/errors.hpp"
#include "emulator/services/iam/paging.hpp"
#include "emulator/services/iam/service.hpp"

namespace squall::services::iam {
namespace {

namespace model = api::iam;

constexpr std::size_t most_keys = 2;

struct Key {
  std::string id;
  bool active = true;
  Time created;
};

std::vector<Key> keys_of(Directory& directory, const std::string& user_id) {
  std::vector<Key> out;
  auto rows = directory.database().query(
      "SELECT id, active, created FROM iam_access_keys WHERE user_id = ? ORDER BY created, id", user_id);
  while (rows.next()) {
    out.push_back({rows.text(0), rows.boolean(1), rows.time(2)});
  }
  return out;
}

base::AwsError no_such_key(const std::string& id) {
  return no_such_entity("The Access Key with id " + id + " cannot be found.");
}

}  // namespace

model::CreateAccessKeyResponse Service::create_access_key(const Context& context,
                                                          const model::CreateAccessKeyRequest& input) {
  User owner = user_or_caller(context, input.user_name);
  if (keys_of(directory_, owner.id).size() >= most_keys)
    throw limit_exceeded("Cannot exceed quota for AccessKeysPerUser: " + std::to_string(most_keys));
  model::AccessKey key;
  key.user_name = owner.name;
  key.access_key_id = directory_.new_key_id("AKIA");
  key.secret_access_key = directory_.new_secret();
  key.status = "Active";
  key.create_date = context.now;
  directory_.database().run("INSERT INTO iam_access_keys VALUES (?, ?, ?, ?, 1, ?, NULL, NULL, NULL)",
                            key.access_key_id, context.account(), owner.id, key.secret_access_key,
                            context.now);
  directory_.changed();
  return {key};
}

model::ListAccessKeysResponse Service::list_access_keys(const Context& context,
                                                        const model::ListAccessKeysRequest& input) {
  User owner = user_or_caller(context, input.user_name);
  model::ListAccessKeysResponse out;
  for (const Key& key : page(
           keys_of(directory_, owner.id), input.marker, input.max_items,
           [](const Key& one) { return one.id; }, out)) {
    model::AccessKeyMetadata row;
    row.user_name = owner.name;
    row.access_key_id = key.id;
    row.status = key.active ? "Active" : "Inactive";
    row.create_date = key.created;
    out.access_key_metadata.push_back(std::move(row));
  }
  return out;
}

void Service::update_access_key(const Context& context, const model::UpdateAccessKeyRequest& input) {
  User owner = user_or_caller(context, input.user_name);
  if (input.status != "Active" && input.status != "Inactive")
    throw validation_error(
        "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must "
        "satisfy enum value set");
  if (directory_.database().run("UPDATE iam_access_keys SET active = ? WHERE id = ? AND user_id = ?",
                                input.status == "Active", input.access_key_id, owner.id) == 0)
    throw no_such_key(input.access_key_id);
  directory_.changed();
}

void Service::delete_access_key(const Context& context, const model::DeleteAccessKeyRequest& input) {
  User owner = user_or_caller(context, input.user_name);
  if (directory_.database().run("DELETE FROM iam_access_keys WHERE id = ? AND user_id = ?",
                                input.access_key_id, owner.id) == 0)
    throw no_such_key(input.access_key_id);
  directory_.changed();
}

model::GetAccessKeyLastUsedResponse Service::get_access_key_last_used(
    const Context& context, const model::GetAccessKeyLastUsedRequest& input) {
  auto row = directory_.database().query(
      "SELECT u.name, k.last_used, k.last_region, k.last_service FROM iam_access_keys k JOIN iam_users u "
      "ON u.id = k.user_id WHERE k.id = ? AND k.account = ?",
      input.access_key_id, context.account());
  if (!row.next()) throw no_such_key(input.access_key_id);
  model::GetAccessKeyLastUsedResponse out;
  out.user_name = row.text(0);
  model::AccessKeyLastUsed used;
  used.last_used_date = row.optional_time(1);
  used.region = row.optional_text(2).value_or("N/A");
  used.service_name = row.optional_text(3).value_or("N/A");
  out.access_key_last_used = std::move(used);
  return out;
}

}  // namespace squall::services::iam
