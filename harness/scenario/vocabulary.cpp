#include "harness/scenario/vocabulary.hpp"

#include <algorithm>
#include <vector>

namespace squall::scenario {
namespace {

using Type = Parameter::Type;

constexpr std::string_view signals[] = {"KILL", "TERM", "INT", "HUP", "STOP", "CONT", "QUIT", "ABRT"};
constexpr std::string_view network_effects[] = {"drop", "refuse", "hang", "delay"};
constexpr std::string_view unit_states[] = {"active", "reloading",  "inactive",
                                            "failed", "activating", "deactivating"};
constexpr std::string_view instance_states[] = {"pending",    "running",  "shutting-down",
                                                "terminated", "stopping", "stopped"};

constexpr Parameter wait_parameters[] = {
    {"duration", Type::duration, true, "how long"},
};
constexpr Parameter stop_parameters[] = {
    {"startInstancesAfterDuration", Type::duration, false,
     "starts them again that long after they have stopped"},
};
constexpr Parameter wait_for_parameters[] = {
    {"condition", Type::text, true, "a condition, whose own parameters stand beside it"},
    {"within", Type::duration, true, "the run has not converged (exit 3) when it does not hold by then"},
    {"stableFor", Type::duration, false, "it must hold without a break for that long"},
};
constexpr Parameter kill_parameters[] = {
    {"process", Type::text, true, "its name, as pkill takes it"},
    {"signal", Type::text, false, "KILL if not named", signals},
};
constexpr Parameter script_parameters[] = {
    {"script", Type::text, true, "a shell script, run by bash"},
    {"exitCode", Type::integer, false, "what it must answer; 0 if not named", {}, 0, 255},
    {"timeout", Type::duration, false, "PT10M if not named"},
};
constexpr Parameter network_parameters[] = {
    {"to", Type::text, true, "a host name such as kms.us-east-1.amazonaws.com, *.amazonaws.com, or *"},
    {"effect", Type::text, true,
     "drop: silence; refuse: connection refused; hang: accepted, never answered; delay", network_effects},
    {"delay", Type::duration, false, "of effect delay, each way"},
    {"percentage", Type::integer, false, "how many exchanges of 100 it takes; 100 if not named", {}, 1, 100},
    {"duration", Type::duration, false, "heals after that; else squall:heal ends it"},
};
constexpr Parameter api_parameters[] = {
    {"service", Type::text, true, "as the AWS CLI names it: kms"},
    {"operation", Type::text, false, "Decrypt, Describe*; every one if not named"},
    {"error", Type::text, false, "the error code to answer: ThrottlingException, AccessDeniedException"},
    {"status", Type::integer, false, "its HTTP status; 400 if not named", {}, 400, 599},
    {"message", Type::text, false, "its message"},
    {"hang", Type::boolean, false, "instead of an error, never answer"},
    {"times", Type::integer, false, "stops after so many calls", {}, 1},
    {"duration", Type::duration, false, "heals after that; else squall:heal ends it"},
};
constexpr Parameter heal_parameters[] = {
    {"fault", Type::text, true, "the name of the action that began it"},
};

constexpr Word actions[] = {
    {"aws:fis:wait", "lets time pass", wait_parameters},
    {"aws:ec2:reboot-instances", "EC2 RebootInstances", {}, true},
    {"aws:ec2:stop-instances", "EC2 StopInstances", stop_parameters, true},
    {"aws:ec2:start-instances", "EC2 StartInstances", {}, true},
    {"aws:ec2:terminate-instances", "EC2 TerminateInstances", {}, true},
    {"squall:wait-for", "waits for a condition to hold", wait_for_parameters},
    {"squall:process:kill", "sends a signal to every process of that name", kill_parameters, true},
    {"squall:host:failure", "the physical host fails; EC2 recovers the instance if it may", {}, true},
    {"squall:network:fault", "breaks the network between the targets and a name", network_parameters, true},
    {"squall:api:fault", "AWS answers calls of the targets' roles with an error, or never", api_parameters,
     true},
    {"squall:heal", "ends a fault", heal_parameters},
    {"squall:guest:run", "runs a script as root on the targets", script_parameters, true},
    {"squall:operator:run", "runs a script on the operator's workstation, with the account's credentials",
     script_parameters},
};

constexpr Parameter health_parameters[] = {
    {"target", Type::text, true, "a target's name"},
    {"code",
     Type::integer,
     true,
     "what /v1/sys/health answers; 0: nothing listens; -1: no answer at all",
     {},
     -1,
     599},
};
constexpr Parameter unit_parameters[] = {
    {"target", Type::text, true, "a target's name"},
    {"unit", Type::text, true, "vault.service"},
    {"active", Type::text, false, "its ActiveState", unit_states},
    {"sub", Type::text, false, "its SubState"},
    {"result", Type::text, false, "its Result"},
};
constexpr Parameter instance_parameters[] = {
    {"target", Type::text, true, "a target's name"},
    {"state", Type::text, true, "as EC2 tells it", instance_states},
};
constexpr Parameter log_parameters[] = {
    {"target", Type::text, true, "a target's name"},
    {"unit", Type::text, false, "in this unit's journal; the console and cloud-init's output if not named"},
    {"text", Type::text, true, "what must stand there"},
    {"times", Type::integer, false, "exactly so often"},
};
constexpr Parameter command_parameters[] = {
    {"target", Type::text, true, "a target's name"},
    {"script", Type::text, true, "run as root by bash"},
    {"exitCode", Type::integer, false, "what it must answer; 0 if not named", {}, 0, 255},
    {"outputContains", Type::text, false, "must stand in its standard output or error"},
};
constexpr Parameter call_parameters[] = {
    {"service", Type::text, true, "as the AWS CLI names it"},
    {"operation", Type::text, true, "Decrypt"},
    {"error", Type::text, false, "the code it was refused with; empty: it succeeded"},
    {"messageContains", Type::text, false, "must stand in the error's message"},
};

constexpr Parameter linearizable_parameters[] = {
    {"steps",
     Type::integer,
     false,
     "bound on the search of each key; meeting it is inconclusive (exit 2); 20000000 if not named",
     {},
     1},
};

constexpr Word conditions[] = {
    {"converged",
     "every instance is in service, its node initialised, unsealed and active, the workload's last writes "
     "readable",
     {}},
    {"health", "the node's health code", health_parameters},
    {"unit-state", "a unit of the service manager", unit_parameters},
    {"instance-state", "an instance's state", instance_parameters},
    {"log-contains", "a line of a log", log_parameters},
    {"command", "a script's answer on the targets", command_parameters},
    {"called", "an AWS call that was made", call_parameters},
    {"no-acknowledged-write-lost",
     "what the node confirmed can be read, or was overwritten",
     {},
     false,
     true},
    {"linearizable",
     "what the workloads' clients saw can be put in one order; judged at the end, and asserted by itself "
     "unless "
     "every workload's consistency is 'acknowledged'",
     linearizable_parameters, false, true},
    {"no-internal-failure", "Squall answered every AWS call without a failure of its own", {}, false, true},
};

const Word& look_up(std::span<const Word> words, std::string_view id, const Place& place,
                    const std::string& what) {
  for (const Word& word : words)
    if (word.id == id) return word;
  std::vector<std::string_view> known;
  for (const Word& word : words) known.push_back(word.id);
  throw DocumentError(place, "there is no " + what + " '" + std::string(id) + "'; " + nearest(id, known));
}

void check_type(const Parameter& parameter, const Node& node) {
  switch (parameter.type) {
    case Type::text:
      node.as_string();
      break;
    case Type::integer:
      if (std::int64_t value = node.as_integer(); value < parameter.least || value > parameter.most)
        throw DocumentError(node.place, std::string(parameter.name) + " is " +
                                            std::to_string(parameter.least) + " to " +
                                            std::to_string(parameter.most) + "; not " + node.scalar);
      break;
    case Type::boolean:
      node.as_boolean();
      break;
    case Type::duration:
      node.as_duration();
      break;
  }
  if (parameter.values.empty()) return;
  std::vector<std::string_view> values(parameter.values.begin(), parameter.values.end());
  if (std::find(values.begin(), values.end(), node.scalar) != values.end()) return;
  std::string all;
  for (std::string_view value : values) all.append(all.empty() ? "" : ", ").append(value);
  throw DocumentError(node.place,
                      std::string(parameter.name) + " is one of " + all + "; not '" + node.scalar + "'");
}

// `name` has a meaning only where `wanted` holds, and is missed there if it must be named.
void check_belongs(const Node& given, std::string_view name, bool wanted, bool must,
                   const std::string& with) {
  const Node* node = given.find(name);
  if (node && !wanted)
    throw DocumentError(node->place, "'" + std::string(name) + "' has no meaning without " + with);
  if (!node && wanted && must) throw DocumentError(given.place, with + " needs '" + std::string(name) + "'");
}

void check_faults(const Word& word, const Node& given) {
  if (word.id == "squall:network:fault")
    check_belongs(given, "delay", given.need("effect").as_string() == "delay", true, "effect: delay");
  if (word.id != "squall:api:fault") return;
  const Node* hang = given.find("hang");
  const bool hangs = hang && hang->as_boolean();
  if (hangs == (given.find("error") != nullptr))
    throw DocumentError(given.place, "squall:api:fault needs either 'error' or 'hang: true'");
  for (const char* name : {"status", "message"}) check_belongs(given, name, !hangs, false, "'error'");
}

}  // namespace

std::span<const Word> action_words() { return actions; }
std::span<const Word> condition_words() { return conditions; }

const Word& action_word(std::string_view id, const Place& place) {
  return look_up(actions, id, place, "action");
}
const Word& condition_word(std::string_view id, const Place& place) {
  return look_up(conditions, id, place, "condition");
}

void check_parameters(const Word& word, const Node& given) {
  std::vector<const Parameter*> known;
  for (const Parameter& parameter : word.parameters) known.push_back(&parameter);
  if (word.id == "squall:wait-for") {
    const Node& condition = given.need("condition");
    for (const Parameter& parameter : condition_word(condition.as_string(), condition.place).parameters)
      known.push_back(&parameter);
  }
  for (const auto& [name, node] : given.entries) {
    auto found = std::find_if(known.begin(), known.end(),
                              [&wanted = name](const Parameter* p) { return p->name == wanted; });
    if (found == known.end()) {
      std::vector<std::string_view> names;
      for (const Parameter* parameter : known) names.push_back(parameter->name);
      throw DocumentError(node.place,
                          std::string(word.id) + " takes no '" + name + "'; " + nearest(name, names));
    }
    check_type(**found, node);
  }
  for (const Parameter* parameter : known)
    if (parameter->required && given.find(parameter->name) == nullptr)
      throw DocumentError(given.place, std::string(word.id) + " needs '" + std::string(parameter->name) +
                                           "': " + std::string(parameter->summary));
  check_faults(word, given);
}

}  // namespace squall::scenario
