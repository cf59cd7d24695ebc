// Sending and cancelling commands
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html).
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "emulator/base/crypto.hpp"
#include "emulator/base/encoding.hpp"
#include "emulator/services/ssm/errors.hpp"
#include "emulator/services/ssm/service.hpp"

namespace squall::services::ssm {
namespace {

constexpr std::int64_t usual_timeout_s = 3600;

std::string id_of(const ManagedNode& node) { return node.instance.record.id; }

std::string host_name_of(const ManagedNode& node) {
  return ec2::private_dns_name(node.instance.record.region, node.instance.record.private_ip);
}

void check_no_duplicates(const std::vector<std::string>& instance_ids) {
  std::set<std::string> seen;
  for (const std::string& id : instance_ids)
    if (!seen.insert(id).second) throw error("DuplicateInstanceId");
}

void check_hash(const api::ssm::SendCommandRequest& input, const std::string& content) {
  if (!input.document_hash) return;
  const bool old = input.document_hash_type == "Sha1";
  if (*input.document_hash != base::hex_encode(old ? base::sha1(content) : base::sha256(content)))
    throw error("InvalidDocument", "The hash of the document does not match the hash in the request.");
}

// As given, for the listings; the wire's names.
std::string targets_text(const std::vector<api::ssm::Target>& targets) {
  auto list = nlohmann::json::array();
  for (const auto& target : targets)
    list.push_back(
        {{"Key", target.key.value_or("")}, {"Values", target.values.value_or(std::vector<std::string>())}});
  return list.dump();
}

std::vector<StepRecord> pending_steps(const Plan& plan) {
  std::vector<StepRecord> steps;
  for (const PlannedStep& step : plan.steps) {
    steps.emplace_back();
    steps.back().name = step.name;
    steps.back().plugin = step.plugin;
  }
  return steps;
}

}  // namespace

std::vector<ManagedNode> Service::targets_of(const wire::RequestContext& context,
                                             const api::ssm::SendCommandRequest& input) {
  const ec2::Scope scope{context.account(), context.region};
  std::vector<ManagedNode> found;
  auto add_ids = [&](const std::vector<std::string>& ids) {
    check_no_duplicates(ids);
    std::string bad;
    for (const std::string& id : ids)
      if (auto node = nodes_.find(scope, id))
        found.push_back(std::move(*node));
      else
        bad += (bad.empty() ? "" : ", ") + id;
    if (!bad.empty() || ids.empty()) throw invalid_instances(bad, context.account());
  };
  if (!input.targets || input.targets->empty()) {
    add_ids(input.instance_ids.value_or(std::vector<std::string>()));
    return found;
  }
  bool first = true;
  for (const auto& target : *input.targets) {
    const std::string key = target.key.value_or("");
    const auto values = target.values.value_or(std::vector<std::string>());
    std::vector<ManagedNode> before = std::exchange(found, {});
    if (key == "InstanceIds" || key == "instanceids")
      add_ids(values);
    else if (key.starts_with("tag:"))
      found = nodes_.find_by_tag(scope, key.substr(4), values);
    else
      throw not_served("targets by " + key);
    // Several targets narrow each other.
    if (!std::exchange(first, false))
      std::erase_if(found, [&](const ManagedNode& node) {
        return std::none_of(before.begin(), before.end(),
                            [&](const ManagedNode& each) { return id_of(each) == id_of(node); });
      });
  }
  return found;
}

api::ssm::SendCommandResult Service::send_command(const wire::RequestContext& context,
                                                  const api::ssm::SendCommandRequest& input) {
  if (input.cloud_watch_output_config && input.cloud_watch_output_config->cloud_watch_output_enabled == true)
    throw not_served("CloudWatchOutputConfig.CloudWatchOutputEnabled");
  if (input.instance_ids && !input.instance_ids->empty() && input.targets && !input.targets->empty())
    throw base::AwsError::validation("InstanceIds and Targets cannot both be specified.");
  const Edition edition = find_edition(context, input.document_name, input.document_version);
  check_hash(input, edition.version.content);
  const Document document = parse_document(edition.version.content, edition.version.format);
  const Values given = input.parameters.value_or(Values());
  Plan plan = make_plan(document, resolve_values(edition.document.name, document, given));
  const std::vector<ManagedNode> nodes = targets_of(context, input);

  CommandRecord command{
      .id = entropy_.uuid(),
      .account = context.account(),
      .region = context.region,
      .document_name = input.document_name,
      .document_version = input.document_version.value_or("$DEFAULT"),
      .comment = input.comment.value_or(""),
      .parameters = nlohmann::json(given).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
      .targets = input.targets ? targets_text(*input.targets) : "",
      .max_concurrency = input.max_concurrency.value_or("50"),
      .max_errors = input.max_errors.value_or("0"),
      .timeout_seconds = input.timeout_seconds.value_or(usual_timeout_s),
      .requested = context.now,
      .instance_ids = input.instance_ids.value_or(std::vector<std::string>())};
  command.expires = context.now + std::chrono::seconds(command.timeout_seconds) + plan.execution_timeout();
  std::vector<std::pair<std::string, std::string>> instances;
  for (const ManagedNode& node : nodes) instances.emplace_back(id_of(node), host_name_of(node));
  commands_.add(command, instances, pending_steps(plan));
  api::ssm::SendCommandResult out{.command = view(command)};
  // AWS counts targets after it has answered.
  if (!command.targets.empty()) out.command->target_count = 0;
  runner_.start(command, std::move(plan));
  return out;
}

api::ssm::CancelCommandResult Service::cancel_command(const wire::RequestContext& context,
                                                      const api::ssm::CancelCommandRequest& input) {
  const CommandRecord command = own_command(context, input.command_id);
  std::vector<std::string> all;
  for (const InvocationRecord& invocation : commands_.invocations(command.id))
    all.push_back(invocation.instance_id);
  const bool some = input.instance_ids && !input.instance_ids->empty();
  const std::vector<std::string>& wanted = some ? *input.instance_ids : all;
  check_no_duplicates(wanted);
  for (const std::string& id : wanted)
    if (std::find(all.begin(), all.end(), id) == all.end())
      throw error("InvalidInstanceId", "The command was not sent to instance " + id + ".");
  runner_.cancel(command.id, wanted);
  return {};
}

}  // namespace squall::services::ssm
