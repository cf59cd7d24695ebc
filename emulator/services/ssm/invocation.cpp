// One invocation: what the agent in one instance does for one command.
#include "emulator/services/ssm/output.hpp"
#include "emulator/services/ssm/runner.hpp"

namespace squall::services::ssm {
namespace {

constexpr Duration delivery_delay = 500ms;  // the agent holds a poll open; a message comes at once
constexpr Duration poll_interval = 5s;
constexpr Duration reboot_limit = 5min;  // EC2 forces a reboot that takes longer
constexpr int run_limit = 15;            // the agent's CommandRetryLimit

// Exit codes that mean something to the agent (appconfig).
constexpr int reboot_code = 194, stopped_code = 137;

constexpr std::string_view failed_to_run = "failed to run commands: ";

// Of an invocation whose steps ended so (contracts.MergeResultStatus): the worst of them.
const Status& worse(const Status& a, const Status& b) {
  auto rank = [](const Status& status) {
    return status.status == "Failed"     ? 3
           : status.status == "TimedOut" ? 2
           : status.status == "Success"  ? 0
                                         : 1;
  };
  return rank(a) >= rank(b) ? a : b;
}

Status status_of(const world::Machines::ScriptResult& result) {
  if (result.timed_out || result.exit_code == stopped_code) return {"TimedOut", "ExecutionTimedOut"};
  return result.exit_code == 0 ? Status{"Success", "Success"} : Status{"Failed", "Failed"};
}

StepRecord skipped(const PlannedStep& step, Time now, const std::string& why) {
  return {step.name, step.plugin, {"Success", "Success"}, 0, now, now, cut_standard_output(why), {}};
}

}  // namespace

world::Task<bool> Runner::until_online(std::string command_id, std::string instance_id, bool delivered,
                                       Alive alive) {
  bool delayed = delivered;
  while (!nodes_.online(instance_id)) {
    // Of what was delivered, SSM hears no more and waits for the command to expire.
    if (!delivered && nodes_.gone(instance_id)) co_return false;
    if (!std::exchange(delayed, true)) store_.set_status(command_id, instance_id, {"Delayed", "Delayed"});
    co_await world::sleep(scheduler_, poll_interval);
    if (!alive()) co_return false;
  }
  co_return true;
}

world::Task<> Runner::invoke(const Plan& plan, std::string command_id, std::string instance_id, Alive alive) {
  co_await world::sleep(scheduler_, delivery_delay);
  if (!alive()) co_return;
  const bool online = co_await until_online(command_id, instance_id, false, alive);
  if (!alive()) co_return;
  if (!online) {
    set_over(command_id, instance_id, {"Failed", "Undeliverable"});
    co_return;
  }
  store_.set_status(command_id, {"InProgress", "InProgress"});
  store_.set_status(command_id, instance_id, {"InProgress", "InProgress"});
  co_await run_steps(plan, command_id, instance_id, alive);
}

world::Task<> Runner::run_steps(const Plan& plan, std::string command_id, std::string instance_id,
                                Alive alive) {
  Status overall{"Success", "Success"};
  bool stopped = false;
  for (std::size_t number = 0; number < plan.steps.size(); ++number) {
    const PlannedStep& step = plan.steps[number];
    StepRecord record;
    if (!step.skipped.empty()) {
      record = skipped(step, scheduler_.now(), step.skipped);
    } else if (stopped && !step.always) {
      record = skipped(step, scheduler_.now(),
                       "Step execution skipped: an earlier step ended the document. Step name: " + step.name);
    } else {
      store_.put_step(
          command_id, instance_id, number,
          {step.name, step.plugin, {"InProgress", "InProgress"}, -1, scheduler_.now(), {}, {}, {}});
      record = co_await run_step(step, command_id, instance_id, alive);
      if (!alive()) co_return;
      const bool failed = record.status.status != "Success";
      const Step::After then = failed ? step.on_failure : step.on_success;
      stopped = stopped || then != Step::After::go_on;
      if (then != Step::After::success_and_exit) overall = worse(overall, record.status);
    }
    store_.put_step(command_id, instance_id, number, record);
  }
  set_over(command_id, instance_id, overall);
}

// A step whose instance went down under it, or that asked for a reboot (exit code 194), is run again from its
// beginning once the agent is back.
world::Task<StepRecord> Runner::run_step(const PlannedStep& step, std::string command_id,
                                         std::string instance_id, Alive alive) {
  StepRecord record{step.name, step.plugin, {"Failed", "Failed"}, -1, scheduler_.now(), {}, {}, {}};
  for (int run = 0; run < run_limit; ++run) {
    auto result = co_await machines_.run_script(instance_id, step.script, step.directory, step.timeout);
    if (!alive()) co_return record;
    if (!result.lost && (result.timed_out || result.exit_code != reboot_code)) {
      record.status = status_of(result);
      record.response_code = result.timed_out ? stopped_code : result.exit_code;
      // The machine says so itself of a script that it could not even start.
      if (record.status.status == "Failed" && !result.standard_error.starts_with(failed_to_run))
        result.standard_error +=
            std::string(failed_to_run) + "exit status " + std::to_string(result.exit_code);
      record.standard_output = cut_standard_output(result.standard_output);
      record.standard_error = cut_standard_error(result.standard_error);
      break;
    }
    if (!result.lost) co_await reboot(instance_id, alive);
    if (!alive()) co_return record;
    const bool back = co_await until_online(command_id, instance_id, true, alive);
    if (!back) co_return record;
  }
  record.finished = scheduler_.now();
  co_return record;
}

world::Task<> Runner::reboot(std::string instance_id, Alive alive) {
  const Time limit = scheduler_.now() + reboot_limit;
  machines_.reboot(instance_id);
  while (nodes_.online(instance_id) && scheduler_.now() < limit) {
    co_await world::sleep(scheduler_, 1s);
    if (!alive()) co_return;
  }
}

}  // namespace squall::services::ssm
