// Commands at work: each invocation is a Job that delivers the command to the agent, runs the document's
// steps one after the other and writes down what came of them, as amazon-ssm-agent does. Here too is what
// holds between the invocations of one command: concurrency, errors, expiry, cancellation, the final status
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html).
#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "emulator/services/ssm/nodes.hpp"
#include "emulator/services/ssm/plan.hpp"
#include "emulator/world/await.hpp"

namespace squall::services::ssm {

class Runner {
 public:
  // Commands of an earlier process that were not over end here: what ran for them is gone.
  Runner(world::Scheduler& scheduler, world::Machines& machines, Nodes& nodes, CommandStore& store);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // The command and its invocations are in the store. Nothing runs before the next instant.
  void start(const CommandRecord& command, Plan plan);
  // Ends the invocations on these instances that are not over, and the scripts they run.
  void cancel(const std::string& command_id, const std::vector<std::string>& instance_ids);

 private:
  struct Running {
    CommandRecord command;
    Plan plan;
    std::size_t most_at_once, most_errors, errors = 0;
    std::deque<std::string> waiting;
    std::map<std::string, world::Job> jobs;  // by instance
    world::TimerId expiry = 0;
  };
  // False once the invocation was ended from outside, or the runner is gone: then its coroutine has nothing
  // more to do (a killed job may take one more step).
  using Alive = std::function<bool()>;

  Alive alive(const std::string& command_id, const std::string& instance_id) const;
  world::Task<> invoke(const Plan& plan, std::string command_id, std::string instance_id, Alive alive);
  // False: the instance is gone for good, or the invocation was ended from outside.
  world::Task<bool> until_online(std::string command_id, std::string instance_id, bool delivered,
                                 Alive alive);
  world::Task<> run_steps(const Plan& plan, std::string command_id, std::string instance_id, Alive alive);
  world::Task<StepRecord> run_step(const PlannedStep& step, std::string command_id, std::string instance_id,
                                   Alive alive);
  world::Task<> reboot(std::string instance_id, Alive alive);

  void advance(Running& running);
  void ended(const std::string& command_id, const std::string& instance_id);
  void expire(const std::string& command_id);
  void stop(Running& running, const std::string& instance_id, const Status& status);
  void conclude(const std::string& command_id);
  void set_over(const std::string& command_id, const std::string& instance_id, const Status& status);
  void end_what_was_left();

  world::Scheduler& scheduler_;
  world::Machines& machines_;
  Nodes& nodes_;
  CommandStore& store_;
  std::map<std::string, std::unique_ptr<Running>> commands_;  // by id
  std::shared_ptr<bool> here_ = std::make_shared<bool>(true);
};

// MaxConcurrency and MaxErrors: a number, or a percentage of the targets.
std::size_t limit_of(const std::string& text, std::size_t targets);
// Counts against MaxErrors.
bool is_error(const Status& status);
// A command's status once all its invocations are over.
Status overall_status(const std::vector<InvocationRecord>& invocations, std::size_t most_errors);

}  // namespace squall::services::ssm
