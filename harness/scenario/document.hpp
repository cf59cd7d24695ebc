// A scenario file, read: an AWS FIS experiment template (targets, actions with actionId, parameters,
// startAfter; https://docs.aws.amazon.com/fis/latest/userguide/experiment-template-components.html) and what
// Squall adds to it: a stack, a seed, workloads, waits and assertions.
#pragma once
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/scenario/node.hpp"

namespace squall::scenario {

// What an action or assertion works on; resolved when it starts.
struct Target {
  std::string name;
  std::string resource_type;                         // "aws:ec2:instance"
  std::map<std::string, std::string> resource_tags;  // all must match
  std::string selection_mode = "ALL";                // ALL, COUNT(n), PERCENT(n), LEADER, FOLLOWERS
  Place place;
};

// A condition of the cluster or a check of the world, with its parameters; see conditions.hpp for the list.
struct Check {
  std::string that;
  Node parameters;  // a map; beside "that", "after", "within", "stableFor"
  Place place;
};

struct Action {
  std::string name;
  std::string id;                              // "aws:ec2:reboot-instances", "squall:wait-for"
  Node parameters;                             // a map, or null
  std::map<std::string, std::string> targets;  // "Instances": a target's name
  std::vector<std::string> start_after;
  Place place;
};

struct Workload {
  std::string name;
  std::string kind;  // "kv"
  int clients = 1;
  Duration every{};         // between two operations of one client
  std::string start_after;  // an action; empty: once the stack is up
  // "linearizable": its record is judged at the end; "acknowledged": only that nothing confirmed is lost.
  std::string consistency = "linearizable";
  Place place;
};

// "eventually": holds within `within` after `after` ended (or after the run's last action), and then for
// stable_for.
struct Eventually {
  Check check;
  std::string after;  // "action", "action.start" or empty
  Duration within{}, stable_for{};
};

struct Scenario {
  std::string file;
  std::string title;
  std::string description;
  std::string stack;  // folder of the stack, resolved against the file's own
  std::uint64_t seed = 1;
  std::map<std::string, std::string> variables;  // given to the stack's scripts as environment variables
  std::vector<Workload> workloads;
  std::map<std::string, Target> targets;
  std::vector<Action> actions;
  std::vector<Check> always;
  std::vector<Eventually> eventually;
};

// Throws DocumentError.
Scenario parse_scenario(std::string_view text, const std::string& file);

}  // namespace squall::scenario
