// Key pairs. EC2 keeps the public half only: the private key is in CreateKeyPair's answer and nowhere else.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-key-pairs.html
#include <algorithm>

#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/key_material.hpp"
#include "emulator/services/ec2/service.hpp"
#include "emulator/store/database.hpp"

namespace squall::services::ec2 {
namespace {

using api::ec2::KeyPairInfo;

const FilterField<KeyPairInfo> fields[] = {
    {"key-pair-id", [](const KeyPairInfo& key) { return texts(key.key_pair_id); }},
    {"key-name", [](const KeyPairInfo& key) { return texts(key.key_name); }},
    {"fingerprint", [](const KeyPairInfo& key) { return texts(key.key_fingerprint); }},
};

AwsError no_such_key(const std::string& name) {
  return error("InvalidKeyPair.NotFound", "The key pair '" + name + "' does not exist");
}

void check_name(const std::string& name) {
  if (name.empty()) throw missing_parameter("KeyName");
  if (name.size() > 255) throw invalid_value("Invalid value '" + name + "' for keyPairName. Value too long.");
}

}  // namespace

void Ec2::require_key_name_free(const Scope& scope, const std::string& name) {
  check_name(name);
  for (const KeyPairRecord& key : tables_.key_pairs(scope))
    if (key.name == name) throw error("InvalidKeyPair.Duplicate", "The keypair already exists");
}

KeyPairRecord Ec2::write_key_pair(const Scope& scope, const std::string& name, const std::string& type,
                                  const KeyMaterial& material, const Tags& tags) {
  store::Transaction transaction(tables_.database());
  KeyPairRecord key;
  key.id = new_id("key");
  key.account = scope.account;
  key.region = scope.region;
  key.sequence = tables_.next_sequence();
  key.name = name;
  key.type = type;
  key.fingerprint = material.fingerprint;
  key.public_key = material.public_key + " " + name;
  key.created_at = scheduler_.now();
  tables_.put(key);
  write_tags(scope, key.id, tags);
  transaction.commit();
  return key;
}

api::ec2::KeyPair Ec2::create_key_pair(const RequestContext& context,
                                       const api::ec2::CreateKeyPairRequest& input) {
  Scope scope = scope_of(context);
  require_key_name_free(scope, input.key_name);
  std::string type = input.key_type.value_or("rsa");
  if (type != "rsa" && type != "ed25519") throw invalid_value("Invalid value '" + type + "' for KeyType.");
  if (input.key_format.value_or("pem") != "pem") throw not_served("KeyFormat=" + *input.key_format);
  Tags tags = specified_tags(input.tag_specifications, "key-pair", {"key-pair"});
  if (input.dry_run.value_or(false)) throw dry_run();

  KeyMaterial material = type == "rsa" ? make_rsa_key(entropy_) : make_ed25519_key(entropy_);
  KeyPairRecord key = write_key_pair(scope, input.key_name, type, material, tags);
  api::ec2::KeyPair answer;
  answer.key_pair_id = key.id;
  answer.key_name = key.name;
  answer.key_fingerprint = key.fingerprint;
  answer.key_material = material.private_key;
  answer.tags = tags_answer(scope, key.id);
  return answer;
}

api::ec2::ImportKeyPairResult Ec2::import_key_pair(const RequestContext& context,
                                                   const api::ec2::ImportKeyPairRequest& input) {
  Scope scope = scope_of(context);
  require_key_name_free(scope, input.key_name);
  auto imported = read_public_key(input.public_key_material);
  if (!imported) throw error("InvalidKey.Format", "Key is not in valid OpenSSH public key format");
  Tags tags = specified_tags(input.tag_specifications, "key-pair", {"key-pair"});
  if (input.dry_run.value_or(false)) throw dry_run();

  KeyPairRecord key = write_key_pair(scope, input.key_name, imported->type, imported->material, tags);
  api::ec2::ImportKeyPairResult answer;
  answer.key_pair_id = key.id;
  answer.key_name = key.name;
  answer.key_fingerprint = key.fingerprint;
  answer.tags = tags_answer(scope, key.id);
  return answer;
}

// A key pair that does not exist is deleted successfully.
api::ec2::DeleteKeyPairResult Ec2::delete_key_pair(const RequestContext& context,
                                                   const api::ec2::DeleteKeyPairRequest& input) {
  if (!input.key_name && !input.key_pair_id) throw missing_parameter("KeyName or KeyPairId");
  if (input.dry_run.value_or(false)) throw dry_run();
  api::ec2::DeleteKeyPairResult answer;
  answer.return_ = true;
  for (const KeyPairRecord& key : tables_.key_pairs(scope_of(context))) {
    if ((input.key_name && key.name != *input.key_name) ||
        (input.key_pair_id && key.id != *input.key_pair_id))
      continue;
    tables_.erase_key_pair(key.id);
    answer.key_pair_id = key.id;
  }
  return answer;
}

api::ec2::DescribeKeyPairsResult Ec2::describe_key_pairs(const RequestContext& context,
                                                         const api::ec2::DescribeKeyPairsRequest& input) {
  Scope scope = scope_of(context);
  std::vector<KeyPairInfo> keys;
  for (const KeyPairRecord& record : tables_.key_pairs(scope)) {
    KeyPairInfo key;
    key.key_pair_id = record.id;
    key.key_name = record.name;
    key.key_type = record.type;
    key.key_fingerprint = record.fingerprint;
    key.create_time = record.created_at;
    if (input.include_public_key.value_or(false)) key.public_key = record.public_key;
    key.tags = tags_answer(scope, record.id);
    if (!key.tags) key.tags.emplace();
    keys.push_back(std::move(key));
  }
  auto named = [](const std::optional<Texts>& wanted, const std::string& value) {
    return wanted && std::find(wanted->begin(), wanted->end(), value) != wanted->end();
  };
  for (const std::string& name : input.key_names.value_or(Texts{}))
    if (std::none_of(keys.begin(), keys.end(), [&](const KeyPairInfo& key) { return *key.key_name == name; }))
      throw no_such_key(name);
  for (const std::string& id : input.key_pair_ids.value_or(Texts{}))
    if (std::none_of(keys.begin(), keys.end(),
                     [&](const KeyPairInfo& key) { return *key.key_pair_id == id; }))
      throw error("InvalidKeyPair.NotFound", "The key pair with ID '" + id + "' does not exist");
  if (input.key_names || input.key_pair_ids)
    std::erase_if(keys, [&](const KeyPairInfo& key) {
      return !named(input.key_names, *key.key_name) && !named(input.key_pair_ids, *key.key_pair_id);
    });
  keys = filtered(input.filters, std::span<const FilterField<KeyPairInfo>>(fields), std::move(keys),
                  [](const KeyPairInfo& key) -> const ApiTags& { return key.tags; });
  if (input.dry_run.value_or(false)) throw dry_run();
  return {.key_pairs = std::move(keys)};
}

}  // namespace squall::services::ec2
