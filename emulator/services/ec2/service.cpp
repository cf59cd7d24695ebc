#include "emulator/services/ec2/service.hpp"

#include <algorithm>

#include "emulator/services/ec2/errors.hpp"

namespace squall::services::ec2 {

Ec2::Ec2(world::Scheduler& scheduler, world::Entropy& entropy, world::Machines& machines,
         store::Database& database, InstanceProfiles& profiles)
    : scheduler_(scheduler),
      entropy_(entropy),
      machines_(machines),
      profiles_(profiles),
      tables_(database),
      lifecycle_(scheduler, entropy, machines, tables_) {
  lifecycle_.resume();
}

std::string Ec2::new_id(const std::string& prefix) { return prefix + "-0" + entropy_.hex(8); }

InstanceView Ec2::view_of(InstanceRecord record) {
  InstanceView view;
  view.tags = tables_.tags(record.scope(), record.id);
  for (const std::string& id : record.group_ids)
    if (auto group = tables_.group(id)) view.group_names.push_back(group->name);
  if (!record.key_name.empty())
    for (KeyPairRecord& key : tables_.key_pairs(record.scope()))
      if (key.name == record.key_name) view.public_key = std::move(key.public_key);
  view.record = std::move(record);
  return view;
}

std::optional<InstanceView> Ec2::find(const std::string& instance_id) {
  auto record = tables_.instance(instance_id);
  if (!record) return std::nullopt;
  return view_of(std::move(*record));
}

std::optional<InstanceView> Ec2::find_by_address(const Scope& scope, const std::string& address) {
  for (InstanceRecord& record : tables_.instances(scope))
    if ((record.state == State::running || record.state == State::pending) && !address.empty() &&
        (record.private_ip == address || record.public_ip == address))
      return view_of(std::move(record));
  return std::nullopt;
}

std::vector<InstanceView> Ec2::find_by_tag(const Scope& scope, const std::string& key,
                                           const std::vector<std::string>& values) {
  std::vector<InstanceView> found = list(scope);
  std::erase_if(found, [&](const InstanceView& view) {
    auto tag = view.tags.find(key);
    return tag == view.tags.end() || std::find(values.begin(), values.end(), tag->second) == values.end();
  });
  return found;
}

std::vector<InstanceView> Ec2::list(const Scope& scope) {
  std::vector<InstanceView> views;
  for (InstanceRecord& record : tables_.instances(scope))
    if (record.exists()) views.push_back(view_of(std::move(record)));
  return views;
}

std::vector<InstanceRecord> Ec2::require_instances(const Scope& scope, const std::vector<std::string>& ids) {
  std::vector<InstanceRecord> found;
  std::vector<std::string> missing;
  for (const std::string& id : ids) require_id(id, "i", "InvalidInstanceID.Malformed");
  for (const std::string& id : ids) {
    auto record = tables_.instance(id);
    if (!record || record->scope() != scope)
      missing.push_back(id);
    else if (std::none_of(found.begin(), found.end(),
                          [&](const InstanceRecord& one) { return one.id == id; }))
      found.push_back(std::move(*record));
  }
  if (!missing.empty()) throw no_such_instances(missing);
  return found;
}

InstanceRecord Ec2::require_instance(const Scope& scope, const std::string& id) {
  return require_instances(scope, {id}).front();
}

InstanceProfileFacts Ec2::require_profile(const Scope& scope,
                                          const api::ec2::IamInstanceProfileSpecification& wanted) {
  if (wanted.arn && wanted.name)
    throw invalid_combination(
        "The parameter 'iamInstanceProfile.name' may not be used in combination with "
        "'iamInstanceProfile.arn'");
  if (!wanted.arn && !wanted.name) throw missing_parameter("IamInstanceProfile.Name");
  auto facts = wanted.arn ? profiles_.by_arn(*wanted.arn) : profiles_.by_name(scope.account, *wanted.name);
  if (facts) return *facts;
  if (wanted.arn)
    throw invalid_value(
        "Value (" + *wanted.arn +
        ") for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN");
  throw invalid_value(
      "Value (" + *wanted.name +
      ") for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name");
}

}  // namespace squall::services::ec2
