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

Done failed(std::string why) { return {false, false, std::move(why)}; }

Task<Done> wait(Stage stage, const Action& action) {
  co_await world::sleep(stage.view.cluster.scheduler(), duration_of(action, "duration"));
  co_return Done{};
}

template <Cluster::Power verb>
Task<Done> power(Stage stage, const Action&) {
  for (const InstanceView& instance : stage.targets)
    if (std::string refusal = stage.view.cluster.power(instance.id, verb); !refusal.empty())
      co_return failed(refusal);
  co_return Done{};
}

std::string state_of(Cluster& cluster, const std::string& instance_id) {
  for (const InstanceView& instance : cluster.instances({}))
    if (instance.id == instance_id) return instance.state;
  return "gone";
}

Task<Done> stop_instances(Stage stage, const Action& action) {
  Cluster& cluster = stage.view.cluster;
  Done stopped = co_await power<Cluster::Power::stop>(stage, action);
  if (!stopped.ok || parameter(action, "startInstancesAfterDuration") == nullptr) co_return stopped;
  co_await world::sleep(cluster.scheduler(), duration_of(action, "startInstancesAfterDuration"));
  // EC2 refuses to start what has not stopped yet.
  for (const InstanceView& instance : stage.targets)
    while (state_of(cluster, instance.id) == "stopping") co_await world::sleep(cluster.scheduler(), 1s);
  co_return co_await power<Cluster::Power::start>(stage, action);
}

Task<Done> wait_for_action(Stage stage, const Action& action) {
  Check check;
  check.that = text_of(action, "condition");
  check.parameters = action.parameters;
  check.place = action.place;
  Time deadline = world::later(stage.view.cluster.scheduler().now(), duration_of(action, "within"));
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
  for (const InstanceView& instance : stage.targets)
    if (stage.view.cluster.kill_processes(instance.id, process, signal) == 0)
      co_return failed("no process '" + process + "' runs on " + instance.id);
  co_return Done{};
}

Task<Done> host_failure(Stage stage, const Action&) {
  for (const InstanceView& instance : stage.targets) stage.view.cluster.fail_host(instance.id);
  co_return Done{};
}

// Waits for a fault's duration and heals it; without one it stays for squall:heal.
Task<Done> last(Stage stage, const Action& action, Heal heal) {
  stage.faults[action.name] = std::move(heal);
  Duration duration = duration_of(action, "duration");
  if (duration <= Duration{0}) co_return Done{};
  co_await world::sleep(stage.view.cluster.scheduler(), duration);
  end_fault(stage.view.cluster, stage.faults, action.name);
  co_return Done{};
}

Task<Done> network_fault(Stage stage, const Action& action) {
  Cluster& cluster = stage.view.cluster;
  std::vector<int> rules;
  for (const InstanceView& instance : stage.targets) {
    Cluster::NetworkFault fault{instance.id, text_of(action, "to"), text_of(action, "effect"),
                                duration_of(action, "delay"), number_of(action, "percentage", 100)};
    rules.push_back(cluster.break_network(fault));
  }
  // A variable, not an argument made on the spot: GCC 12 destroys such temporaries of co_await twice (PR
  // 99576).
  Heal heal = [&cluster, rules] {
    std::uint64_t struck = 0;
    for (int rule : rules) struck += cluster.heal_network(rule);
    return struck;
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
  else
    rule.effect = gateway::FailWith{text_of(action, "error"), number_of(action, "status", 400),
                                    text_of(action, "message")};
  std::vector<gateway::FaultId> ids;
  for (const InstanceView& instance : stage.targets) {
    rule.matcher.instance_id = instance.id;
    ids.push_back(cluster.api_faults().add(rule));
  }
  Heal heal = [&cluster, ids] {
    std::uint64_t struck = 0;
    for (gateway::FaultId id : ids) {
      struck += cluster.api_faults().fired(id);
      cluster.api_faults().remove(id);
    }
    return struck;
  };
  co_return co_await last(stage, action, heal);
}

Task<Done> heal(Stage stage, const Action& action) {
  const std::string fault = text_of(action, "fault");
  if (end_fault(stage.view.cluster, stage.faults, fault)) co_return Done{};
  co_return failed("'" + fault + "' began no fault that is still there");
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
  for (const InstanceView& instance : stage.targets) {
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

bool end_fault(Cluster& cluster, Faults& faults, const std::string& action) {
  auto fault = faults.extract(action);
  if (fault.empty()) return false;
  const std::uint64_t times = fault.mapped()();
  cluster.tell(action + ": the fault ends; it struck " +
               (times == 0   ? "nothing"
                : times == 1 ? "once"
                             : std::to_string(times) + " times"));
  return true;
}

Task<Done> perform(Stage stage, const Action& action) {
  if (auto target = action.targets.find("Instances"); target != action.targets.end()) {
    stage.targets = co_await resolve(stage.view, target->second);
    if (stage.targets.empty()) co_return failed("no instance is meant by '" + target->second + "'");
  }
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
    Time next = world::later(now, pause);
    if (!holds_since && next > deadline) next = deadline;
    co_await world::sleep_until(scheduler, std::max(next, now + 1ms));
  }
}

}  // namespace squall::scenario
