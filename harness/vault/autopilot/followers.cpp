#include "harness/vault/autopilot/followers.hpp"

#include <algorithm>

namespace squall::vault::autopilot {

void Followers::heard(const std::string& id, Echo echo, Time now) {
  Follower& follower = followers_[id];
  follower.echo = std::move(echo);
  follower.heard = now;
  follower.dead = false;
}

void Followers::mark_dead(const Config& config, Time now) {
  if (!config.cleanup_dead_servers || config.dead_server_last_contact_threshold == Duration{}) return;
  for (auto& [id, follower] : followers_)
    if (now - follower.heard > config.dead_server_last_contact_threshold) follower.dead = true;
}

Server Followers::known(const std::string& id, Follower& follower, const Self& self,
                        const std::optional<State>& last, std::vector<LogLine>& log) const {
  Server server{id, id, {}, follower.echo.version, NodeStatus::alive, {}, false};
  if (server.version.empty()) {
    server.version = self.version;
    if (!follower.version_missed)
      log.push_back(
          {LogLevel::trace,
           "received empty Vault version in heartbeat state. faking it with the leader version for now",
           {{"id", id, {}}, {"leader version", self.version, {}}}});
  }
  follower.version_missed = follower.echo.version.empty();
  // What autopilot made of a server overrules what the server wants, and it takes all for voters to be.
  if (follower.echo.wants_vote || (last && last->servers.contains(id))) server.node_type = "voter";
  if (follower.dead) {
    log.push_back({LogLevel::debug, "informing autopilot that the node left", {{"id", id, {}}}});
    server.node_status = NodeStatus::left;
  }
  return server;
}

std::vector<LogLine> Followers::observe(Observation& seen, const Self& self,
                                        const std::optional<State>& last) {
  std::vector<LogLine> log;
  for (auto& [id, follower] : followers_) {
    seen.stats[id] = {seen.now - follower.heard, follower.echo.term, follower.echo.applied_index};
    const bool member = std::any_of(seen.raft.begin(), seen.raft.end(),
                                    [&id = id](const RaftServer& server) { return server.id == id; });
    if (member) seen.known[id] = known(id, follower, self, last, log);
  }
  seen.stats[self.id] = {{}, self.applied_term, self.applied_index};
  seen.known[self.id] = {self.id, self.id, {}, self.version, NodeStatus::alive, "voter", true};
  return log;
}

}  // namespace squall::vault::autopilot
