// Managed policies and their versions: the account's own, and to read the AWS managed ones.
#include "emulator/base/arn.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/services/iam/documents.hpp"
#include "emulator/services/iam/errors.hpp"
#include "emulator/services/iam/paging.hpp"
#include "emulator/services/iam/service.hpp"

namespace squall::services::iam {
namespace {

namespace model = api::iam;

constexpr std::size_t size_limit = 6144;  // characters, white space not counted
constexpr std::size_t most_versions = 5;

std::string version_name(std::int64_t version) { return "v" + std::to_string(version); }

struct Version {
  std::int64_t number;
  std::string document;
  Time created;
};

std::vector<Version> versions_of(Directory& directory, const std::string& arn) {
  std::vector<Version> out;
  auto rows = directory.database().query(
      "SELECT version, document, created FROM iam_policy_versions WHERE arn = ? ORDER BY version DESC", arn);
  while (rows.next()) out.push_back({rows.integer(0), rows.text(1), rows.time(2)});
  return out;
}

Version find_version(Directory& directory, const std::string& arn, const std::string& name) {
  for (Version& version : versions_of(directory, arn))
    if (version_name(version.number) == name) return version;
  throw no_such_entity("Policy " + arn + " version " + name + " does not exist or is not attachable.");
}

model::PolicyVersion version_answer(const Version& version, const ManagedPolicyRow& policy,
                                    bool with_document) {
  model::PolicyVersion out;
  if (with_document) out.document = base::percent_encode(version.document);
  out.version_id = version_name(version.number);
  out.is_default_version = version.number == policy.default_version;
  out.create_date = version.created;
  return out;
}

void check_document(const std::string& document) {
  check_managed_policy(document);
  if (document_weight(document) > size_limit)
    throw limit_exceeded("Cannot exceed quota for PolicySize: " + std::to_string(size_limit));
}

void refuse_aws_managed(const ManagedPolicyRow& policy) {
  if (policy.account == "aws")
    throw base::AwsError("AccessDenied", 403, "The policy " + policy.arn + " is managed by AWS.");
}

std::int64_t count(Directory& directory, const char* sql, const std::string& arn) {
  auto row = directory.database().query(sql, arn);
  row.next();
  return row.integer(0);
}

}  // namespace

model::Policy Service::policy_answer(const ManagedPolicyRow& policy, bool with_details) {
  model::Policy out;
  out.policy_name = policy.name;
  out.policy_id = policy.id;
  out.arn = policy.arn;
  out.path = policy.path;
  out.default_version_id = version_name(policy.default_version);
  out.attachment_count = count(directory_, "SELECT count(*) FROM iam_attachments WHERE arn = ?", policy.arn);
  out.permissions_boundary_usage_count =
      count(directory_,
            "SELECT (SELECT count(*) FROM iam_users WHERE boundary = ?1) + "
            "(SELECT count(*) FROM iam_roles WHERE boundary = ?1)",
            policy.arn);
  out.is_attachable = true;
  out.create_date = policy.created;
  out.update_date = policy.updated;
  if (!with_details) return out;
  out.description = policy.description;
  out.tags = tag_list(policy.id);
  return out;
}

model::CreatePolicyResponse Service::create_policy(const Context& context,
                                                   const model::CreatePolicyRequest& input) {
  check_document(input.policy_document);
  std::string path = input.path.value_or("/");
  std::string arn = "arn:aws:iam::" + context.account() + ":policy" + path + input.policy_name;
  for (const ManagedPolicyRow& other : directory_.policies(context.account()))
    if (http::equal_ignoring_case(other.name, input.policy_name))
      throw already_exists("A policy called " + input.policy_name +
                           " already exists. Duplicate names are not allowed.");
  store::Transaction transaction(directory_.database());
  std::string id = directory_.new_id("ANPA");
  directory_.database().run("INSERT INTO iam_policies VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 1)", arn,
                            context.account(), input.policy_name, path, id, context.now, context.now,
                            input.description);
  directory_.database().run("INSERT INTO iam_policy_versions VALUES (?, 1, ?, ?)", arn, input.policy_document,
                            context.now);
  if (input.tags) put_tags(id, *input.tags);
  transaction.commit();
  directory_.changed();
  model::Policy answer = policy_answer(policy(arn), false);
  if (input.tags && !input.tags->empty()) answer.tags = tag_list(id);
  return {answer};
}

model::GetPolicyResponse Service::get_policy(const Context&, const model::GetPolicyRequest& input) {
  return {policy_answer(policy(input.policy_arn), true)};
}

model::ListPoliciesResponse Service::list_policies(const Context& context,
                                                   const model::ListPoliciesRequest& input) {
  std::string scope = input.scope.value_or("All");
  std::vector<model::Policy> all;
  auto gather = [&](const std::string& account) {
    for (const ManagedPolicyRow& row : directory_.policies(account)) {
      if (!path_matches(row.path, input.path_prefix)) continue;
      model::Policy one = policy_answer(row, false);
      bool as_boundary = input.policy_usage_filter == "PermissionsBoundary";
      if (input.only_attached.value_or(false) && *one.attachment_count == 0) continue;
      if (as_boundary && *one.permissions_boundary_usage_count == 0) continue;
      all.push_back(std::move(one));
    }
  };
  if (scope != "AWS") gather(context.account());
  if (scope != "Local") gather("aws");
  model::ListPoliciesResponse out;
  out.policies = page(
      std::move(all), input.marker, input.max_items, [](const model::Policy& one) { return *one.arn; }, out);
  return out;
}

void Service::delete_policy(const Context&, const model::DeletePolicyRequest& input) {
  ManagedPolicyRow found = policy(input.policy_arn);
  refuse_aws_managed(found);
  model::Policy usage = policy_answer(found, false);
  if (*usage.attachment_count > 0 || *usage.permissions_boundary_usage_count > 0)
    throw delete_conflict("Cannot delete a policy attached to entities.");
  if (versions_of(directory_, found.arn).size() > 1)
    throw delete_conflict(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's "
        "versions. "
        "The default version is deleted with the policy.");
  store::Transaction transaction(directory_.database());
  delete_owner_rows(found.id);
  directory_.database().run("DELETE FROM iam_policy_versions WHERE arn = ?", found.arn);
  directory_.database().run("DELETE FROM iam_policies WHERE arn = ?", found.arn);
  transaction.commit();
  directory_.changed();
}

model::CreatePolicyVersionResponse Service::create_policy_version(
    const Context& context, const model::CreatePolicyVersionRequest& input) {
  ManagedPolicyRow found = policy(input.policy_arn);
  refuse_aws_managed(found);
  check_document(input.policy_document);
  if (versions_of(directory_, found.arn).size() >= most_versions)
    throw limit_exceeded(
        "A managed policy can have up to 5 versions. Before you create a new version, you must "
        "delete an existing version.");
  std::int64_t number = found.last_version + 1;
  store::Transaction transaction(directory_.database());
  directory_.database().run("INSERT INTO iam_policy_versions VALUES (?, ?, ?, ?)", found.arn, number,
                            input.policy_document, context.now);
  directory_.database().run(
      "UPDATE iam_policies SET last_version = ?, updated = ?, default_version = ? WHERE arn = ?", number,
      context.now, input.set_as_default.value_or(false) ? number : found.default_version, found.arn);
  transaction.commit();
  directory_.changed();
  return {version_answer({number, input.policy_document, context.now}, policy(found.arn), false)};
}

model::GetPolicyVersionResponse Service::get_policy_version(const Context&,
                                                            const model::GetPolicyVersionRequest& input) {
  ManagedPolicyRow found = policy(input.policy_arn);
  return {version_answer(find_version(directory_, found.arn, input.version_id), found, true)};
}

model::ListPolicyVersionsResponse Service::list_policy_versions(
    const Context&, const model::ListPolicyVersionsRequest& input) {
  ManagedPolicyRow found = policy(input.policy_arn);
  model::ListPolicyVersionsResponse out;
  std::vector<model::PolicyVersion> rows;
  for (const Version& one : page(
           versions_of(directory_, found.arn), input.marker, input.max_items,
           [](const Version& version) { return version_name(version.number); }, out))
    rows.push_back(version_answer(one, found, false));
  out.versions = std::move(rows);
  return out;
}

void Service::delete_policy_version(const Context&, const model::DeletePolicyVersionRequest& input) {
  ManagedPolicyRow found = policy(input.policy_arn);
  refuse_aws_managed(found);
  Version version = find_version(directory_, found.arn, input.version_id);
  if (version.number == found.default_version)
    throw delete_conflict("Cannot delete the default version of a policy.");
  directory_.database().run("DELETE FROM iam_policy_versions WHERE arn = ? AND version = ?", found.arn,
                            version.number);
  directory_.changed();
}

void Service::set_default_policy_version(const Context& context,
                                         const model::SetDefaultPolicyVersionRequest& input) {
  ManagedPolicyRow found = policy(input.policy_arn);
  refuse_aws_managed(found);
  Version version = find_version(directory_, found.arn, input.version_id);
  directory_.database().run("UPDATE iam_policies SET default_version = ?, updated = ? WHERE arn = ?",
                            version.number, context.now, found.arn);
  directory_.changed();
}

}  // namespace squall::services::iam
