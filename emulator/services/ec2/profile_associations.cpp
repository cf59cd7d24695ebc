// Associations of instances and IAM instance profiles: columns of the instance, since each has at most one.
#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/filters.hpp"
#include "emulator/services/ec2/pages.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

using Association = api::ec2::IamInstanceProfileAssociation;

Association association_answer(const InstanceRecord& record, const std::string& state) {
  return {.association_id = record.association_id,
          .instance_id = record.id,
          .iam_instance_profile =
              api::ec2::IamInstanceProfile{.arn = record.profile_arn, .id = record.profile_id},
          .state = state};
}

const FilterField<Association> fields[] = {
    {"instance-id", [](const Association& one) { return texts(one.instance_id); }},
    {"state", [](const Association& one) { return texts(one.state); }},
};

}  // namespace

api::ec2::AssociateIamInstanceProfileResult Ec2::associate_iam_instance_profile(
    const RequestContext& context, const api::ec2::AssociateIamInstanceProfileRequest& input) {
  Scope scope = scope_of(context);
  InstanceRecord record = require_instance(scope, input.instance_id);
  InstanceProfileFacts profile = require_profile(scope, input.iam_instance_profile);
  if (record.state != State::running && record.state != State::stopped && record.state != State::pending)
    throw error("IncorrectInstanceState",
                "The instance '" + record.id + "' is not in the 'running' or 'stopped' state.");
  if (!record.profile_arn.empty())
    throw error("IncorrectState", "There is an existing association for instance " + record.id);
  record.profile_arn = profile.arn;
  record.profile_id = profile.id;
  record.association_id = new_id("iip-assoc");
  tables_.put(record);
  return {.iam_instance_profile_association = association_answer(record, "associating")};
}

api::ec2::DisassociateIamInstanceProfileResult Ec2::disassociate_iam_instance_profile(
    const RequestContext& context, const api::ec2::DisassociateIamInstanceProfileRequest& input) {
  for (InstanceRecord& record : tables_.instances(scope_of(context))) {
    if (record.association_id != input.association_id || !record.exists()) continue;
    Association answer = association_answer(record, "disassociating");
    record.profile_arn = record.profile_id = record.association_id = "";
    tables_.put(record);
    return {.iam_instance_profile_association = answer};
  }
  throw error("InvalidAssociationID.NotFound",
              "An invalid association-id of '" + input.association_id + "' was given");
}

api::ec2::DescribeIamInstanceProfileAssociationsResult Ec2::describe_iam_instance_profile_associations(
    const RequestContext& context, const api::ec2::DescribeIamInstanceProfileAssociationsRequest& input) {
  std::vector<Association> found;
  for (const InstanceRecord& record : tables_.instances(scope_of(context)))
    if (record.exists() && !record.association_id.empty())
      found.push_back(association_answer(record, "associated"));
  if (input.association_ids)
    for (const std::string& id : *input.association_ids)
      if (std::none_of(found.begin(), found.end(),
                       [&](const Association& one) { return *one.association_id == id; }))
        throw error("InvalidAssociationID.NotFound", "An invalid association-id of '" + id + "' was given");
  if (input.association_ids)
    std::erase_if(found, [&](const Association& one) {
      const auto& ids = *input.association_ids;
      return std::find(ids.begin(), ids.end(), *one.association_id) == ids.end();
    });
  found =
      filtered(input.filters, std::span<const FilterField<Association>>(fields), std::move(found), NoTags{});
  api::ec2::DescribeIamInstanceProfileAssociationsResult result;
  result.next_token = take_page(found, input.max_results, input.next_token,
                                [](const Association& one) { return *one.association_id; });
  result.iam_instance_profile_associations = std::move(found);
  return result;
}

}  // namespace squall::services::ec2
