// Random clusters, and what raft-autopilot 0.2.0 decided (see tests/autopilot/README.md for the format).
#include <ostream>

#include "harness/vault/autopilot/changes.hpp"
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
    if (!suffrage.is_null())
      seen.raft.push_back({id, address, suffrage == "voter" ? Suffrage::voter : Suffrage::nonvoter});
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

std::string text_of(const LogLine& line) {
  std::string out = line.level == vault::LogLevel::debug ? "[DEBUG]" : "[INFO] ";
  out += " autopilot: " + line.message + ':';
  for (const auto& field : line.fields) out += ' ' + field.key + '=' + field.value;
  return out;
}

json result_of(const std::vector<Step>& steps, const std::string& error) {
  json calls = json::array(), log = json::array();
  for (const Step& step : steps) {
    for (const LogLine& line : step.before) log.push_back(text_of(line));
    std::string address = step.address.empty() ? "" : ' ' + step.address;
    if (step.kind != Step::Kind::log_only) calls.push_back(text(step.kind) + (' ' + step.id) + address);
    for (const LogLine& line : step.after) log.push_back(text_of(line));
  }
  return {{"calls", calls}, {"log", log}, {"error", error.empty() ? json() : json(error)}};
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
  if (kind == "prune") {
    Observation seen = observed(one.at("servers"));
    got = result_of(prune(config_of(one.at("config")), seen.raft, seen.known), {});
  } else if (kind == "add_server") {
    const json& add = one.at("add");
    Addition addition = add_server(observed(one.at("servers")).raft, add.at("id"), add.at("address"));
    got = result_of(addition.steps, addition.error);
    got["prune_requested"] = addition.prune;
  } else {
    throw std::runtime_error("no such case of autopilot: " + kind.dump());
  }
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
