#include "harness/scenario/actions.hpp"

#include <csignal>
#include <stdexcept>

namespace squall::scenario {
namespace {

using world::Task;

const Node* parameter(const Action& action, std::string_view name) { return action.parameters.find(name); }

std::string text_of(const Action& action, std::string_view name, std::string otherwise = {}) {
  const Node* node = parameter(action, name);
  return node ? node->as_string() : otherwise;
}

int number_of(const Action& action, std::string_view name, int otherwise) {
  const Node* node = parameter(action, name);
  return node ? static_cast<int>(node->as_integer()) : otherwise;
}

Duration duration_of(const Action& action, std::string_view name, Duration otherwise = Duration{0}) {
  const Node* node = parameter(action, name);
  return node ? node->as_duration() : otherwise;
}

std::vector<InstanceView> targets_of(Stage stage, const Action& action) {
  return resolve(stage.view, action.targets.at("Instances"));
}

Done failed(std::string why) { return {false, false, std::move(why)}; }

Task<Done> wait(Stage stage, const Action& action) {
  co_await world::sleep(stage.view.cluster.scheduler(), duration_of(action, "duration"));
  co_return Done{};
}

template <Cluster::Power verb>
Task<Done> power(Stage stage, const Action& action) {
  auto targets = targets_of(stage, action);
  if (targets.empty()) co_return failed("no instance is meant");
  for (const InstanceView& instance : targets) stage.view.cluster.power(instance.id, verb);
  co_return Done{};
}

Task<Done> stop_instances(Stage stage, const Action& action) {
  Cluster& cluster = stage.view.cluster;
  auto targets = targets_of(stage, action);
  if (targets.empty()) co_return failed("no instance is meant");
  for (const InstanceView& instance : targets) cluster.power(instance.id, Cluster::Power::stop);
  if (parameter(action, "startInstancesAfterDuration") == nullptr) co_return Done{};
  co_await world::sleep(cluster.scheduler(), duration_of(action, "startInstancesAfterDuration"));
  for (const InstanceView& stopped : targets) {
    // EC2 refuses to start what has not stopped yet.
    for (bool ready = false; !ready; co_await world::sleep(cluster.scheduler(), 1s))
      for (const InstanceView& now : cluster.instances({}))
        if (now.id == stopped.id) ready = now.state == "stopped";
    cluster.power(stopped.id, Cluster::Power::start);
  }
  co_return Done{};
}

Task<Done> wait_for_action(Stage stage, const Action& action) {
  Check check;
  check.that = text_of(action, "condition");
  check.parameters = action.parameters;
  check.place = action.place;
  Time deadline = stage.view.cluster.scheduler().now() + duration_of(action, "within");
  co_return co_await wait_for(stage.view, check, deadline, duration_of(action, "stableFor"));
}

int signal_number(const std::string& name) {
  static constexpr std::pair<std::string_view, int> numbers[] = {
      {"KILL", SIGKILL}, {"TERM", SIGTERM}, {"INT", SIGINT},   {"HUP", SIGHUP},
      {"STOP", SIGSTOP}, {"CONT", SIGCONT}, {"QUIT", SIGQUIT}, {"ABRT", SIGABRT}};
  for (const auto& [known, number] : numbers)
    if (known == name) return number;
  throw std::logic_error("the vocabulary has a signal without a number: " + name);
}

Task<Done> kill_process(Stage stage, const Action& action) {
  std::string process = text_of(action, "process");
  int signal = signal_number(text_of(action, "signal", "KILL"));
  for (const InstanceView& instance : targets_of(stage, action))
    if (stage.view.cluster.kill_processes(instance.id, process, signal) == 0)
      co_return failed("no process '" + process + "' runs on " + instance.id);
  co_return Done{};
}

Task<Done> host_failure(Stage stage, const Action& action) {
  for (const InstanceView& instance : targets_of(stage, action)) stage.view.cluster.fail_host(instance.id);
  co_return Done{};
}

// Waits for a fault's duration and heals it; without one it stays for squall:heal.
Task<Done> last(Stage stage, const Action& action, Heal heal) {
  stage.faults[action.name] = std::move(heal);
  Duration duration = duration_of(action, "duration");
  if (duration <= Duration{0}) co_return Done{};
  co_await world::sleep(stage.view.cluster.scheduler(), duration);
  auto fault = stage.faults.extract(action.name);
  if (!fault.empty()) fault.mapped()();
  co_return Done{};
}

Task<Done> network_fault(Stage stage, const Action& action) {
  Cluster& cluster = stage.view.cluster;
  std::vector<int> rules;
  for (const InstanceView& instance : targets_of(stage, action)) {
    Cluster::NetworkFault fault{instance.id, text_of(action, "to"), text_of(action, "effect"),
                                duration_of(action, "delay"), number_of(action, "percentage", 100)};
    rules.push_back(cluster.break_network(fault));
  }
  // A variable, not an argument made on the spot: GCC 12 destroys such temporaries of co_await twice (PR 99576).
  Heal heal = [&cluster, rules] {
    for (int rule : rules) cluster.heal_network(rule);
  };
  co_return co_await last(stage, action, heal);
}

Task<Done> api_fault(Stage stage, const Action& action) {
  Cluster& cluster = stage.view.cluster;
  gateway::FaultRule rule;
  rule.name = action.name;
  rule.matcher.service = text_of(action, "service");
  rule.matcher.operation = text_of(action, "operation");
  if (const Node* times = parameter(action, "times"))
    rule.times = static_cast<std::uint64_t>(times->as_integer());
  const Node* hang = parameter(action, "hang");
  if (hang && hang->as_boolean())
    rule.effect = gateway::NeverAnswer{};
  else if (parameter(action, "error"))
    rule.effect = gateway::FailWith{text_of(action, "error"), number_of(action, "status", 400),
                                    text_of(action, "message")};
  else
    co_return failed("squall:api:fault needs 'error' or 'hang: true'");
  std::vector<gateway::FaultId> ids;
  for (const InstanceView& instance : targets_of(stage, action)) {
    rule.matcher.instance_id = instance.id;
    ids.push_back(cluster.api_faults().add(rule));
  }
  Heal heal = [&cluster, ids] {
    for (gateway::FaultId id : ids) cluster.api_faults().remove(id);
  };
  co_return co_await last(stage, action, heal);
}

Task<Done> heal(Stage stage, const Action& action) {
  auto fault = stage.faults.extract(text_of(action, "fault"));
  if (fault.empty())
    co_return failed("'" + text_of(action, "fault") + "' began no fault that is still there");
  fault.mapped()();
  co_return Done{};
}

Done judge(const Action& action, const ScriptResult& result, const std::string& where) {
  int wanted = number_of(action, "exitCode", 0);
  if (result.lost) return failed("the script was lost with " + where);
  if (result.timed_out) return failed("the script did not end in time on " + where);
  if (result.exit_code == wanted) return {};
  return failed("the script answered " + std::to_string(result.exit_code) + ", not " +
                std::to_string(wanted) + ", on " + where + ":\n" + result.standard_output +
                result.standard_error);
}

Task<Done> guest_run(Stage stage, const Action& action) {
  for (const InstanceView& instance : targets_of(stage, action)) {
    auto result = co_await stage.view.cluster.run_on(instance.id, text_of(action, "script"),
                                                     duration_of(action, "timeout", 10min));
    if (Done done = judge(action, result, instance.id); !done.ok) co_return done;
  }
  co_return Done{};
}

Task<Done> operator_run(Stage stage, const Action& action) {
  auto result = co_await stage.view.cluster.run_on_workstation(text_of(action, "script"),
                                                               duration_of(action, "timeout", 10min));
  co_return judge(action, result, "the workstation");
}

using Function = Task<Done> (*)(Stage, const Action&);
constexpr std::pair<std::string_view, Function> functions[] = {
    {"aws:fis:wait", wait},
    {"aws:ec2:reboot-instances", power<Cluster::Power::reboot>},
    {"aws:ec2:stop-instances", stop_instances},
    {"aws:ec2:start-instances", power<Cluster::Power::start>},
    {"aws:ec2:terminate-instances", power<Cluster::Power::terminate>},
    {"squall:wait-for", wait_for_action},
    {"squall:process:kill", kill_process},
    {"squall:host:failure", host_failure},
    {"squall:network:fault", network_fault},
    {"squall:api:fault", api_fault},
    {"squall:heal", heal},
    {"squall:guest:run", guest_run},
    {"squall:operator:run", operator_run},
};

}  // namespace

Task<Done> perform(Stage stage, const Action& action) {
  for (const auto& [id, function] : functions)
    if (id == action.id) co_return co_await function(stage, action);
  throw std::logic_error("the vocabulary has an action that nobody performs: " + action.id);
}

Task<Done> wait_for(View view, const Check& check, Time deadline, Duration stable_for) {
  world::Scheduler& scheduler = view.cluster.scheduler();
  Time began = scheduler.now();
  std::optional<Time> holds_since;
  for (;;) {
    Holding holding = co_await evaluate(view, check);
    Time now = scheduler.now();
    if (holding.holds) {
      if (!holds_since) holds_since = now;
      if (now - *holds_since >= stable_for) co_return Done{};
    } else {
      holds_since.reset();
      if (holding.breaks) co_return failed(holding.why);
      if (now >= deadline) co_return Done{false, true, holding.why};
    }
    // A condition that begins to hold in time is waited for until it is stable.
    Duration pause = now - began < 10min ? Duration{500ms}
                     : now - began < 24h ? Duration{5s}
                                         : Duration{1min};
    Time next = now + pause;
    if (!holds_since && next > deadline) next = deadline;
    co_await world::sleep_until(scheduler, std::max(next, now + 1ms));
  }
}

}  // namespace squall::scenario
