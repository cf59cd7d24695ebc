// Steps of hashicorp/raft 1.3.10 without timers: one node, requests in, and after each the answer, the log
// lines and the state. The node under test starts from the same disk, gets the same requests and must agree.
#include <algorithm>
#include <ostream>

#include "harness/vault/raft/node.hpp"
#include "tests/replay/replay.hpp"

namespace squall::replay {
namespace {

namespace raft = squall::vault::raft;
using nlohmann::json;

std::string address_of(const std::string& id) { return id + ":8201"; }
std::string id_of(const std::string& address) { return address.substr(0, address.find(':')); }

raft::ConfigurationPtr configuration_from(const json& servers) {
  auto out = std::make_shared<raft::Configuration>();
  for (const json& server : servers) {
    const std::string id = server.at("id");
    out->servers.push_back(
        {server.at("suffrage") == "voter" ? raft::Suffrage::voter : raft::Suffrage::nonvoter, id,
         address_of(id)});
  }
  return out;
}

json configuration_to(const raft::Configuration& configuration) {
  json out = json::array();
  for (const raft::Server& server : configuration.servers)
    out.push_back(
        {{"id", server.id}, {"suffrage", server.suffrage == raft::Suffrage::voter ? "voter" : "nonvoter"}});
  return out;
}

// [index, term, type] and, in requests, a configuration's servers; in a state they are those of `known`.
raft::Entry entry_from(const json& entry, const raft::ConfigurationPtr& known) {
  raft::Entry out{entry.at(0), entry.at(1), raft::EntryType::command, nullptr, nullptr};
  if (entry.at(2) == "configuration") {
    out.type = raft::EntryType::configuration;
    out.configuration = entry.size() > 3 ? configuration_from(entry.at(3)) : known;
  } else if (entry.at(2) == "noop") {
    out.type = raft::EntryType::noop;
  }
  return out;
}

raft::DiskState disk_from(const json& start) {
  raft::DiskState disk;
  disk.term = start.at("term");
  if (!start.at("vote").is_null()) disk.vote = {start["vote"].at(0), address_of(start["vote"].at(1))};
  const auto configuration = configuration_from(start.at("configuration"));
  for (const json& entry : start.at("log")) disk.entries.push_back(entry_from(entry, configuration));
  return disk;
}

json state_of(const raft::Node& node) {
  json log = json::array();
  for (raft::Index i = node.log().first_index(); i && i <= node.log().last_index(); ++i) {
    const raft::Entry& entry = *node.log().find(i);
    log.push_back({entry.index, entry.term, raft::entry_type_name(entry.type)});
  }
  std::string role(raft::role_name(node.role()));
  role[0] = static_cast<char>(role[0] - 'A' + 'a');
  json vote;
  if (!node.vote().candidate.empty()) vote = {node.vote().term, id_of(node.vote().candidate)};
  return {{"applied", std::to_string(node.applied_index())},
          {"commit", std::to_string(node.commit_index())},
          {"configuration", configuration_to(node.latest_configuration())},
          {"leader", node.leader_id()},
          {"log", log},
          {"role", role},
          {"term", node.term()},
          {"vote", vote}};
}

raft::Body request_from(const json& step) {
  if (step.contains("append_entries")) {
    const json& r = step["append_entries"];
    raft::AppendRequest out{r.at("term"), r.at("prev_index"), r.at("prev_term"), r.at("leader_commit"), {}};
    for (const json& entry : r.at("entries")) out.entries.push_back(entry_from(entry, nullptr));
    return out;
  }
  if (step.contains("request_vote")) {
    const json& r = step["request_vote"];
    return raft::VoteRequest{r.at("term"), r.at("last_log_index"), r.at("last_log_term"),
                             r.at("leadership_transfer")};
  }
  return raft::TimeoutNowRequest{};
}

const json& request_of(const json& step) {
  for (const char* kind : {"append_entries", "request_vote", "timeout_now"})
    if (step.contains(kind)) return step[kind];
  throw std::runtime_error("a step without a request that is known: " + step.dump());
}

json answer_of(const raft::Body& body) {
  if (auto* a = std::get_if<raft::AppendReply>(&body))
    return {{"error", nullptr},
            {"last_log", a->last_log},
            {"no_retry_backoff", a->no_retry_backoff},
            {"success", a->success},
            {"term", a->term}};
  if (auto* v = std::get_if<raft::VoteReply>(&body))
    return {{"error", nullptr}, {"granted", v->granted}, {"term", v->term}};
  return {{"error", nullptr}};
}

// One node with a disk that always works and peers that can never be reached, as in the recording.
class Driver {
 public:
  explicit Driver(const json& start) : node_({.id = "n0", .address = "n0:8201"}, base::Random(1)) {
    run(raft::Start{disk_from(start)});
    log_.clear();
  }

  json handle(const json& step) {
    answer_ = nullptr;
    log_.clear();
    const std::string from = request_of(step).at("from");
    run(raft::Receive{{from, address_of(from), "n0", "n0:8201", 1, request_from(step)}});
    return {{"answer", answer_}, {"log", lines()}, {"state", state_of(node_)}};
  }

 private:
  void run(raft::Event event) {
    raft::Effects effects = node_.step(std::move(event), now_);
    for (const auto& line : effects.log) log_.push_back(line);
    for (const auto& message : effects.messages) {
      if (raft::is_reply(message))
        answer_ = answer_of(message.body);
      else
        run(raft::CallFailed{message.call, "failed to connect to peer: " + message.to_address});
    }
    if (effects.write) run(raft::StorageDone{effects.write->id, ""});
  }

  json lines() const {
    static constexpr const char* names[] = {"[DEBUG] ", "[INFO]  ", "[WARN]  ", "[ERROR] "};
    json out = json::array();
    for (const auto& line : log_) out.push_back(names[static_cast<int>(line.level)] + line.text);
    return out;
  }

  raft::Node node_;
  Time now_ = Time(1h);
  json answer_;
  std::vector<raft::LogLine> log_;
};

// The library asks each voter in a goroutine of its own: their failures are logged in any order.
json in_any_order(json lines) {
  std::vector<std::string> texts = lines;
  const auto failed = [](const std::string& text) {
    return text.find("requestVote RPC") != std::string::npos;
  };
  auto begin = std::find_if(texts.begin(), texts.end(), failed);
  std::sort(begin, std::find_if_not(begin, texts.end(), failed));
  return texts;
}

bool agrees(const json& recorded, std::size_t number, std::ostream& differences) {
  Driver driver(recorded.at("start"));
  std::size_t at = 0;
  for (const json& step : recorded.at("steps")) {
    ++at;
    json ours = driver.handle(step);
    for (const char* part : {"answer", "log", "state"}) {
      const bool log = std::string_view(part) == "log";
      const json expected = log ? in_any_order(step.at(part)) : step.at(part);
      const json got = log ? in_any_order(ours.at(part)) : ours.at(part);
      if (expected == got) continue;
      differences << "case " << number << " step " << at << ' ' << part << "\n  recorded " << expected.dump()
                  << "\n  got      " << got.dump() << '\n';
      return false;
    }
  }
  return true;
}

}  // namespace

Tally replay_raft(const Cases& cases, std::ostream& differences) {
  Tally tally;
  for (const json& recorded : cases) tally.agreed += agrees(recorded, ++tally.total, differences);
  return tally;
}

}  // namespace squall::replay
