#include "harness/scenario/conditions.hpp"

#include <algorithm>

#include "harness/scenario/judge.hpp"

namespace squall::scenario {
namespace {

using world::Task;

std::string text_of(const Check& check, std::string_view name) {
  const Node* node = check.parameters.find(name);
  return node ? node->as_string() : std::string{};
}

int number_of(const Check& check, std::string_view name, int otherwise) {
  const Node* node = check.parameters.find(name);
  return node ? static_cast<int>(node->as_integer()) : otherwise;
}

// /v1/sys/health: what an active node, a standby and a performance standby answer.
constexpr int active_code = 200, standby_code = 429, performance_standby_code = 473;

Holding yes() { return {true, false, false, {}}; }
Holding no(std::string why) { return {false, false, false, std::move(why)}; }
Holding broken(std::string why) { return {false, true, false, std::move(why)}; }

Task<Holding> converged(View view, const Check&) {
  const Stack::Nodes& nodes = view.cluster.stack().nodes;
  auto instances = view.cluster.instances(nodes.tags);
  auto running =
      std::count_if(instances.begin(), instances.end(), [](const auto& i) { return i.state == "running"; });
  if (running != nodes.count)
    co_return no(std::to_string(running) + " of " + std::to_string(nodes.count) + " instances are running");
  int active = 0;
  for (const InstanceView& instance : instances) {
    int code = co_await health_code(view.cluster, instance.id);
    if (code == active_code) ++active;
    if (code != active_code && code != standby_code)
      co_return no(instance.id + " answers health with " + std::to_string(code));
  }
  if (active != 1) co_return no(std::to_string(active) + " nodes are active");
  for (const auto& workload : view.workloads)
    if (std::string lost = co_await workload->read_back(); !lost.empty()) co_return no(lost);
  co_return yes();
}

// Nothing is true of nobody.
Holding none_meant(const Check& check) {
  return no("no instance is meant by '" + text_of(check, "target") + "'");
}

Task<Holding> health(View view, const Check& check) {
  int wanted = number_of(check, "code", 200);
  const auto targets = co_await resolve(view, text_of(check, "target"));
  if (targets.empty()) co_return none_meant(check);
  for (const InstanceView& instance : targets) {
    int code = co_await health_code(view.cluster, instance.id);
    if (code != wanted)
      co_return no(instance.id + " answers health with " + std::to_string(code) + ", not " +
                   std::to_string(wanted));
  }
  co_return yes();
}

Task<Holding> unit_state(View view, const Check& check) {
  const auto targets = co_await resolve(view, text_of(check, "target"));
  if (targets.empty()) co_return none_meant(check);
  for (const InstanceView& instance : targets) {
    UnitView unit = view.cluster.unit(instance.id, text_of(check, "unit"));
    auto differs = [&](std::string_view name, const std::string& is) {
      std::string wanted = text_of(check, name);
      return !wanted.empty() && wanted != is;
    };
    if (differs("active", unit.active) || differs("sub", unit.sub) || differs("result", unit.result))
      co_return no(text_of(check, "unit") + " on " + instance.id + " is " + unit.active + " (" + unit.sub +
                   "), Result=" + unit.result);
  }
  co_return yes();
}

Task<Holding> instance_state(View view, const Check& check) {
  const std::string wanted = text_of(check, "state");
  const Terminated terminated = wanted == "terminated" ? Terminated::counted : Terminated::left_out;
  const auto targets = co_await resolve(view, text_of(check, "target"), terminated);
  if (targets.empty()) co_return none_meant(check);
  for (const InstanceView& instance : targets)
    if (instance.state != wanted) co_return no(instance.id + " is " + instance.state);
  co_return yes();
}

Task<Holding> log_contains(View view, const Check& check) {
  std::string wanted = text_of(check, "text");
  const auto targets = co_await resolve(view, text_of(check, "target"));
  if (targets.empty()) co_return none_meant(check);
  for (const InstanceView& instance : targets) {
    std::string log = view.cluster.log(instance.id, text_of(check, "unit"));
    int times = 0;
    for (std::size_t at = log.find(wanted); at != log.npos; at = log.find(wanted, at + wanted.size()))
      ++times;
    int exactly = number_of(check, "times", -1);
    if (exactly < 0 ? times == 0 : times != exactly)
      co_return no("'" + wanted + "' stands " + std::to_string(times) + " times in the log of " +
                   instance.id);
  }
  co_return yes();
}

Task<Holding> command(View view, const Check& check) {
  int wanted = number_of(check, "exitCode", 0);
  std::string needle = text_of(check, "outputContains");
  const auto targets = co_await resolve(view, text_of(check, "target"));
  if (targets.empty()) co_return none_meant(check);
  for (const InstanceView& instance : targets) {
    ScriptResult result = co_await view.cluster.run_on(instance.id, text_of(check, "script"), 1min);
    std::string output = result.standard_output + result.standard_error;
    if (result.lost || result.timed_out) co_return no("the script did not end on " + instance.id);
    if (result.exit_code != wanted)
      co_return no("the script answered " + std::to_string(result.exit_code) + " on " + instance.id + ": " +
                   output);
    if (output.find(needle) == output.npos)
      co_return no("the script's output on " + instance.id + " was: " + output);
  }
  co_return yes();
}

Task<Holding> called(View view, const Check& check) {
  std::string error = text_of(check, "error"), message = text_of(check, "messageContains");
  for (const gateway::Call& call : view.cluster.journal().calls())
    if (call.service == text_of(check, "service") && call.operation == text_of(check, "operation") &&
        call.error_code == error && call.error_message.find(message) != std::string::npos)
      co_return yes();
  co_return no("no such call was made");
}

Task<Holding> nothing_lost(View view, const Check&) {
  for (const auto& workload : view.workloads)
    if (!workload->loss().empty()) co_return broken(workload->loss());
  co_return yes();
}

Task<Holding> linearizable(View view, const Check& check) { co_return holding_of(judge(view, check)); }

Task<Holding> no_internal_failure(View view, const Check&) {
  if (view.cluster.internal_failures() == 0) co_return yes();
  co_return broken(std::to_string(view.cluster.internal_failures()) + " AWS calls failed inside Squall");
}

using Function = Task<Holding> (*)(View, const Check&);
constexpr std::pair<std::string_view, Function> functions[] = {
    {"converged", converged},
    {"health", health},
    {"unit-state", unit_state},
    {"instance-state", instance_state},
    {"log-contains", log_contains},
    {"command", command},
    {"called", called},
    {"no-acknowledged-write-lost", nothing_lost},
    {"linearizable", linearizable},
    {"no-internal-failure", no_internal_failure},
};

// COUNT and PERCENT mean instances by lot, as in FIS. Each instance draws its own from the target's stream,
// so that a target means the same ones whenever it is asked for, as long as they are there.
void keep_by_lot(std::vector<InstanceView>& instances, std::size_t count, const base::Random& lots) {
  auto lot = [&](const InstanceView& instance) { return lots.stream(instance.id).next(); };
  std::vector<std::uint64_t> drawn;
  for (const InstanceView& instance : instances) drawn.push_back(lot(instance));
  if (count >= drawn.size()) return;
  std::sort(drawn.begin(), drawn.end());
  std::erase_if(instances, [&](const InstanceView& instance) { return lot(instance) >= drawn[count]; });
}

}  // namespace

Task<std::vector<InstanceView>> resolve(View view, std::string name, Terminated terminated) {
  const Target& target = view.scenario.targets.at(name);
  auto tags = target.resource_tags.empty() ? view.cluster.stack().nodes.tags : target.resource_tags;
  auto instances =
      terminated == Terminated::counted ? view.cluster.instances_ever(tags) : view.cluster.instances(tags);
  std::string_view mode = target.selection_mode;
  if (mode == "LEADER" || mode == "FOLLOWERS") {
    const bool leads = mode == "LEADER";
    std::vector<InstanceView> meant;
    for (const InstanceView& instance : instances) {
      const int code = co_await health_code(view.cluster, instance.id);
      if (leads ? code == active_code : code == standby_code || code == performance_standby_code)
        meant.push_back(instance);
    }
    co_return meant;
  }
  std::size_t keep = instances.size();
  auto number = [&] {
    return static_cast<std::size_t>(std::stoi(std::string(mode.substr(mode.find('(') + 1))));
  };
  if (mode.starts_with("COUNT")) keep = number();
  if (mode.starts_with("PERCENT")) keep = instances.size() * std::min<std::size_t>(number(), 100) / 100;
  keep_by_lot(instances, keep, view.cluster.random("target " + name));
  co_return instances;
}

Task<int> health_code(Cluster& cluster, std::string instance_id) {
  const Stack::Nodes& nodes = cluster.stack().nodes;
  world::Call call;
  call.scheme = nodes.scheme;
  call.host = "127.0.0.1";
  call.port = nodes.port;
  call.tls.skip_verify = true;
  call.connect_timeout = call.total_timeout = 5s;
  call.request.target = "/v1/sys/health";
  call.request.headers.add("Host", "127.0.0.1:" + std::to_string(nodes.port));
  auto reply = co_await cluster.send_from(instance_id, std::move(call));
  if (auto* response = std::get_if<http::Response>(&reply)) co_return response->status;
  co_return std::get<world::NetError>(reply).fault == world::NetFault::refused ? 0 : -1;
}

Task<Holding> evaluate(View view, const Check& check) {
  for (const auto& [name, function] : functions)
    if (name == check.that) co_return co_await function(view, check);
  throw std::logic_error("the vocabulary has a condition that nobody evaluates: " + check.that);
}

}  // namespace squall::scenario
