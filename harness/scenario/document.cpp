#include "harness/scenario/document.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "harness/scenario/vocabulary.hpp"

namespace squall::scenario {
namespace {

Target read_target(const std::string& name, const Node& node) {
  node.allow_only({"resourceType", "resourceTags", "selectionMode"});
  Target target;
  target.name = name;
  target.place = node.place;
  target.resource_type = node.need("resourceType").as_string();
  if (target.resource_type != "aws:ec2:instance")
    throw DocumentError(node.need("resourceType").place, "the only resource type served is aws:ec2:instance");
  if (const Node* tags = node.find("resourceTags"))
    for (const auto& [key, value] : tags->as_map().entries) target.resource_tags[key] = value.as_string();
  if (const Node* mode = node.find("selectionMode")) {
    target.selection_mode = mode->as_string();
    if (!valid_selection_mode(target.selection_mode))
      throw DocumentError(mode->place,
                          "a selection mode is ALL, COUNT(n), PERCENT(n), LEADER or FOLLOWERS, not '" +
                              target.selection_mode + "'");
  }
  return target;
}

Action read_action(const std::string& name, const Node& node, const Scenario& scenario) {
  node.allow_only({"actionId", "description", "parameters", "targets", "startAfter"});
  Action action;
  action.name = name;
  action.place = node.place;
  action.id = node.need("actionId").as_string();
  const Word& word = action_word(action.id, node.need("actionId").place);
  if (const Node* parameters = node.find("parameters")) action.parameters = parameters->as_map();
  action.parameters.place = node.place;
  check_parameters(word, action.parameters);
  if (const Node* targets = node.find("targets"))
    for (const auto& [key, value] : targets->as_map().entries) {
      if (key != "Instances")
        throw DocumentError(value.place, "the only kind of target served is 'Instances'");
      if (!scenario.targets.contains(value.as_string()))
        throw DocumentError(value.place, "there is no target '" + value.as_string() + "'");
      action.targets[key] = value.as_string();
    }
  if (word.needs_target && action.targets.empty())
    throw DocumentError(node.place, action.id + " needs targets: {Instances: NAME}");
  if (!word.needs_target && !action.targets.empty())
    throw DocumentError(node.place, action.id + " takes no targets");
  if (const Node* after = node.find("startAfter")) action.start_after = after->as_strings();
  return action;
}

Workload read_workload(const std::string& name, const Node& node) {
  node.allow_only({"kind", "clients", "every", "startAfter", "consistency"});
  Workload workload;
  workload.name = name;
  workload.place = node.place;
  workload.kind = node.need("kind").as_string();
  if (workload.kind != "kv")
    throw DocumentError(node.need("kind").place, "the only kind of workload served is kv");
  if (const Node* clients = node.find("clients")) {
    std::int64_t count = clients->as_integer();
    if (count < 1 || count > 100) throw DocumentError(clients->place, "between 1 and 100 clients");
    workload.clients = static_cast<int>(count);
  }
  workload.every = node.need("every").as_duration();
  if (workload.every < 1ms) throw DocumentError(node.need("every").place, "at least PT0.001S");
  if (const Node* after = node.find("startAfter")) workload.start_after = after->as_string();
  if (const Node* consistency = node.find("consistency")) {
    workload.consistency = consistency->as_string();
    if (workload.consistency != "linearizable" && workload.consistency != "acknowledged")
      throw DocumentError(consistency->place, "consistency is one of linearizable, acknowledged");
  }
  return workload;
}

// "converged", or a map {that: health-code, ...}.
Check read_check(const Node& node, const Scenario& scenario) {
  Check check;
  check.place = node.place;
  if (node.kind == Node::Kind::scalar) {
    check.that = node.scalar;
    check.parameters.kind = Node::Kind::map;
  } else {
    check.that = node.as_map().need("that").as_string();
    check.parameters = node;
    std::erase_if(check.parameters.entries, [](const Node::Entry& entry) {
      return entry.key == "that" || entry.key == "after" || entry.key == "within" || entry.key == "stableFor";
    });
  }
  check.parameters.place = node.place;
  check_parameters(condition_word(check.that, node.place), check.parameters);
  if (const Node* target = check.parameters.find("target");
      target && !scenario.targets.contains(target->as_string()))
    throw DocumentError(target->place, "there is no target '" + target->as_string() + "'");
  return check;
}

void read_assertions(const Node& node, Scenario& scenario) {
  node.allow_only({"always", "eventually"});
  if (const Node* always = node.find("always"))
    for (const Node& item : always->as_list().list) {
      Check check = read_check(item, scenario);
      if (!condition_word(check.that, item.place).invariant)
        throw DocumentError(item.place, "'" + check.that + "' is no invariant; put it under 'eventually'");
      scenario.always.push_back(std::move(check));
    }
  const Node* eventually = node.find("eventually");
  if (!eventually) return;
  for (const Node& item : eventually->as_list().list) {
    Eventually wanted;
    wanted.check = read_check(item, scenario);
    if (item.kind == Node::Kind::map) {
      if (const Node* after = item.find("after")) wanted.after = after->as_string();
      if (const Node* within = item.find("within")) wanted.within = within->as_duration();
      if (const Node* stable = item.find("stableFor")) wanted.stable_for = stable->as_duration();
    }
    scenario.eventually.push_back(std::move(wanted));
  }
}

// Workloads are judged without anybody asking for it; who asks, may set the bound.
void assert_linearizable(Scenario& scenario) {
  auto asked = std::find_if(scenario.always.begin(), scenario.always.end(),
                            [](const Check& check) { return check.that == "linearizable"; });
  bool judged = std::any_of(scenario.workloads.begin(), scenario.workloads.end(),
                            [](const Workload& workload) { return workload.consistency == "linearizable"; });
  if (asked != scenario.always.end()) {
    if (!judged) throw DocumentError(asked->place, "there is no workload whose consistency is linearizable");
    return;
  }
  if (!judged) return;
  Check check;
  check.that = "linearizable";
  check.parameters.kind = Node::Kind::map;
  scenario.always.push_back(std::move(check));
}

// Names in startAfter and after must exist, and the actions must not wait for each other in a circle.
void check_order(const Scenario& scenario) {
  std::map<std::string, const Action*> by_name;
  for (const Action& action : scenario.actions) by_name[action.name] = &action;
  auto known = [&](const std::string& name, const Place& place) {
    if (!by_name.contains(name)) throw DocumentError(place, "there is no action '" + name + "'");
  };
  for (const Action& action : scenario.actions)
    for (const std::string& before : action.start_after) known(before, action.place);
  for (const Workload& workload : scenario.workloads)
    if (!workload.start_after.empty()) known(workload.start_after, workload.place);
  for (const Eventually& wanted : scenario.eventually)
    if (!wanted.after.empty()) known(wanted.after.substr(0, wanted.after.find('.')), wanted.check.place);
  std::set<std::string> started;
  for (std::size_t round = 0; round < scenario.actions.size(); ++round)
    for (const Action& action : scenario.actions)
      if (std::all_of(action.start_after.begin(), action.start_after.end(),
                      [&](const std::string& before) { return started.contains(before); }))
        started.insert(action.name);
  for (const Action& action : scenario.actions)
    if (!started.contains(action.name))
      throw DocumentError(action.place, "'" + action.name + "' waits for itself");
}

}  // namespace

bool valid_selection_mode(std::string_view mode) {
  if (mode == "ALL" || mode == "LEADER" || mode == "FOLLOWERS") return true;
  for (std::string_view prefix : {"COUNT(", "PERCENT("}) {
    if (!mode.starts_with(prefix) || !mode.ends_with(')')) continue;
    std::string_view number = mode.substr(prefix.size(), mode.size() - prefix.size() - 1);
    return !number.empty() && number.size() < 5 && number.find_first_not_of("0123456789") == number.npos &&
           number != "0";
  }
  return false;
}

Scenario parse_scenario(std::string_view text, const std::string& file) {
  Node root = parse_yaml(text, file);
  root.allow_only(
      {"scenario", "description", "stack", "seed", "variables", "workloads", "targets", "actions", "assert"});
  Scenario scenario;
  scenario.file = file;
  scenario.title = root.need("scenario").as_string();
  if (const Node* description = root.find("description")) scenario.description = description->as_string();
  std::filesystem::path folder = std::filesystem::path(file).parent_path();
  scenario.stack = (folder / root.need("stack").as_string()).lexically_normal().string();
  if (const Node* seed = root.find("seed")) {
    if (seed->as_integer() < 0) throw DocumentError(seed->place, "a seed is 0 or more");
    scenario.seed = static_cast<std::uint64_t>(seed->as_integer());
  }
  if (const Node* variables = root.find("variables"))
    for (const auto& [name, value] : variables->as_map().entries)
      scenario.variables[name] = value.as_string();
  if (const Node* targets = root.find("targets"))
    for (const auto& [name, node] : targets->as_map().entries)
      scenario.targets[name] = read_target(name, node);
  if (const Node* actions = root.find("actions"))
    for (const auto& [name, node] : actions->as_map().entries)
      scenario.actions.push_back(read_action(name, node, scenario));
  if (const Node* workloads = root.find("workloads"))
    for (const auto& [name, node] : workloads->as_map().entries)
      scenario.workloads.push_back(read_workload(name, node));
  if (const Node* assertions = root.find("assert")) read_assertions(*assertions, scenario);
  if (scenario.always.empty() && scenario.eventually.empty())
    throw DocumentError(root.place, "a scenario without 'assert' can not fail");
  check_order(scenario);
  assert_linearizable(scenario);
  return scenario;
}

}  // namespace squall::scenario
