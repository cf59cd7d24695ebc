#include "harness/vault/autopilot/changes.hpp"

#include <algorithm>
#include <set>

namespace squall::vault::autopilot {
namespace {

Step removal(const std::string& id, int stage) {
  Step step{Step::Kind::remove_server, id, {}, {}, {}, stage};
  step.before.push_back({LogLevel::debug, "removing server by ID", {{"id", id, {}}}});
  step.after.push_back({LogLevel::info, "removed server", {{"id", id, {}}}});
  return step;
}

// The voters that are or may become such, as one pass after the other takes servers out.
class Electorate {
 public:
  Electorate(const Config& config, const std::vector<RaftServer>& raft,
             const std::map<std::string, Server>& known)
      : min_quorum_(config.min_quorum) {
    for (const RaftServer& server : raft) {
      if (server.suffrage == Suffrage::voter) current_.insert(server.id);
      auto it = known.find(server.id);
      if (it != known.end() && it->second.node_type == "voter") potential_.insert(server.id);
    }
  }

  // Appends a step for each of `ids` (sorted) that may go, and a line for each that may not.
  void remove(std::vector<std::string> ids, Step::Kind kind, std::vector<Step>& steps) {
    std::sort(ids.begin(), ids.end());
    const int before = static_cast<int>(potential_.size());
    int may_go = (before - 1) / 2, gone = 0;
    std::vector<LogLine> refusals;
    std::vector<Step> allowed;
    for (const std::string& id : ids) {
      const bool potential = potential_.contains(id);
      // The least quorum is an int there: a huge one is negative, and holds nobody back.
      if (potential && before - gone - 1 < static_cast<std::int64_t>(min_quorum_)) {
        refusals.push_back({LogLevel::debug,
                            "will not remove server node as it would leave less voters than the minimum "
                            "number allowed",
                            {{"id", id, {}}, {"min", std::to_string(min_quorum_), {}}}});
      } else if (current_.contains(id) && may_go < 1) {
        refusals.push_back({LogLevel::debug,
                            "will not remove server node as removal of a majority of voting servers is not "
                            "safe",
                            {{"id", id, {}}}});
      } else {
        if (potential) --may_go, ++gone;
        allowed.push_back(kind == Step::Kind::remove_server ? removal(id, stage_)
                                                            : Step{kind, id, {}, {}, {}, stage_});
      }
    }
    // A pass decides on all of its servers before it removes the first.
    if (!refusals.empty()) steps.push_back({Step::Kind::log_only, {}, {}, std::move(refusals), {}, stage_});
    for (Step& step : allowed) {
      potential_.erase(step.id);
      steps.push_back(std::move(step));
    }
    ++stage_;
  }

 private:
  std::uint64_t min_quorum_;
  std::set<std::string> current_, potential_;
  int stage_ = 0;
};

}  // namespace

const char* text(Step::Kind kind) {
  switch (kind) {
    case Step::Kind::add_voter:
      return "add_voter";
    case Step::Kind::add_nonvoter:
      return "add_nonvoter";
    case Step::Kind::remove_server:
      return "remove_server";
    case Step::Kind::remove_failed_server:
      return "remove_failed_server";
    case Step::Kind::log_only:
      break;
  }
  return "log_only";
}

std::vector<Step> promotions(const State& state, const Config& config, Time now) {
  std::vector<Step> steps;
  for (const std::string& id : promotable(state, config, now)) {
    const Server& server = state.servers.at(id).server;
    Step step{Step::Kind::add_voter, id, server.address, {}, {}, static_cast<int>(steps.size())};
    step.before.push_back({LogLevel::info,
                           "Promoting server",
                           {{"id", id, {}}, {"address", server.address, {}}, {"name", server.name, {}}}});
    steps.push_back(std::move(step));
  }
  return steps;
}

std::vector<Step> prune(const Config& config, const std::vector<RaftServer>& raft,
                        const std::map<std::string, Server>& known) {
  std::vector<Step> steps;
  if (!config.cleanup_dead_servers) return steps;
  std::vector<std::string> stale_nonvoters, stale_voters, failed_nonvoters, failed_voters;
  for (const RaftServer& server : raft) {
    const bool voter = server.suffrage == Suffrage::voter;
    auto it = known.find(server.id);
    if (it == known.end())
      (voter ? stale_voters : stale_nonvoters).push_back(server.id);
    else if (it->second.node_status != NodeStatus::alive)
      (voter ? failed_voters : failed_nonvoters).push_back(server.id);
  }
  Electorate electorate(config, raft, known);
  electorate.remove(std::move(stale_nonvoters), Step::Kind::remove_server, steps);
  electorate.remove(std::move(stale_voters), Step::Kind::remove_server, steps);
  electorate.remove(std::move(failed_nonvoters), Step::Kind::remove_failed_server, steps);
  electorate.remove(std::move(failed_voters), Step::Kind::remove_failed_server, steps);
  return steps;
}

Addition add_server(const std::vector<RaftServer>& raft, const std::string& id, const std::string& address) {
  bool has_vote = false;
  std::size_t voters = 0;
  std::vector<std::string> old_voters, old_nonvoters;
  for (const RaftServer& server : raft) {
    const bool voter = server.suffrage == Suffrage::voter;
    voters += voter ? 1 : 0;
    if (server.id == id && server.address == address) return {};  // a wiped node comes back as what it was
    if (server.id == id)
      has_vote |= server.suffrage != Suffrage::nonvoter;
    else if (server.address == address)
      (voter ? old_voters : old_nonvoters).push_back(server.id);
  }
  if (old_voters.size() + voters / 2 + 1 > voters)
    return {{},
            "Preventing server addition that would require removal of too many servers and cause cluster "
            "instability",
            false};
  Addition addition;
  auto remove = [&](const std::string& old) {
    Step step = removal(old, static_cast<int>(addition.steps.size()));
    step.after.push_back(
        {LogLevel::info, "removed server with duplicate address", {{"address", address, {}}}});
    addition.steps.push_back(std::move(step));
  };
  for (const std::string& old : old_voters) remove(old);
  for (const std::string& old : old_nonvoters) remove(old);
  addition.steps.push_back({has_vote ? Step::Kind::add_voter : Step::Kind::add_nonvoter,
                            id,
                            address,
                            {},
                            {},
                            static_cast<int>(addition.steps.size())});
  addition.prune = true;
  return addition;
}

std::vector<Step> remove_server(const std::vector<RaftServer>& raft, const std::string& id) {
  const bool member =
      std::any_of(raft.begin(), raft.end(), [&id](const RaftServer& server) { return server.id == id; });
  return member ? std::vector{removal(id, 0)} : std::vector<Step>{};
}

}  // namespace squall::vault::autopilot
