// Random clusters, and what raft-autopilot 0.2.0 decided (see tests/autopilot/README.md for the format).
#include <algorithm>
#include <ostream>

#include "harness/vault/autopilot/autopilot.hpp"
#include "harness/vault/autopilot/refusals.hpp"
#include "tests/replay/replay.hpp"

namespace squall::replay {
namespace {

using nlohmann::json;
using namespace vault::autopilot;

Duration seconds_of(const json& number) { return std::chrono::seconds(number.get<std::int64_t>()); }
Time time_of(const json& number) { return Time{} + seconds_of(number); }

Config config_of(const json& recorded) {
  Config config;
  config.cleanup_dead_servers = recorded.at("cleanup_dead_servers").get<bool>();
  config.last_contact_threshold = seconds_of(recorded.at("last_contact_threshold_s"));
  config.max_trailing_logs = recorded.at("max_trailing_logs").get<std::uint64_t>();
  config.min_quorum = recorded.at("min_quorum").get<std::uint64_t>();
  config.server_stabilization_time = seconds_of(recorded.at("server_stabilization_time_s"));
  return config;
}

Suffrage suffrage_of(const std::string& name) {
  if (name == "staging") return Suffrage::staging;
  return name == "voter" ? Suffrage::voter : Suffrage::nonvoter;
}

NodeStatus status_of(const std::string& name) {
  for (auto status : {NodeStatus::alive, NodeStatus::failed, NodeStatus::left})
    if (name == text(status)) return status;
  return NodeStatus::unknown;
}

Observation observed(const json& servers) {
  Observation seen;
  for (const json& one : servers) {
    auto id = one.at("id").get<std::string>(), address = one.at("address").get<std::string>();
    const json& suffrage = one.at("suffrage");
    if (!suffrage.is_null()) seen.raft.push_back({id, address, suffrage_of(suffrage)});
    if (one.contains("known")) {
      const json& known = one["known"];
      seen.known[id] = {id,
                        id,
                        address,
                        {},
                        status_of(known.at("status")),
                        known.value("type", ""),
                        known.at("leader").get<bool>()};
    }
    if (one.contains("stats")) {
      const json& stats = one["stats"];
      seen.stats[id] = {seconds_of(stats.at("last_contact_s")), stats.at("last_term").get<std::uint64_t>(),
                        stats.at("last_index").get<std::uint64_t>()};
    }
  }
  return seen;
}

// As the library's logger writes it: a value of several lines stands below the message.
std::vector<std::string> lines_of(const LogLine& line) {
  static constexpr const char* levels[] = {"[TRACE]", "[DEBUG]", "[INFO] ", "[WARN] ", "[ERROR]"};
  std::vector<std::string> lines{levels[static_cast<int>(line.level)] + (" autopilot: " + line.message) +
                                 ':'};
  for (const auto& field : line.fields) {
    if (field.value.find('\n') == std::string::npos) {
      const bool bare = field.value.find(' ') == std::string::npos;
      lines[0] += ' ' + field.key + '=' + (bare ? field.value : '"' + field.value + '"');
      continue;
    }
    lines.push_back("  " + field.key + '=');
    std::string text = field.value + (field.value.ends_with('\n') ? "" : "\n");
    for (std::size_t at; (at = text.find('\n')) != std::string::npos; text.erase(0, at + 1))
      lines.push_back("  | " + (text[0] == '\t' ? "\\t" + text.substr(1, at - 1) : text.substr(0, at)));
    lines.push_back("  ");
  }
  return lines;
}

// Raft as the recording had it: it refuses what concerns some of the servers.
class Raft {
 public:
  explicit Raft(const json& recorded) : fails_(recorded.value("fails", std::vector<std::string>{})) {}

  void say(const LogLine& line) {
    for (std::string& text : lines_of(line)) log.push_back(std::move(text));
  }

  // The step that was refused first, if one was.
  const Step* perform(const std::vector<Step>& steps) {
    const Step* refused = nullptr;
    for (const Step& step : steps) {
      if (refused != nullptr && step.stage > refused->stage) break;
      for (const LogLine& line : step.before) say(line);
      if (step.kind == Step::Kind::log_only) continue;
      calls.push_back(text(step.kind) + (' ' + step.id) + (step.address.empty() ? "" : ' ' + step.address));
      if (step.kind == Step::Kind::remove_failed_server) continue;
      if (std::find(fails_.begin(), fails_.end(), step.id) != fails_.end()) {
        say(failure(step, error));
        errors.push_back(error);
        if (refused == nullptr) refused = &step;
        continue;
      }
      for (const LogLine& line : step.after) say(line);
    }
    return refused;
  }

  const std::string error = "leadership lost while committing log";
  std::vector<std::string> calls, log, errors;

 private:
  std::vector<std::string> fails_;
};

json replay_prune(const json& one) {
  const Observation seen = observed(one.at("servers"));
  Raft raft(one);
  if (raft.perform(prune(config_of(one.at("config")), seen.raft, seen.known)) != nullptr)
    raft.say(failed_prune(raft.errors));
  return {{"calls", raft.calls}, {"log", raft.log}, {"error", json()}};
}

json replay_addition(const json& one) {
  const std::string id = one.at("add").at("id"), address = one.at("add").at("address");
  Addition addition = add_server(observed(one.at("servers")).raft, id, address);
  Raft raft(one);
  if (const Step* refused = raft.perform(addition.steps)) {
    addition.error = failed_addition(*refused, address, raft.error);
    addition.prune = false;
  }
  return {{"calls", raft.calls},
          {"log", raft.log},
          {"error", addition.error.empty() ? json() : json(addition.error)},
          {"prune_requested", addition.prune}};
}

// Two looks at a cluster, some of whose servers were there at the first, and then a round of promotions.
json replay_reconcile(const json& one) {
  Observation seen = observed(one.at("servers"));
  seen.config = config_of(one.at("config"));
  seen.last_index = one.at("leader_last_index");
  seen.last_term = one.at("leader_last_term");
  Observation first = seen;
  const std::vector<std::string> there = one.at("first_servers");
  std::erase_if(first.raft, [&there](const RaftServer& server) {
    return std::find(there.begin(), there.end(), server.id) == there.end();
  });
  seen.now = first.now + (seconds_of(one.at("first_s_ago")) - seconds_of(one.at("second_s_ago")));
  Autopilot autopilot;
  autopilot.step(Event::start, first);
  autopilot.step(Event::update_due, seen);
  seen.now = first.now + seconds_of(one.at("first_s_ago"));
  const Effects effects = autopilot.step(Event::reconcile_due, seen);
  Raft raft(one);
  for (const LogLine& line : effects.log) raft.say(line);
  if (const Step* refused = raft.perform(effects.steps)) raft.say(failed_promotions(*refused, raft.error));
  // The library visits servers in any order: the recording is sorted.
  std::sort(raft.log.begin(), raft.log.end());
  return {{"calls", raft.calls}, {"log", raft.log}};
}

json state_of(const State& state) {
  json servers = json::array();
  for (const auto& [id, one] : state.servers) {
    servers.push_back({{"id", id},
                       {"healthy", one.healthy},
                       {"node_status", text(one.server.node_status)},
                       {"node_type", one.server.node_type},
                       {"stable_since_s", (one.stable_since - Time{}) / 1s},
                       {"state", text(one.state)}});
  }
  return {{"failure_tolerance", state.failure_tolerance},
          {"healthy", state.healthy},
          {"leader", state.leader},
          {"servers", servers},
          {"voters", state.voters}};
}

// Empty if all steps agree, else the first that does not.
std::string replay_update(const json& one) {
  std::optional<State> state;
  for (const json& step : one.at("steps")) {
    Observation seen = observed(step.at("servers"));
    seen.now = time_of(step.at("now_s"));
    seen.config = config_of(one.at("config"));
    seen.last_index = step.at("leader_last_index").get<std::uint64_t>();
    seen.last_term = step.at("leader_last_term").get<std::uint64_t>();
    seen.leads = step.value("leads", true);
    seen.leader_address = step.value("leader_address", "");
    state = next_state(state, seen);
    json got = {{"state", state_of(*state)},
                {"promotable_if_stable_for_hours", promotable(*state, seen.config, seen.now + 24h)}};
    for (const auto& [name, value] : got.items())
      if (step.at(name) != value) return step.dump() + "\n  decided " + value.dump();
  }
  return {};
}

std::string replay_one(const json& one) {
  const json& kind = one.at("case");
  if (kind == "update") return replay_update(one);
  json got;
  if (kind == "prune")
    got = replay_prune(one);
  else if (kind == "add_server")
    got = replay_addition(one);
  else if (kind == "reconcile")
    got = replay_reconcile(one);
  else
    throw std::runtime_error("no such case of autopilot: " + kind.dump());
  for (const auto& [name, value] : got.items())
    if (one.at(name) != value) return one.dump() + "\n  decided " + got.dump();
  return {};
}

}  // namespace

Tally replay_autopilot(const Cases& cases, std::ostream& differences) {
  Tally tally;
  for (const json& one : cases) {
    ++tally.total;
    std::string difference = replay_one(one);
    if (difference.empty())
      ++tally.agreed;
    else
      differences << "case " << tally.total << ": recorded " << difference << '\n';
  }
  return tally;
}

}  // namespace squall::replay
