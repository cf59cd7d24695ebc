// Commands and invocations as answers.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "emulator/services/ssm/errors.hpp"
#include "emulator/services/ssm/output.hpp"
#include "emulator/services/ssm/paging.hpp"
#include "emulator/services/ssm/service.hpp"

namespace squall::services::ssm {
namespace {

const api::ssm::CloudWatchOutputConfig no_cloud_watch{.cloud_watch_log_group_name = "",
                                                      .cloud_watch_output_enabled = false};

Time filter_time(const std::string& text) {
  if (auto time = base::parse_iso8601(text)) return *time;
  throw base::AwsError::validation("The value of the filter is not a date and time: " + text);
}

// One filter of ListCommands and ListCommandInvocations, on a command and the status of what is listed.
bool passes(const api::ssm::CommandFilter& filter, const CommandRecord& command, const Status& status) {
  if (filter.key == "InvokedAfter") return command.requested >= filter_time(filter.value);
  if (filter.key == "InvokedBefore") return command.requested < filter_time(filter.value);
  if (filter.key == "Status") return filter.value == status.status || filter.value == status.details;
  if (filter.key == "DocumentName") return command.document_name == filter.value;
  if (filter.key == "ExecutionStage") return filter.value == (status.over() ? "Complete" : "Executing");
  throw error("InvalidFilterKey");
}

bool passes(const std::optional<std::vector<api::ssm::CommandFilter>>& filters, const CommandRecord& command,
            const Status& status) {
  return !filters || std::all_of(filters->begin(), filters->end(),
                                 [&](const auto& filter) { return passes(filter, command, status); });
}

// "PT0.913S"
std::string elapsed_text(Duration elapsed) {
  const auto ms = std::chrono::round<std::chrono::milliseconds>(elapsed).count();
  std::string text = "PT" + std::to_string(ms / 1000);
  if (ms % 1000 != 0) {
    std::string fraction = std::to_string(1000 + ms % 1000).substr(1);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    text += "." + fraction;
  }
  return text + "S";
}

api::ssm::CommandPlugin plugin_view(const StepRecord& step, const std::string& region) {
  api::ssm::CommandPlugin out;
  out.name = step.name;
  out.status = step.status.status;
  out.status_details = step.status.details;
  out.response_code = step.response_code;
  out.response_start_date_time = step.started;
  out.response_finish_date_time = step.finished;
  out.output = join_output(step.standard_output, step.standard_error);
  out.standard_output_url = out.standard_error_url = "";
  out.output_s3_region = region;
  out.output_s3_bucket_name = out.output_s3_key_prefix = "";
  return out;
}

void add_step(api::ssm::GetCommandInvocationResult& out, const StepRecord& step) {
  out.plugin_name = step.name;
  out.response_code = step.response_code;
  if (step.started) out.execution_start_date_time = base::iso8601(*step.started, 3);
  if (step.finished) {
    out.execution_end_date_time = base::iso8601(*step.finished, 3);
    out.execution_elapsed_time = elapsed_text(*step.finished - step.started.value_or(*step.finished));
  }
  out.standard_output_content = step.standard_output;
  out.standard_error_content = step.standard_error;
}

// What every answer says of the ways of output and notice that are refused.
template <class Answer>
void say_none(Answer& out) {
  out.notification_config = api::ssm::NotificationConfig{
      .notification_arn = "", .notification_events = std::vector<std::string>{}, .notification_type = ""};
  out.service_role = "";
  out.cloud_watch_output_config = no_cloud_watch;
}

}  // namespace

api::ssm::Command Service::view(const CommandRecord& command) {
  const auto invocations = commands_.invocations(command.id);
  auto count = [&](auto condition) {
    return std::count_if(invocations.begin(), invocations.end(),
                         [&](const InvocationRecord& each) { return condition(each.status); });
  };
  api::ssm::Command out;
  out.command_id = command.id;
  out.document_name = command.document_name;
  out.document_version = command.document_version;
  out.comment = command.comment;
  out.expires_after = command.expires;
  out.parameters = nlohmann::json::parse(command.parameters).get<Values>();
  out.instance_ids = command.instance_ids;
  auto& targets = out.targets.emplace();
  if (!command.targets.empty())
    for (const auto& target : nlohmann::json::parse(command.targets))
      targets.push_back({.key = target["Key"].get<std::string>(),
                         .values = target["Values"].get<std::vector<std::string>>()});
  out.requested_date_time = command.requested;
  out.status = command.status.status;
  out.status_details = command.status.details;
  out.output_s3_region = command.region;
  out.output_s3_bucket_name = out.output_s3_key_prefix = "";
  out.max_concurrency = command.max_concurrency;
  out.max_errors = command.max_errors;
  out.target_count = static_cast<std::int64_t>(invocations.size());
  out.completed_count = count([](const Status& status) { return status.over(); });
  out.error_count = count(is_error);
  out.delivery_timed_out_count =
      count([](const Status& status) { return status.details == "DeliveryTimedOut"; });
  say_none(out);
  out.timeout_seconds = command.timeout_seconds;
  out.alarm_configuration = api::ssm::AlarmConfiguration{.ignore_poll_alarm_failure = false, .alarms = {}};
  out.triggered_alarms.emplace();
  return out;
}

std::vector<CommandRecord> Service::commands_for(const wire::RequestContext& context,
                                                 const std::optional<std::string>& id) {
  if (id) return {own_command(context, *id)};
  return commands_.list(context.account(), context.region);
}

api::ssm::GetCommandInvocationResult Service::get_command_invocation(
    const wire::RequestContext& context, const api::ssm::GetCommandInvocationRequest& input) {
  auto command = commands_.find(input.command_id);
  if (!command || command->account != context.account() || command->region != context.region)
    throw error("InvocationDoesNotExist");
  auto invocation = commands_.invocation(command->id, input.instance_id);
  if (!invocation) throw error("InvocationDoesNotExist");

  api::ssm::GetCommandInvocationResult out;
  out.command_id = command->id;
  out.instance_id = invocation->instance_id;
  out.comment = command->comment;
  out.document_name = command->document_name;
  out.document_version = command->document_version;
  out.plugin_name = "";
  out.response_code = -1;
  out.execution_start_date_time = out.execution_elapsed_time = out.execution_end_date_time = "";
  out.status = invocation->status.status;
  out.status_details = invocation->status.details;
  out.standard_output_content = out.standard_error_content = "";
  out.standard_output_url = out.standard_error_url = "";
  out.cloud_watch_output_config = no_cloud_watch;
  const auto steps = commands_.steps(command->id, invocation->instance_id);
  if (input.plugin_name) {
    auto step = std::find_if(steps.begin(), steps.end(),
                             [&](const StepRecord& each) { return each.name == *input.plugin_name; });
    if (step == steps.end()) throw error("InvalidPluginName");
    add_step(out, *step);
    out.status = step->status.status;
    out.status_details = step->status.details;
  } else if (steps.size() == 1) {
    // Of several steps, the one to show must be named.
    add_step(out, steps.front());
  }
  return out;
}

api::ssm::ListCommandInvocationsResult Service::list_command_invocations(
    const wire::RequestContext& context, const api::ssm::ListCommandInvocationsRequest& input) {
  std::vector<api::ssm::CommandInvocation> invocations;
  for (const CommandRecord& command : commands_for(context, input.command_id))
    for (const InvocationRecord& invocation : commands_.invocations(command.id)) {
      if (input.instance_id && *input.instance_id != invocation.instance_id) continue;
      if (!passes(input.filters, command, invocation.status)) continue;
      api::ssm::CommandInvocation& out = invocations.emplace_back();
      out.command_id = command.id;
      out.instance_id = invocation.instance_id;
      out.instance_name = invocation.instance_name;
      out.comment = command.comment;
      out.document_name = command.document_name;
      out.document_version = command.document_version;
      out.requested_date_time = command.requested;
      out.status = invocation.status.status;
      out.status_details = invocation.status.details;
      out.standard_output_url = out.standard_error_url = "";
      say_none(out);
      auto& plugins = out.command_plugins.emplace();
      if (!input.details.value_or(false)) continue;
      for (const StepRecord& step : commands_.steps(command.id, invocation.instance_id))
        plugins.push_back(plugin_view(step, command.region));
    }
  api::ssm::ListCommandInvocationsResult out;
  out.next_token = take_page(invocations, input.max_results, input.next_token,
                             [](const auto& each) { return *each.command_id + " " + *each.instance_id; });
  out.command_invocations = std::move(invocations);
  return out;
}

api::ssm::ListCommandsResult Service::list_commands(const wire::RequestContext& context,
                                                    const api::ssm::ListCommandsRequest& input) {
  std::vector<CommandRecord> records = commands_for(context, input.command_id);
  std::erase_if(records, [&](const CommandRecord& command) {
    return !passes(input.filters, command, command.status) ||
           (input.instance_id && !commands_.invocation(command.id, *input.instance_id));
  });
  api::ssm::ListCommandsResult out;
  out.next_token = take_page(records, input.max_results, input.next_token,
                             [](const CommandRecord& each) { return each.id; });
  auto& commands = out.commands.emplace();
  for (const CommandRecord& command : records) commands.push_back(view(command));
  return out;
}

}  // namespace squall::services::ssm
