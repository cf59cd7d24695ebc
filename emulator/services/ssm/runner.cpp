// What holds between the invocations of a command.
#include "emulator/services/ssm/runner.hpp"

#include <algorithm>
#include <charconv>

namespace squall::services::ssm {
namespace {

constexpr std::string_view delivery_timed_out = "DeliveryTimedOut", undeliverable = "Undeliverable";

}  // namespace

std::size_t limit_of(const std::string& text, std::size_t targets) {
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return text.ends_with('%') ? targets * number / 100 : number;
}

bool is_error(const Status& status) {
  return status.details == "Failed" || status.details == "ExecutionTimedOut";
}

Status overall_status(const std::vector<InvocationRecord>& invocations, std::size_t most_errors) {
  auto count = [&](std::string_view details) {
    return static_cast<std::size_t>(
        std::count_if(invocations.begin(), invocations.end(),
                      [&](const InvocationRecord& each) { return each.status.details == details; }));
  };
  if (invocations.empty()) return {"Success", "NoInstancesInTag"};
  if (count("Success") == invocations.size()) return {"Success", "Success"};
  if (count("Failed") + count("ExecutionTimedOut") > most_errors)
    return count("Failed") > 0 ? Status{"Failed", "Failed"} : Status{"TimedOut", "ExecutionTimedOut"};
  if (count(undeliverable) == invocations.size()) return {"Failed", "Failed"};
  if (count("Cancelled") > 0) return {"Cancelled", "Cancelled"};
  if (count(delivery_timed_out) > most_errors) return {"TimedOut", std::string(delivery_timed_out)};
  return {"Success", "Incomplete"};
}

Runner::Runner(world::Scheduler& scheduler, world::Machines& machines, Nodes& nodes, CommandStore& store)
    : scheduler_(scheduler), machines_(machines), nodes_(nodes), store_(store) {
  end_what_was_left();
}

Runner::~Runner() {
  for (auto& [id, running] : commands_) scheduler_.cancel(running->expiry);
}

void Runner::end_what_was_left() {
  for (const CommandRecord& command : store_.unfinished()) {
    for (const InvocationRecord& invocation : store_.invocations(command.id)) {
      if (invocation.status.over()) continue;
      const bool began = invocation.status.status == "InProgress";
      set_over(
          command.id, invocation.instance_id,
          began ? Status{"TimedOut", "ExecutionTimedOut"} : Status{"Failed", std::string(undeliverable)});
    }
    conclude(command.id);
  }
}

Runner::Alive Runner::alive(const std::string& command_id, const std::string& instance_id) const {
  return [this, here = std::weak_ptr<bool>(here_), command_id, instance_id] {
    if (here.expired()) return false;
    auto found = commands_.find(command_id);
    return found != commands_.end() && found->second->jobs.contains(instance_id);
  };
}

void Runner::start(const CommandRecord& command, Plan plan) {
  auto running = std::make_unique<Running>();
  running->command = command;
  running->plan = std::move(plan);
  for (const InvocationRecord& invocation : store_.invocations(command.id))
    running->waiting.push_back(invocation.instance_id);
  const std::size_t targets = running->waiting.size();
  running->most_at_once = std::max<std::size_t>(1, limit_of(command.max_concurrency, targets));
  running->most_errors = limit_of(command.max_errors, targets);
  running->expiry = scheduler_.at(command.expires, [this, id = command.id] { expire(id); });
  Running& kept = *commands_.emplace(command.id, std::move(running)).first->second;
  advance(kept);
}

// Starts what may start; when nothing is left to do, the command is over, and `running` gone.
void Runner::advance(Running& running) {
  const std::string id = running.command.id;
  if (running.errors > running.most_errors)
    for (const std::string& instance_id : std::exchange(running.waiting, {}))
      set_over(id, instance_id, {"Cancelled", "Terminated"});
  while (!running.waiting.empty() && running.jobs.size() < running.most_at_once) {
    std::string instance_id = running.waiting.front();
    running.waiting.pop_front();
    auto task = invoke(running.plan, id, instance_id, alive(id, instance_id));
    running.jobs[instance_id] =
        world::Job::start(scheduler_, std::move(task),
                          [this, here = std::weak_ptr<bool>(here_), id, instance_id](std::exception_ptr) {
                            if (!here.expired()) ended(id, instance_id);
                          });
  }
  if (!running.jobs.empty()) return;
  scheduler_.cancel(running.expiry);
  commands_.erase(id);
  conclude(id);
}

// A job that threw could not write to the store; its invocation is a failure all the same.
void Runner::ended(const std::string& command_id, const std::string& instance_id) {
  auto found = commands_.find(command_id);
  if (found == commands_.end()) return;
  Running& running = *found->second;
  running.jobs.erase(instance_id);
  try {
    auto invocation = store_.invocation(command_id, instance_id);
    if (invocation && !invocation->status.over()) {
      invocation->status = {"Failed", "Failed"};
      set_over(command_id, instance_id, invocation->status);
    }
    if (!invocation || is_error(invocation->status)) ++running.errors;
    advance(running);
  } catch (const store::StoreError&) {
    // Nobody waits for an answer. What could not be written ends when Squall starts again.
  }
}

void Runner::stop(Running& running, const std::string& instance_id, const Status& status) {
  auto invocation = store_.invocation(running.command.id, instance_id);
  if (!invocation || invocation->status.over()) return;  // its job may be about to say so
  std::erase(running.waiting, instance_id);
  running.jobs.erase(instance_id);
  set_over(running.command.id, instance_id, status);
}

void Runner::cancel(const std::string& command_id, const std::vector<std::string>& instance_ids) {
  auto found = commands_.find(command_id);
  if (found == commands_.end()) return;
  for (const std::string& instance_id : instance_ids)
    stop(*found->second, instance_id, {"Cancelled", "Cancelled"});
  advance(*found->second);
}

void Runner::expire(const std::string& command_id) {
  auto found = commands_.find(command_id);
  if (found == commands_.end()) return;
  try {
    for (const InvocationRecord& invocation : store_.invocations(command_id))
      stop(*found->second, invocation.instance_id, {"TimedOut", std::string(delivery_timed_out)});
    advance(*found->second);
  } catch (const store::StoreError&) {
    // As in ended().
  }
}

// An invocation's final status is also that of its steps that did not come to an end.
void Runner::set_over(const std::string& command_id, const std::string& instance_id, const Status& status) {
  store_.set_status(command_id, instance_id, status);
  std::vector<StepRecord> steps = store_.steps(command_id, instance_id);
  for (std::size_t number = 0; number < steps.size(); ++number) {
    if (steps[number].status.over()) continue;
    if (steps[number].started) steps[number].finished = scheduler_.now();
    steps[number].status = status;
    store_.put_step(command_id, instance_id, number, steps[number]);
  }
}

void Runner::conclude(const std::string& command_id) {
  auto command = store_.find(command_id);
  if (!command) return;
  const auto invocations = store_.invocations(command_id);
  store_.set_status(command_id,
                    overall_status(invocations, limit_of(command->max_errors, invocations.size())));
}

}  // namespace squall::services::ssm
