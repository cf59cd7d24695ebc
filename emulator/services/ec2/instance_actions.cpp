// Start, stop, reboot and terminate: who may go where, and the order in which EC2 refuses.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html
#include "emulator/services/ec2/errors.hpp"
#include "emulator/services/ec2/service.hpp"

namespace squall::services::ec2 {
namespace {

api::ec2::InstanceState state_answer(State state) {
  return {.code = static_cast<std::int64_t>(state), .name = state_name(state)};
}

void require_some(const std::vector<std::string>& ids) {
  if (ids.empty()) throw missing_parameter("InstanceId");
}

AwsError wrong_state(const std::string& id, const std::string& verb) {
  return error("IncorrectInstanceState",
               "The instance '" + id + "' is not in a state from which it can be " + verb + ".");
}

AwsError not_permitted(const std::string& id, const std::string& verb, const std::string& attribute) {
  return error("OperationNotPermitted", "The instance '" + id + "' may not be " + verb + ". Modify its '" +
                                            attribute + "' instance attribute and try again.");
}

}  // namespace

api::ec2::StartInstancesResult Ec2::start_instances(const RequestContext& context,
                                                    const api::ec2::StartInstancesRequest& input) {
  require_some(input.instance_ids);
  std::vector<InstanceRecord> records = require_instances(scope_of(context), input.instance_ids);
  for (const InstanceRecord& record : records)
    if (record.state != State::stopped && record.state != State::pending && record.state != State::running)
      throw wrong_state(record.id, "started");
  if (input.dry_run.value_or(false)) throw dry_run();

  api::ec2::StartInstancesResult result;
  result.starting_instances.emplace();
  for (const InstanceRecord& record : records) {
    if (record.state == State::stopped) lifecycle_.start(record);
    result.starting_instances->push_back({.instance_id = record.id,
                                          .current_state = state_answer(tables_.instance(record.id)->state),
                                          .previous_state = state_answer(record.state)});
  }
  return result;
}

api::ec2::StopInstancesResult Ec2::stop_instances(const RequestContext& context,
                                                  const api::ec2::StopInstancesRequest& input) {
  require_some(input.instance_ids);
  if (input.hibernate.value_or(false))
    throw error("UnsupportedHibernationConfiguration",
                "The instance '" + input.instance_ids.front() + "' is not enabled for hibernation.");
  std::vector<InstanceRecord> records = require_instances(scope_of(context), input.instance_ids);
  for (const InstanceRecord& record : records) {
    if (record.boots_first())
      throw error("IncorrectInstanceState", "Instance '" + record.id +
                                                "' cannot be stopped as it has never reached the 'running' "
                                                "state.");
    if (record.state != State::running && record.state != State::stopping && record.state != State::stopped)
      throw wrong_state(record.id, "stopped");
    if (record.stop_protected) throw not_permitted(record.id, "stopped", "disableApiStop");
  }
  if (input.dry_run.value_or(false)) throw dry_run();

  bool force = input.force.value_or(false) || input.skip_os_shutdown.value_or(false);
  api::ec2::StopInstancesResult result;
  result.stopping_instances.emplace();
  for (const InstanceRecord& record : records) {
    if (record.state == State::running) lifecycle_.stop(record, force);
    State now = record.state == State::running ? State::stopping : record.state;
    result.stopping_instances->push_back({.instance_id = record.id,
                                          .current_state = state_answer(now),
                                          .previous_state = state_answer(record.state)});
  }
  return result;
}

void Ec2::reboot_instances(const RequestContext& context, const api::ec2::RebootInstancesRequest& input) {
  require_some(input.instance_ids);
  std::vector<InstanceRecord> records = require_instances(scope_of(context), input.instance_ids);
  for (const InstanceRecord& record : records)
    if (record.state != State::running && record.state != State::pending)
      throw wrong_state(record.id, "rebooted");
  if (input.dry_run.value_or(false)) throw dry_run();
  for (const InstanceRecord& record : records)
    if (record.state == State::running) lifecycle_.reboot(record);
}

api::ec2::TerminateInstancesResult Ec2::terminate_instances(
    const RequestContext& context, const api::ec2::TerminateInstancesRequest& input) {
  require_some(input.instance_ids);
  std::vector<InstanceRecord> records = require_instances(scope_of(context), input.instance_ids);
  for (const InstanceRecord& record : records)
    if (record.termination_protected && record.exists())
      throw not_permitted(record.id, "terminated", "disableApiTermination");
  if (input.dry_run.value_or(false)) throw dry_run();

  api::ec2::TerminateInstancesResult result;
  result.terminating_instances.emplace();
  for (const InstanceRecord& record : records) {
    bool goes = record.state != State::shutting_down && record.state != State::terminated;
    if (goes)
      lifecycle_.terminate(record, input.force.value_or(false) || input.skip_os_shutdown.value_or(false));
    result.terminating_instances->push_back(
        {.instance_id = record.id,
         .current_state = state_answer(tables_.instance(record.id)->state),
         .previous_state = state_answer(record.state)});
  }
  return result;
}

}  // namespace squall::services::ec2
