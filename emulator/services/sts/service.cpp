#include "emulator/services/sts/service.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "emulator/base/arn.hpp"
#include "emulator/base/ascii.hpp"
#include "emulator/services/iam/documents.hpp"
#include "emulator/services/iam/errors.hpp"

namespace squall::services::sts {
namespace {

namespace model = api::sts;
using base::AwsError;

constexpr std::int64_t default_duration_s = 3600;
constexpr std::int64_t chained_duration_s = 3600;  // a session may not open a longer one
constexpr std::size_t packed_limit = 2048;

AwsError access_denied(const wire::RequestContext& context, const char* action, const std::string& role_arn) {
  return {"AccessDenied", 403,
          "User: " + context.principal.arn + " is not authorized to perform: " + action +
              " on resource: " + role_arn};
}

// How much of the space for session policies and tags a request takes. AWS packs them in a form of its own
// before it measures; here they count as they are. Throws PackedPolicyTooLarge.
std::int64_t packed_percent(const model::AssumeRoleRequest& input) {
  std::size_t bytes = input.policy ? iam::document_weight(*input.policy) : 0;
  for (const auto& given : input.policy_arns.value_or(std::vector<model::PolicyDescriptorType>{}))
    bytes += given.arn.value_or("").size();
  for (const model::Tag& tag : input.tags.value_or(std::vector<model::Tag>{}))
    bytes += tag.key.size() + tag.value.size();
  if (bytes > packed_limit)
    throw AwsError("PackedPolicyTooLarge", 400,
                   "Packed policy consumes " + std::to_string(bytes * 100 / packed_limit) +
                       "% of allotted space, please use smaller policy.");
  return static_cast<std::int64_t>((bytes * 100 + packed_limit - 1) / packed_limit);
}

// The statements of several policies as one document; AWS packs them likewise.
void append_statements(const std::string& document, nlohmann::json& all) {
  auto parsed = nlohmann::json::parse(document);
  const auto& statements = parsed.at("Statement");
  if (statements.is_array())
    all.insert(all.end(), statements.begin(), statements.end());
  else
    all.push_back(statements);
}

}  // namespace

std::vector<auth::Authorization> Service::authorizations(const Context&, const wire::Operation&,
                                                         const nlohmann::json&) {
  return {};
}

model::GetCallerIdentityResponse Service::get_caller_identity(const Context& context,
                                                              const model::GetCallerIdentityRequest&) {
  return {context.principal.user_id, context.account(), context.principal.arn};
}

// A role that is not there is answered as one that may not be assumed: AWS does not tell which roles exist.
iam::Role Service::role_to_assume(const Context& context, const model::AssumeRoleRequest& input) {
  auto arn = base::Arn::parse(input.role_arn);
  if (!arn || arn->partition.empty() || arn->service != "iam" || arn->account.empty())
    throw iam::validation_error(input.role_arn + " is invalid");
  if (!arn->resource.starts_with("role/")) throw access_denied(context, "sts:AssumeRole", input.role_arn);
  auto role = directory_.find_role(arn->account, arn->resource.substr(arn->resource.rfind('/') + 1));
  if (!role || role->arn() != input.role_arn) throw access_denied(context, "sts:AssumeRole", input.role_arn);
  return *role;
}

void Service::check_allowed(const Context& context, const model::AssumeRoleRequest& input,
                            const iam::Role& role) {
  if (access_.mode() == auth::Mode::open) return;
  if (context.principal.kind == wire::Principal::Kind::root)
    throw AwsError("AccessDenied", 403, "Roles may not be assumed by root accounts.");
  auth::Authorization wanted;
  wanted.resource = role.arn();
  wanted.resource_policy = role.trust_policy;
  wanted.conditions["sts:RoleSessionName"] = {input.role_session_name};
  if (input.external_id) wanted.conditions["sts:ExternalId"] = {*input.external_id};
  for (const auto& [key, value] : directory_.tags(role.id))
    wanted.conditions["aws:ResourceTag/" + key] = {value};
  std::vector<const char*> actions{"sts:AssumeRole"};
  if (input.tags && !input.tags->empty()) {
    actions.push_back("sts:TagSession");
    for (const model::Tag& tag : *input.tags) {
      wanted.conditions["aws:RequestTag/" + tag.key] = {tag.value};
      wanted.conditions["aws:TagKeys"].push_back(tag.key);
    }
    if (input.transitive_tag_keys) wanted.conditions["sts:TransitiveTagKeys"] = *input.transitive_tag_keys;
  }
  for (const char* action : actions) {
    wanted.action = action;
    if (access_.decide(context, wanted, auth::ResourceRule::trust_policy).outcome != auth::Outcome::allowed)
      throw access_denied(context, action, input.role_arn);
  }
}

std::string Service::session_policy(const model::AssumeRoleRequest& input) {
  nlohmann::json statements = nlohmann::json::array();
  if (input.policy) {
    iam::check_identity_policy(*input.policy);
    append_statements(*input.policy, statements);
  }
  if (input.policy_arns)
    for (const model::PolicyDescriptorType& given : *input.policy_arns) {
      std::string document = directory_.default_document(given.arn.value_or(""));
      if (document.empty())
        throw iam::malformed_policy("Policy " + given.arn.value_or("") +
                                    " does not exist or is not attachable.");
      append_statements(document, statements);
    }
  if (!input.policy && (!input.policy_arns || input.policy_arns->empty())) return {};
  return nlohmann::json{{"Version", "2012-10-17"}, {"Statement", statements}}.dump();
}

// Tags of the request, and those that the calling session hands on; neither may contradict the other.
void Service::take_tags(const Context& context, const model::AssumeRoleRequest& input,
                        iam::NewSession& session) {
  session.transitive_tags = credentials_.transitive_tags(context.principal.access_key_id);
  session.tags = session.transitive_tags;
  std::set<std::string> inherited, seen;
  for (const auto& [key, value] : session.transitive_tags) inherited.insert(base::ascii_lower(key));
  for (const model::Tag& tag : input.tags.value_or(std::vector<model::Tag>{})) {
    if (inherited.contains(base::ascii_lower(tag.key)))
      throw AwsError(
          "InvalidParameterValue", 400,
          "One of the specified transitive tag keys can't be set because it conflicts with a transitive "
          "tag key from the calling session.");
    if (base::ascii_lower(tag.key).starts_with("aws:"))
      throw AwsError("InvalidParameterValue", 400,
                     "Invalid tag key: tag keys may not begin with the reserved prefix aws:.");
    if (!seen.insert(base::ascii_lower(tag.key)).second)
      throw AwsError("InvalidParameterValue", 400,
                     "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    session.tags[tag.key] = tag.value;
  }
  for (const std::string& key : input.transitive_tag_keys.value_or(std::vector<std::string>{})) {
    auto tag = session.tags.find(key);
    if (tag == session.tags.end())
      throw AwsError("InvalidParameterValue", 400,
                     "The specified transitive tag key must be included in the requested tags.");
    session.transitive_tags[key] = tag->second;
  }
}

model::AssumeRoleResponse Service::assume_role(const Context& context,
                                               const model::AssumeRoleRequest& input) {
  iam::Role role = role_to_assume(context, input);
  check_allowed(context, input, role);
  std::int64_t duration_s = input.duration_seconds.value_or(default_duration_s);
  if (duration_s > role.max_session_s)
    throw iam::validation_error(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  if (context.principal.kind == wire::Principal::Kind::assumed_role && duration_s > chained_duration_s)
    throw iam::validation_error(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
  iam::NewSession wanted;
  wanted.role = role;
  wanted.name = input.role_session_name;
  wanted.lifetime = std::chrono::seconds(duration_s);
  wanted.policy = session_policy(input);
  std::int64_t packed = packed_percent(input);
  take_tags(context, input, wanted);
  iam::OpenedSession opened = credentials_.open(wanted);
  model::AssumeRoleResponse out;
  out.credentials = model::Credentials{opened.credentials.access_key_id, opened.credentials.secret_access_key,
                                       opened.credentials.session_token, opened.expires};
  out.assumed_role_user = model::AssumedRoleUser{opened.user_id, opened.arn};
  if (packed > 0) out.packed_policy_size = packed;
  return out;
}

}  // namespace squall::services::sts
